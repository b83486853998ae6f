#include "facts/known.h"

#include <assert.h>
#include <string.h>

#include "base/clock.h"
#include "model/name.h"

static const struct word place_words[] = {
    { "names_are", ALL_NAMES_ARE },     { "names_end", ALL_NAMES_END },
    { "subject", SUBJECT_HAS },         { "own_subject", OWN_SUBJECT },
    { NULL, DEFAULT_CERT_PLACE_COUNT },
};
static_assert(sizeof place_words / sizeof *place_words ==
                  DEFAULT_CERT_PLACE_COUNT + 1,
              "a word for every place");

static const struct word kind_words[] = {
    { "server", SOFTWARE_SERVER }, { "suite", SOFTWARE_SUITE },
    { "tool", SOFTWARE_TOOL },     { "program", SOFTWARE_PROGRAM },
    { NULL, SOFTWARE_KIND_COUNT },
};
static_assert(sizeof kind_words / sizeof *kind_words == SOFTWARE_KIND_COUNT + 1,
              "a word for every kind");

static const struct word refusal_words[] = {
    { "leaf_is_ca", REFUSAL_LEAF_IS_CA },
    { "empty_subject", REFUSAL_EMPTY_SUBJECT },
    { "weak_authority", REFUSAL_WEAK_AUTHORITY },
    { "ed_key", REFUSAL_ED_KEY },
    { "p521_key", REFUSAL_P521_KEY },
    { "odd_curve", REFUSAL_ODD_CURVE },
    { "pss_key", REFUSAL_PSS_KEY },
    { "pss_signature", REFUSAL_PSS_SIGNATURE },
    { "odd_signature", REFUSAL_ODD_SIGNATURE },
    { "odd_exponent", REFUSAL_ODD_EXPONENT },
    { "huge_key", REFUSAL_HUGE_KEY },
    { "old_version", REFUSAL_OLD_VERSION },
    { "no_issuer", REFUSAL_NO_ISSUER },
    { "negative_serial", REFUSAL_NEGATIVE_SERIAL },
    { "ocsp_signing", REFUSAL_OCSP_SIGNING },
    { "old_purpose", REFUSAL_OLD_PURPOSE },
    { "wild_excluded", REFUSAL_WILD_EXCLUDED },
    { "strict", REFUSAL_STRICT },
    { NULL, REFUSAL_COUNT },
};
static_assert(sizeof refusal_words / sizeof *refusal_words == REFUSAL_COUNT + 1,
              "a word for every refusal");

/* An empty text is in every other one. */
static bool read_texts(struct arena *a, const struct json *list,
                       const char *path, struct text_list *out, struct err *err)
{
    return (json_read_texts(a, list, out) && !text_list_has(out, "")) ||
           err_set(err, ERR_INPUT, "%s: a list of texts was wanted", path);
}

static bool need_texts(struct arena *a, const struct json *j, const char *key,
                       const char *path, struct text_list *out, struct err *err)
{
    const struct json *list = NULL;

    return json_need(j, key, JSON_ARRAY, path, &list, err) &&
           read_texts(a, list, arena_printf(a, "%s: %s", path, key), out, err);
}

static bool read_default_cert(const struct json *j, const char *path,
                              struct default_cert *out, struct err *err)
{
    int found = 0;

    if (!json_need_text(j, "maker", path, &out->maker, err))
        return false;
    JSON_EACH (item, j) {
        if (strcmp(item->key, "maker") == 0)
            continue;
        out->place =
            (enum default_cert_place)table_code(place_words, item->key);
        out->text = item->text;
        found++;
        if (out->place == DEFAULT_CERT_PLACE_COUNT || !out->text || !*out->text)
            return err_set(err, ERR_INPUT, "%s: \"%s\" says nothing there",
                           path, item->key);
    }
    return found == 1 || err_set(err, ERR_INPUT,
                                 "%s: one text to know it by was wanted", path);
}

static bool read_software(struct arena *a, const struct json *j,
                          const char *path, struct software *out,
                          struct err *err)
{
    static const char *const keys[] = { "name",      "kind",  "greets",
                                        "issuer",    "files", "windows",
                                        "cert_name", NULL };
    const char *kind = NULL;

    if (!json_need_known(j, keys, path, err) ||
        !json_need_text(j, "name", path, &out->name, err) ||
        !json_need_text(j, "kind", path, &kind, err))
        return false;
    out->kind = (enum software_kind)table_code(kind_words, kind);
    if (out->kind == SOFTWARE_KIND_COUNT)
        return err_set(err, ERR_INPUT, "%s: \"%s\" is no kind of software",
                       path, kind);
    out->issuer = json_find_text(j, "issuer");
    out->cert_name = json_find_text(j, "cert_name");
    out->files = json_find_text(j, "files");
    out->on_windows = json_find_bool(j, "windows");
    return read_texts(a, json_find(j, "greets"), path, &out->greets, err);
}

