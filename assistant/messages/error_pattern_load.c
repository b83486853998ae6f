#include "messages/error_pattern.h"

#include <string.h>
#include <sys/stat.h>

#include "base/embed.h"
#include "base/file.h"
#include "messages/error_pattern_table.h"

enum { TABLE_MAX = 1024 * 1024 };

struct table_source {
    struct arena *arena;
    const char *dir; /* NULL: what is built in */
    struct error_pattern_table *table;
    struct err *err;
};

typedef bool (*table_reader)(struct arena *a, const char *text, size_t len,
                             const char *path, struct error_pattern_table *t,
                             struct err *err);

static bool read_file(struct table_source *s, const char *path,
                      table_reader read)
{
    const char *text = NULL;
    size_t len = 0;

    if (!file_read(s->arena, path, TABLE_MAX, &text, &len, s->err))
        return err_add(s->err, "reading the error messages");
    return read(s->arena, text, len, path, s->table, s->err);
}

static bool read_built_in(struct table_source *s, const char *path,
                          table_reader read)
{
    const struct embedded *e = embed_find(path);

    return read(s->arena, e ? e->text : "", e ? e->len : 0, path, s->table,
                s->err);
}

static bool ends_in(const char *text, const char *end)
{
    size_t len = strlen(text), end_len = strlen(end);

    return len >= end_len && strcmp(text + len - end_len, end) == 0;
}

static bool is_folder(const char *path)
{
    struct stat st;

    return stat(path, &st) == 0 && S_ISDIR(st.st_mode);
}

/* A file for each program; those of one with many languages in a folder. */
static bool read_folder(struct table_source *s, const char *dir, int depth)
{
    enum { DEPTH_MAX = 2 };
    const char *const *names = NULL;
    size_t len = 0;

    if (!file_list(s->arena, dir, "", &names, &len, s->err))
        return err_add(s->err, "reading the error messages");
    for (size_t i = 0; i < len; i++) {
        const char *path = arena_printf(s->arena, "%s/%s", dir, names[i]);
        bool read = ends_in(path, ".json")
                        ? read_file(s, path, error_pattern_table_read_program)
                        : depth >= DEPTH_MAX || !is_folder(path) ||
                              read_folder(s, path, depth + 1);
        if (!read)
            return false;
    }
    return true;
}

static bool read_built_in_programs(struct table_source *s)
{
    static const char folder[] = "rules/errors/";

    for (const struct embedded *e = embedded_files; e->path; e++)
        if (strncmp(e->path, folder, sizeof folder - 1) == 0 &&
            !error_pattern_table_read_program(s->arena, e->text, e->len,
                                              e->path, s->table, s->err))
            return false;
    return true;
}

/* A folder with messages of its own has none of the built-in ones. */
static bool read_programs(struct table_source *s)
{
    if (!s->dir)
        return read_built_in(s, "rules/errors.json",
                             error_pattern_table_read) &&
               read_built_in_programs(s);
    const char *own = arena_printf(s->arena, "%s/errors", s->dir);
    return read_file(s, arena_printf(s->arena, "%s/errors.json", s->dir),
                     error_pattern_table_read) &&
           (!is_folder(own) || read_folder(s, own, 1));
}

static bool read_cas(struct table_source *s)
{
    const char *own =
        s->dir ? arena_printf(s->arena, "%s/acme-errors.json", s->dir) : NULL;

    return own && file_exists(own)
               ? read_file(s, own, error_pattern_table_read_acme)
               : read_built_in(s, "rules/acme-errors.json",
                               error_pattern_table_read_acme);
}

bool error_pattern_table_load(struct arena *a, const char *dir,
                              const struct error_pattern_table **out,
                              struct err *err)
{
    struct table_source s = { a, dir, arena_alloc(a, 1, sizeof *s.table), err };

    if (!read_programs(&s) || !read_cas(&s))
        return false;
    *out = s.table;
    return true;
}
