#include "facts/knowledge.h"

#include <stdlib.h>
#include <string.h>

#include "base/embed.h"
#include "base/file.h"
#include "base/log.h"

enum { FILE_BYTES_MAX = 256 * 1024 };

static const char cas_folder[] = "authorities/";
static const char usual[] = "letsencrypt";

/* A file of rules/, `dir` instead of it or NULL. */
static bool read_doc(struct arena *a, const char *dir, const char *name,
                     const char **path, struct json **out, struct err *err)
{
    const char *built_in = arena_printf(a, "rules/%s", name);
    const struct embedded *e = embed_find(built_in);
    const char *own = dir ? arena_printf(a, "%s/%s", dir, name) : NULL;
    const char *text = e ? e->text : "";
    size_t len = e ? e->len : 0;

    *path = own && file_exists(own) ? own : built_in;
    if (*path == own && !file_read(a, own, FILE_BYTES_MAX, &text, &len, err))
        return false;
    return json_parse(a, text, len, *path, out, err);
}

/* The file's name is the id it speaks of. */
static bool read_ca(struct arena *a, const char *dir, const char *name,
                    struct calendar *dates, struct ca *out, struct err *err)
{
    const char *path = NULL;
    struct json *j = NULL;
    struct ca made;

    if (!read_doc(a, dir, arena_printf(a, "%s%s", cas_folder, name), &path, &j,
                  err) ||
        !ca_read(a, j, path, dates, &made, err))
        return false;
    if (strcmp(arena_printf(a, "%s.json", made.id), name) != 0)
        return err_set(err, ERR_INPUT,
                       "%s: it speaks of \"%s\", and a file is named after "
                       "what it speaks of",
                       path, made.id);
    *out = made;
    return true;
}

static bool add_ca(struct arena *a, const char *dir, const char *name,
                   struct knowledge *k, struct err *err)
{
    if (knowledge_ca(k, arena_text_n(a, name, strlen(name) - strlen(".json"))))
        return true;
    struct ca *list = arena_grow(a, k->cas, k->cas_len, sizeof *list);
    k->cas = list;
    if (!read_ca(a, dir, name, &k->calendar, &list[k->cas_len], err))
        return false;
    k->cas_len++;
    return true;
}

/* Those of the folder, where it has any, and the built-in ones. */
static bool read_cas(struct arena *a, const char *dir, struct knowledge *k,
                     struct err *err)
{
    const char *folder = arena_printf(a, "rules/%s", cas_folder);
    const char *own = arena_printf(a, "%s/%s", dir ? dir : "", cas_folder);
    const char *const *names = NULL;
    size_t names_len = 0;

    if (dir && file_exists(own) &&
        !file_list(a, own, ".json", &names, &names_len, err))
        return err_add(err, "reading what is known of the CAs");
    for (size_t i = 0; i < names_len; i++)
        if (!add_ca(a, dir, names[i], k, err))
            return false;
    for (const struct embedded *e = embedded_files; e->path; e++)
        if (strncmp(e->path, folder, strlen(folder)) == 0 &&
            !add_ca(a, dir, e->path + strlen(folder), k, err))
            return false;
    return true;
}

/* What is simulated needs a length, whatever the day. */
static bool has_lifetimes(const struct knowledge *k)
{
    const struct ca_profile *p = ca_profile_find(k->usual, NULL);

    return p &&
           calendar_at(&k->calendar, CALENDAR_LIFETIME, p->dated, INT64_MIN) &&
           calendar_at(&k->calendar, CALENDAR_LIFETIME, p->dated, INT64_MAX);
}