static bool read_host(const struct json *j, const char *path,
                      struct customary_host *out, struct err *err)
{
    static const char *const keys[] = { "label", "for", NULL };
    const char *what = NULL;

    if (!json_need_known(j, keys, path, err) ||
        !json_need_text(j, "label", path, &out->label, err) ||
        !json_need_text(j, "for", path, &what, err))
        return false;
    out->is_settings = strcmp(what, "settings") == 0;
    return out->is_settings || strcmp(what, "mail") == 0 ||
           err_set(err, ERR_INPUT,
                   "%s: for \"mail\" or \"settings\", not "
                   "\"%s\"",
                   path, what);
}

static const char *row_path(struct arena *a, const char *path, const char *list,
                            size_t at)
{
    return arena_printf(a, "%s: %s[%zu]", path, list, at);
}

static bool read_default_certs(struct arena *a, const struct json *list,
                               const char *path, struct known *k,
                               struct err *err)
{
    struct default_cert *rows = arena_alloc(a, list->len, sizeof *rows);

    k->default_certs = rows;
    JSON_EACH (j, list) {
        size_t at = k->default_certs_len++;
        if (!read_default_cert(j, row_path(a, path, list->key, at), &rows[at],
                               err))
            return false;
    }
    return true;
}

static bool read_all_software(struct arena *a, const struct json *list,
                              const char *path, struct known *k,
                              struct err *err)
{
    struct software *rows = arena_alloc(a, list->len, sizeof *rows);

    k->software = rows;
    JSON_EACH (j, list) {
        size_t at = k->software_len;
        const char *where = row_path(a, path, list->key, at);
        if (!read_software(a, j, where, &rows[at], err))
            return false;
        if (known_software(k, rows[at].name))
            return err_set(err, ERR_INPUT, "%s: \"%s\" has a row already",
                           where, rows[at].name);
        k->software_len++;
    }
    return true;
}

static bool read_hosts(struct arena *a, const struct json *list,
                       const char *path, struct known *k, struct err *err)
{
    struct customary_host *rows = arena_alloc(a, list->len, sizeof *rows);

    k->hosts = rows;
    JSON_EACH (j, list) {
        size_t at = k->hosts_len++;
        if (!read_host(j, row_path(a, path, list->key, at), &rows[at], err))
            return false;
    }
    return true;
}

/* A file from before they were told does not have them. */
static bool read_refusals(struct arena *a, const struct json *j,
                          const char *path, struct known *k, struct err *err)
{
    const struct json *refusals = json_find(j, "refusals");

    JSON_EACH (item, refusals) {
        int code = table_code(refusal_words, item->key);
        const char *where =
            arena_printf(a, "%s: refusals: %s", path, item->key);
        if (code == REFUSAL_COUNT)
            return err_set(err, ERR_INPUT, "%s is not known", where);
        if (!read_texts(a, item, where, &k->refused_by[code], err))
            return false;
    }
    return true;
}

static bool read_day(const struct json *j, const char *key, const char *path,
                     int64_t *out, struct err *err)
{
    const char *text = json_find_text(j, key);

    *out = INT64_MAX;
    if (!json_find(j, key) || (text && clock_parse(text, out, err)))
        return true;
    return err_set(err, ERR_INPUT, "%s: \"%s\" must be a date as 2026-03-15",
                   path, key);
}

static bool read_distrusted(struct arena *a, const struct json *j,
                            const char *path, struct distrusted_root *out,
                            struct err *err)
{
    static const char *const keys[] = {
        "owner", "roots", "programs", "issued_since", "since", "refs", NULL
    };
    struct text_list refs = { 0 };

    if (!json_need_known(j, keys, path, err) ||
        !json_need_text(j, "owner", path, &out->owner, err) ||
        !need_texts(a, j, "roots", path, &out->roots, err) ||
        !need_texts(a, j, "programs", path, &out->programs, err) ||
        !need_texts(a, j, "refs", path, &refs, err) ||
        !read_day(j, "issued_since", path, &out->issued_since, err) ||
        !read_day(j, "since", path, &out->since, err))
        return false;
    for (size_t i = 0; i < out->roots.len; i++)
        if (!strchr(out->roots.text[i], '='))
            return err_set(err, ERR_INPUT, "%s: \"%s\" is no part of a subject",
                           path, out->roots.text[i]);
    bool is_dated =
        (out->issued_since == INT64_MAX) != (out->since == INT64_MAX);
    return (is_dated && out->roots.len && out->programs.len && refs.len) ||
           err_set(err, ERR_INPUT,
                   "%s: which roots, which programs, since when (one date), "
                   "and who says so?",
                   path);
}

