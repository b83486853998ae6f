#include "advise/rules.h"

#include <string.h>

#include "base/embed.h"
#include "base/file.h"
#include "base/text.h"

enum { RULE_FILE_MAX = 256 * 1024 };

/* A document of the table, wherever it comes from. */
struct source {
    const char *path; /* for messages */
    const char *base; /* "use-hostname.json" */
    const struct json *doc;
};

struct sources {
    struct source *items;
    size_t len;
};

static bool take(struct arena *a, struct sources *list, const char *path,
                 const char *text, size_t len, struct err *err)
{
    struct json *doc = NULL;
    if (!json_parse(a, text, len, path, &doc, err))
        return false;
    if (doc->type != JSON_OBJECT)
        return err_set(err, ERR_INPUT, "%s: an object was wanted", path);
    list->items = arena_grow(a, list->items, list->len, sizeof *list->items);
    const char *slash = strrchr(path, '/');
    list->items[list->len++] =
        (struct source){ path, slash ? slash + 1 : path, doc };
    return true;
}

/* What holds in the world, messages of programs, gates, points: read
 * elsewhere. */
static bool is_no_rule(const char *base)
{
    static const char *const others[] = {
        "acme-errors.json", "calendar.json", "errors.json",
        "gates.json",       "judging.json",  "known.json",
    };
    return text_is_among(base, others, sizeof others / sizeof *others);
}

static bool take_built_in(struct arena *a, const char *folder,
                          struct sources *list, struct err *err)
{
    size_t len = strlen(folder);
    for (const struct embedded *e = embedded_files; e->path; e++) {
        if (strncmp(e->path, folder, len) != 0)
            continue;
        const char *base = e->path + len;
        if (strchr(base, '/') || is_no_rule(base))
            continue;
        if (!take(a, list, e->path, e->text, e->len, err))
            return false;
    }
    return true;
}

static bool take_folder(struct arena *a, const char *dir, struct sources *list,
                        struct err *err)
{
    const char *const *names = NULL;
    size_t len = 0;
    if (!file_list(a, dir, ".json", &names, &len, err))
        return err_add(err, "reading the rules");
    for (size_t i = 0; i < len; i++) {
        const char *path = arena_printf(a, "%s/%s", dir, names[i]);
        const char *text = NULL;
        size_t text_len = 0;
        if (is_no_rule(names[i]))
            continue;
        if (!file_read(a, path, RULE_FILE_MAX, &text, &text_len, err) ||
            !take(a, list, path, text, text_len, err))
            return false;
    }
    return true;
}

/* The file's name is the id it speaks of. */
static bool name_fits(const struct source *from, const char *id,
                      struct err *err)
{
    size_t len = strlen(id);
    if (strncmp(from->base, id, len) == 0 &&
        strcmp(from->base + len, ".json") == 0)
        return true;
    return err_set(err, ERR_INPUT,
                   "%s: it speaks of \"%s\", and a file is "
                   "named after what it speaks of",
                   from->path, id);
}

static bool read_fixes(struct arena *a, const struct sources *from,
                       struct rules *r, struct err *err)
{
    struct fix_def *fixes = arena_alloc(a, from->len, sizeof *fixes);
    for (size_t i = 0; i < from->len; i++) {
        const struct source *at = &from->items[i];
        if (!rules_read_fix(a, at->doc, at->path, &fixes[i], err) ||
            !name_fits(at, fixes[i].id, err))
            return false;
    }
    r->fixes = (struct fix_defs){ fixes, from->len };
    return true;
}

static const struct rule_row *find_row(const struct rules *r, const char *id)
{
    for (size_t i = 0; i < r->files_len; i++) {
        for (size_t k = 0; k < r->files[i].rows_len; k++) {
            if (strcmp(r->files[i].rows[k].id, id) == 0)
                return &r->files[i].rows[k];
        }
    }
    return NULL;
}

static bool ids_new(const struct rules *r, const struct rule_file *file,
                    struct err *err)
{
    for (size_t i = 0; i < file->rows_len; i++) {
        const struct rule_row *row = &file->rows[i];
        const struct rule_row *same = find_row(r, row->id);
        for (size_t k = 0; k < i && !same; k++) {
            if (strcmp(file->rows[k].id, row->id) == 0)
                same = &file->rows[k];
        }
        if (same)
            return err_set(err, ERR_INPUT, "%s: the id \"%s\" is taken by %s",
                           row->path, row->id, same->path);
    }
    return true;
}

static bool read_files(struct arena *a, const struct sources *from,
                       struct rules *r, struct err *err)
{
    r->files = arena_alloc(a, from->len, sizeof *r->files);
    for (size_t i = 0; i < from->len; i++) {
        struct rule_file *file = &r->files[r->files_len];
        const struct source *at = &from->items[i];
        if (!rules_read_file(a, r, at->doc, at->path, file, err) ||
            !name_fits(at, file->finding, err) || !ids_new(r, file, err))
            return false;
        r->files_len++;
    }
    return true;
}

/* A file that the folder need not have. */
static bool take_one(struct arena *a, const char *dir, const char *base,
                     struct sources *list, struct err *err)
{
    const char *path = arena_printf(a, "%s/%s", dir ? dir : "rules", base);
    const char *built_in = arena_printf(a, "rules/%s", base);
    const struct embedded *e = embed_find(built_in);
    const char *text = NULL;
    size_t len = 0;
    if (dir && file_exists(path))
        return file_read(a, path, RULE_FILE_MAX, &text, &len, err) &&
               take(a, list, path, text, len, err);
    return e ? take(a, list, built_in, e->text, e->len, err)
             : err_set(err, ERR_INPUT, "%s is missing", built_in);
}

static bool read_others(struct arena *a, const char *dir, struct rules *r,
                        struct err *err)
{
    struct sources found = { 0 };
    if (!take_one(a, dir, "judging.json", &found, err) ||
        !take_one(a, dir, "gates.json", &found, err))
        return false;
    const struct source *judging = &found.items[0], *gates = &found.items[1];
    return rules_read_judging(judging->doc, judging->path, &r->judging, err) &&
           rules_read_gates(a, gates->doc, gates->path, r, err);
}

bool rules_load(struct arena *a, const char *dir, const struct rules **out,
                struct err *err)
{
    struct sources files = { 0 }, fixes = { 0 };
    struct rules *r = arena_alloc(a, 1, sizeof *r);
    bool taken =
        dir ? take_folder(a, dir, &files, err) &&
                  take_folder(a, arena_printf(a, "%s/fixes", dir), &fixes, err)
            : take_built_in(a, "rules/", &files, err) &&
                  take_built_in(a, "rules/fixes/", &fixes, err);
    if (!taken || !read_others(a, dir, r, err) ||
        !read_fixes(a, &fixes, r, err) || !read_files(a, &files, r, err))
        return false;
    *out = r;
    return true;
}

const struct rule_file *rules_find(const struct rules *r, const char *finding)
{
    for (size_t i = 0; i < r->files_len; i++) {
        if (strcmp(r->files[i].finding, finding) == 0)
            return &r->files[i];
    }
    return NULL;
}

const struct fix_def *rules_find_fix(const struct rules *r, const char *id)
{
    return fix_defs_find(&r->fixes, id);
}

const struct fix_defs *rules_fixes(const struct rules *r)
{
    return &r->fixes;
}

const struct judging *rules_judging(const struct rules *r)
{
    return &r->judging;
}
