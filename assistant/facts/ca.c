#include "facts/ca.h"

#include <assert.h>
#include <string.h>

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

/* What is not there stays as it is. */
static bool read_count(const struct json *j, const char *key, const char *path,
                       int64_t *out, struct err *err)
{
    int64_t number = 0;

    if (!json_find(j, key))
        return true;
    if (!json_need_int(j, key, path, &number, err))
        return false;
    if (number < 1)
        return err_set(err, ERR_INPUT, "%s: \"%s\" leaves nothing to certify",
                       path, key);
    *out = number;
    return true;
}

static bool read_profile(struct arena *a, const struct json *j,
                         const char *path, struct calendar *dates,
                         struct ca_profile *out, struct err *err)
{
    static const char *const keys[] = { "names_max", "addresses", "calendar",
                                        NULL };

    if (!json_need_known(j, keys, path, err))
        return false;
    if (!read_count(j, "names_max", path, &out->names_max, err))
        return false;
    out->addresses = json_find_bool(j, "addresses");
    return calendar_read(a, json_find(j, "calendar"), out->dated, path, dates,
                         err);
}

static bool read_profiles(struct arena *a, const struct json *j,
                          const char *path, struct calendar *dates,
                          struct ca *out, struct err *err)
{
    const struct json *all = json_find(j, "profiles");
    struct ca_profile *list = NULL;

    if (all && all->type != JSON_OBJECT)
        return err_set(err, ERR_INPUT, "%s: profiles have names", path);
    JSON_EACH (item, all) {
        const char *where = arena_printf(a, "%s: profile %s", path, item->key);
        struct ca_profile made = {
            .name = item->key,
            .dated = arena_printf(a, "%s.%s", out->id, item->key),
        };
        if (!read_profile(a, item, where, dates, &made, err))
            return false;
        list = arena_grow(a, list, out->profiles_len, sizeof *list);
        list[out->profiles_len++] = made;
        out->profiles = list;
    }
    out->profile = json_find_text(j, "profile");
    return !out->profile || ca_profile_find(out, NULL) ||
           err_set(err, ERR_INPUT, "%s: nothing is known of the profile \"%s\"",
                   path, out->profile);
}

static bool read_texts(struct arena *a, const struct json *j, const char *key,
                       const char *path, struct text_list *out, struct err *err)
{
    return json_read_texts(a, json_find(j, key), out) ||
           err_set(err, ERR_INPUT, "%s: \"%s\" is a list of texts", path, key);
}

static bool read_sizes(struct arena *a, const struct json *list,
                       const char *path, struct ca *out, struct err *err)
{
    int64_t *sizes = NULL;

    JSON_EACH (item, list) {
        if (item->type != JSON_NUMBER || !json_is_whole(item->number))
            return err_set(err, ERR_INPUT,
                           "%s: \"rsa_bits\" is a list of whole numbers", path);
        sizes = arena_grow(a, sizes, out->rsa_bits_len, sizeof *sizes);
        sizes[out->rsa_bits_len++] = (int64_t)item->number;
    }
    out->rsa_bits = sizes;
    return true;
}

bool ca_read(struct arena *a, const struct json *j, const char *path,
             struct calendar *dates, struct ca *out, struct err *err)
{
    static const char *const keys[] = {
        "id",        "title",      "directory", "staging", "caa",    "eab",
        "names_max", "labels_max", "profiles",  "limits",  "source", "rsa_bits",
        "curves",    "profile",    "calendar",  NULL,
    };
    struct ca made = { .names_max = CA_NAMES_USUAL };

    if (!json_need_known(j, keys, path, err) ||
        !json_need_text(j, "id", path, &made.id, err) ||
        !json_need_text(j, "title", path, &made.title, err) ||
        !json_need_text(j, "directory", path, &made.directory, err) ||
        !read_texts(a, j, "caa", path, &made.caa, err) ||
        !read_texts(a, j, "curves", path, &made.curves, err) ||
        !read_sizes(a, json_find(j, "rsa_bits"), path, &made, err) ||
        !read_count(j, "names_max", path, &made.names_max, err) ||
        !read_count(j, "labels_max", path, &made.labels_max, err) ||
        !read_limits(a, json_find(j, "limits"), path, &made, err) ||
        !read_profiles(a, j, path, dates, &made, err) ||
        !calendar_read(a, json_find(j, "calendar"), made.id, path, dates, err))
        return false;
    made.staging = json_find_text(j, "staging");
    made.wants_eab = json_find_bool(j, "eab");
    *out = made;
    return true;
}

const struct ca_profile *ca_profile_find(const struct ca *of, const char *name)
{
    const char *wanted = name ? name : of->profile;

    for (size_t i = 0; wanted && i < of->profiles_len; i++)
        if (strcmp(of->profiles[i].name, wanted) == 0)
            return &of->profiles[i];
    return NULL;
}

size_t ca_names_max(const struct ca *of, const char *profile)
{
    const struct ca_profile *found = ca_profile_find(of, profile);

    return (size_t)(found && found->names_max > 0 ? found->names_max
                                                  : of->names_max);
}

size_t ca_names_min(const struct ca *of)
{
    int64_t least = of->names_max;

    for (size_t i = 0; i < of->profiles_len; i++) {
        int64_t most = of->profiles[i].names_max;
        least = most && most < least ? most : least;
    }
    return (size_t)least;
}

const char *ca_address_profile(const struct ca *of)
{
    for (size_t i = 0; i < of->profiles_len; i++)
        if (of->profiles[i].addresses)
            return of->profiles[i].name;
    return NULL;
}

const struct limit *ca_limit(const struct ca *of, enum limit_of what,
                             enum limit_per per)
{
    for (size_t i = 0; i < of->limits_len; i++)
        if (of->limits[i].of == what && of->limits[i].per == per)
            return &of->limits[i];
    return NULL;
}