static bool read_proxy(struct arena *a, const struct json *j, const char *path,
                       struct web_proxy *out, struct err *err)
{
    static const char *const keys[] = { "name", "ranges", "refs", NULL };
    struct text_list refs = { 0 };

    if (!json_need_known(j, keys, path, err) ||
        !json_need_text(j, "name", path, &out->name, err) ||
        !need_texts(a, j, "ranges", path, &out->ranges, err) ||
        !need_texts(a, j, "refs", path, &refs, err))
        return false;
    for (size_t i = 0; i < out->ranges.len; i++)
        if (!name_is_ip_range(out->ranges.text[i]))
            return err_set(err, ERR_INPUT, "%s: \"%s\" is no range", path,
                           out->ranges.text[i]);
    return true;
}

static bool begin_with_a_dot(const struct text_list *ends, const char *path,
                             struct err *err)
{
    for (size_t i = 0; i < ends->len; i++)
        if (*ends->text[i] != '.')
            return err_set(err, ERR_INPUT, "%s: \"%s\" has to begin with a dot",
                           path, ends->text[i]);
    return true;
}

static bool read_foreign(struct arena *a, const struct json *j,
                         const char *path, struct foreign_service *out,
                         struct err *err)
{
    static const char *const keys[] = { "name", "names_end", NULL };

    return json_need_known(j, keys, path, err) &&
           json_need_text(j, "name", path, &out->name, err) &&
           need_texts(a, j, "names_end", path, &out->names_end, err) &&
           begin_with_a_dot(&out->names_end, path, err);
}

/* A file from before they were told does not have them. */
static bool read_machines(struct arena *a, const struct json *j,
                          const char *path, struct known *k, struct err *err)
{
    const struct json *proxies = json_find(j, "web_proxies");
    const struct json *foreign = json_find(j, "foreign_services");
    struct web_proxy *p = arena_alloc(a, proxies ? proxies->len : 0, sizeof *p);
    struct foreign_service *f =
        arena_alloc(a, foreign ? foreign->len : 0, sizeof *f);

    k->proxies = p;
    k->foreign = f;
    JSON_EACH (item, proxies) {
        size_t at = k->proxies_len++;
        if (!read_proxy(a, item, row_path(a, path, "web_proxies", at), &p[at],
                        err))
            return false;
    }
    JSON_EACH (item, foreign) {
        size_t at = k->foreign_len++;
        if (!read_foreign(a, item, row_path(a, path, "foreign_services", at),
                          &f[at], err))
            return false;
    }
    return true;
}

static bool read_all_distrusted(struct arena *a, const struct json *j,
                                const char *path, struct known *k,
                                struct err *err)
{
    const struct json *list = json_find(j, "distrusted_roots");
    struct distrusted_root *rows =
        arena_alloc(a, list ? list->len : 0, sizeof *rows);

    k->distrusted = rows;
    JSON_EACH (item, list) {
        size_t at = k->distrusted_len++;
        if (!read_distrusted(a, item, row_path(a, path, "distrusted_roots", at),
                             &rows[at], err))
            return false;
    }
    return true;
}

bool known_read(struct arena *a, const struct json *j, const char *path,
                struct known *out, struct err *err)
{
    static const char *const keys[] = {
        "interceptors",
        "test_authorities",
        "default_certificates",
        "software",
        "other_greetings",
        "customary_hosts",
        "refusals",
        "distrusted_roots",
        "web_proxies",
        "foreign_services",
        NULL,
    };
    const struct json *certs = NULL, *software = NULL, *hosts = NULL;
    struct known k = { 0 };

    if (!json_need_known(j, keys, path, err) ||
        !need_texts(a, j, "interceptors", path, &k.interceptors, err) ||
        !need_texts(a, j, "test_authorities", path, &k.test_authorities, err) ||
        !need_texts(a, j, "other_greetings", path, &k.other_greetings, err) ||
        !json_need(j, "default_certificates", JSON_ARRAY, path, &certs, err) ||
        !json_need(j, "software", JSON_ARRAY, path, &software, err) ||
        !json_need(j, "customary_hosts", JSON_ARRAY, path, &hosts, err) ||
        !read_default_certs(a, certs, path, &k, err) ||
        !read_all_software(a, software, path, &k, err) ||
        !read_hosts(a, hosts, path, &k, err) ||
        !read_refusals(a, j, path, &k, err) ||
        !read_all_distrusted(a, j, path, &k, err) ||
        !read_machines(a, j, path, &k, err))
        return false;
    *out = k;
    return true;
}

const struct software *known_software(const struct known *k, const char *name)
{
    for (size_t i = 0; i < k->software_len; i++)
        if (strcmp(k->software[i].name, name) == 0)
            return &k->software[i];
    return NULL;
}

bool known_has_word(const char *text, const struct text_list *words)
{
    for (size_t i = 0; text && i < words->len; i++)
        if (strstr(text, words->text[i]))
            return true;
    return false;
}
