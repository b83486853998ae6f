#include "acme/ca.h"

#include <assert.h>
#include <string.h>

#include "acme/acme_directory.h"
#include "base/embed.h"

static const char folder[] = "rules/authorities/";

enum { NAMES_USUAL = 100 }; /* of the CAs that say nothing else */

const struct word limit_of_words[] = {
    { "certificate", LIMIT_CERTIFICATE },
    { "order", LIMIT_ORDER },
    { "failure", LIMIT_FAILURE },
    { NULL, LIMIT_OF_COUNT },
};
static_assert(sizeof limit_of_words / sizeof *limit_of_words ==
                  LIMIT_OF_COUNT + 1,
              "a word for everything that is limited");

const struct word limit_per_words[] = {
    { "domain", PER_DOMAIN },   { "set", PER_SET },
    { "account", PER_ACCOUNT }, { "name", PER_NAME },
    { NULL, LIMIT_PER_COUNT },
};
static_assert(sizeof limit_per_words / sizeof *limit_per_words ==
                  LIMIT_PER_COUNT + 1,
              "a word for everything it is limited by");

static bool read_limit(const struct json *j, const char *path,
                       struct limit *out, struct err *err)
{
    const char *of = NULL, *per = NULL;

    if (!json_need_text(j, "of", path, &of, err) ||
        !json_need_text(j, "per", path, &per, err) ||
        !json_need_int(j, "most", path, &out->most, err) ||
        !json_need_int(j, "window_s", path, &out->window_s, err))
        return false;
    out->of = (enum limit_of)table_code(limit_of_words, of);
    out->per = (enum limit_per)table_code(limit_per_words, per);
    if (out->of == LIMIT_OF_COUNT || out->per == LIMIT_PER_COUNT ||
        out->most < 1 || out->window_s < 1)
        return err_set(err, ERR_INPUT, "%s: a limit of \"%s\" per \"%s\"", path,
                       of, per);
    return true;
}

static bool read_limits(struct arena *a, const struct json *list,
                        const char *path, struct ca *out, struct err *err)
{
    struct limit *limits = NULL;
    size_t len = 0;

    JSON_EACH (j, list) {
        limits = arena_grow(a, limits, len, sizeof *limits);
        if (!read_limit(j, path, &limits[len++], err))
            return false;
    }
    out->limits = limits;
    out->limits_len = len;
    return true;
}

static void read_profiles(struct arena *a, const struct json *all,
                          struct ca *out)
{
    struct authority_profile *list = NULL;
    size_t len = 0;

    JSON_EACH (j, all) {
        list = arena_grow(a, list, len, sizeof *list);
        list[len++] = (struct authority_profile){
            .name = j->key,
            .names_max = (int64_t)json_find_number(j, "names_max", 0),
            .addresses = json_find_bool(j, "addresses"),
        };
    }
    out->profiles = list;
    out->profiles_len = len;
}

static bool read_authority(struct arena *a, const struct embedded *file,
                           const struct ca **out, struct err *err)
{
    struct ca *made = arena_alloc(a, 1, sizeof *made);
    const char **caa = NULL;
    struct json *j = NULL;

    if (!json_parse(a, file->text, file->len, file->path, &j, err) ||
        !json_need_text(j, "id", file->path, &made->id, err) ||
        !json_need_text(j, "title", file->path, &made->title, err) ||
        !json_need_text(j, "directory", file->path, &made->directory, err) ||
        !read_limits(a, json_find(j, "limits"), file->path, made, err))
        return false;
    JSON_EACH (name, json_find(j, "caa")) {
        caa = arena_grow(a, caa, made->caa_len, sizeof *caa);
        caa[made->caa_len++] = name->text;
    }
    made->caa = caa;
    made->staging = json_find_text(j, "staging");
    made->wants_eab = json_find_bool(j, "eab");
    made->names_max = (int64_t)json_find_number(j, "names_max", NAMES_USUAL);
    read_profiles(a, json_find(j, "profiles"), made);
    *out = made;
    return true;
}

static const char *known(struct arena *a)
{
    struct buf list;
    size_t skip = sizeof folder - 1;

    buf_init(&list, a, 400);
    for (const struct embedded *e = embedded_files; e->path; e++)
        if (strncmp(e->path, folder, skip) == 0)
            buf_printf(&list, "%s%.*s", list.len ? ", " : "",
                       (int)strcspn(e->path + skip, "."), e->path + skip);
    return list.text;
}

size_t authority_names_max(const struct ca *of, const char *profile)
{
    for (size_t i = 0; profile && i < of->profiles_len; i++)
        if (strcmp(of->profiles[i].name, profile) == 0 &&
            of->profiles[i].names_max > 0)
            return (size_t)of->profiles[i].names_max;
    return (size_t)of->names_max;
}

const char *authority_address_profile(const struct ca *of)
{
    for (size_t i = 0; i < of->profiles_len; i++)
        if (of->profiles[i].addresses)
            return of->profiles[i].name;
    return NULL;
}

bool ca_find(struct arena *a, const char *text, const struct ca **out,
             struct err *err)
{
    const struct embedded *file =
        strchr(text, '/')
            ? NULL
            : embed_find(arena_printf(a, "%s%s.json", folder, text));

    if (file)
        return read_authority(a, file, out, err);
    if (!acme_url_ok(text))
        return err_set(err, ERR_USAGE,
                       "a CA was wanted (%s, or the https URL of an ACME "
                       "directory), not \"%s\"",
                       known(a), text);
    struct ca *made = arena_alloc(a, 1, sizeof *made);
    *made = (struct ca){
        .id = text, .title = text, .directory = text, .names_max = NAMES_USUAL
    };
    *out = made;
    return true;
}