static bool settle_cas(struct knowledge *k, struct err *err)
{
    for (size_t i = 0; i < k->cas_len; i++) {
        const struct ca *ca = &k->cas[i];
        if (ca->staging && !knowledge_ca(k, ca->staging))
            return err_set(err, ERR_INPUT,
                           "rules/%s%s.json: nothing is known of its staging, "
                           "\"%s\"",
                           cas_folder, ca->id, ca->staging);
    }
    k->usual = knowledge_ca(k, usual);
    if (!k->usual->caa.len)
        return err_set(err, ERR_INPUT,
                       "rules/%s%s.json: \"caa\" has to say what CAA records "
                       "call it",
                       cas_folder, usual);
    return has_lifetimes(k) ||
           err_set(err, ERR_INPUT,
                   "rules/%s%s.json: its profile needs a \"lifetime\" for "
                   "every day",
                   cas_folder, usual);
}

/* What --software takes is settled before a folder is read. */
static bool names_are_built_in(const struct known *k, const char *path,
                               struct err *err)
{
    const struct known *built_in = &knowledge_built_in()->known;

    for (size_t i = 0; i < k->software_len; i++)
        if (!known_software(built_in, k->software[i].name))
            return err_set(err, ERR_INPUT,
                           "%s: software[%zu]: \"%s\" is none of those that "
                           "--software takes",
                           path, i, k->software[i].name);
    return true;
}

static bool read_known(struct arena *a, const char *dir, struct knowledge *k,
                       struct err *err)
{
    const char *path = NULL;
    struct json *j = NULL;

    return read_doc(a, dir, "known.json", &path, &j, err) &&
           known_read(a, j, path, &k->known, err) &&
           (!dir || names_are_built_in(&k->known, path, err));
}

static bool read_calendar(struct arena *a, const char *dir, struct knowledge *k,
                          struct err *err)
{
    static const char *const keys[] = { "calendar", NULL };
    const struct json *list = NULL;
    const char *path = NULL;
    struct json *j = NULL;

    return read_doc(a, dir, "calendar.json", &path, &j, err) &&
           json_need_known(j, keys, path, err) &&
           json_need(j, "calendar", JSON_ARRAY, path, &list, err) &&
           calendar_read(a, list, NULL, path, &k->calendar, err);
}

bool knowledge_load(struct arena *a, const char *dir,
                    const struct knowledge **out, struct err *err)
{
    struct knowledge *made = arena_alloc(a, 1, sizeof *made);

    if (!read_known(a, dir, made, err) || !read_calendar(a, dir, made, err) ||
        !read_cas(a, dir, made, err) || !settle_cas(made, err))
        return false;
    *out = made;
    return true;
}

const struct knowledge *knowledge_built_in(void)
{
    static const struct knowledge *built_in;
    static struct arena *kept; /* as long as the program runs */
    struct err err;

    if (built_in)
        return built_in;
    kept = arena_new();
    if (!knowledge_load(kept, NULL, &built_in, &err)) {
        log_error(&err);
        abort();
    }
    return built_in;
}

const struct knowledge *knowledge_of(const struct survey *s)
{
    return s && s->knowledge ? s->knowledge : knowledge_built_in();
}

const struct ca *knowledge_ca(const struct knowledge *k, const char *id)
{
    for (size_t i = 0; i < k->cas_len; i++)
        if (strcmp(k->cas[i].id, id) == 0)
            return &k->cas[i];
    return NULL;
}

int64_t knowledge_lifetime_s(const struct survey *s, const char *profile)
{
    const struct knowledge *k = knowledge_of(s);
    const struct ca_profile *p = ca_profile_find(k->usual, profile);

    return p ? calendar_value(&k->calendar, CALENDAR_LIFETIME, p->dated,
                              s->judged_at)
             : 0;
}

int64_t knowledge_key_bits_min(const struct survey *s, enum key_type type)
{
    static const char *const names[KEY_TYPE_COUNT] = {
        [KEY_RSA] = "rsa",
        [KEY_EC] = "ec",
    };

    return names[type] ? calendar_value(&knowledge_of(s)->calendar,
                                        CALENDAR_KEY_BITS_MIN, names[type],
                                        s->judged_at)
                       : 0;
}
