#include "acme/acme_directory.h"

#include <string.h>
#include <strings.h>

enum { PROFILES_MAX = 50, CAA_MAX = 20 };

bool acme_url_ok(const char *url)
{
    size_t len = strlen(url);

    if (strncasecmp(url, "https://", 8) != 0 || len > ACME_URL_MAX || !url[8])
        return false;
    for (const char *p = url; *p; p++)
        if (*p <= ' ' || *p >= 0x7f || *p == '"' || *p == '\\')
            return false;
    size_t ca = strcspn(url + 8, "/?#");
    return ca && !memchr(url + 8, '@', ca);
}

/* An address; false only where one is there that may not be used. */
static bool read_url(struct arena *a, const struct json *j, const char *key,
                     const char **out, const char **why)
{
    const char *url = json_find_text(j, key);

    if (!url)
        return true;
    if (!acme_url_ok(url)) {
        *why = arena_printf(a, "its \"%s\" is no https address: %s", key,
                            arena_printable(a, url, strlen(url)));
        return false;
    }
    *out = arena_text(a, url);
    return true;
}

static bool read_urls(struct arena *a, const struct json *j,
                      struct acme_directory *d, const char **why)
{
    const struct {
        const char *key;
        const char **out;
        bool is_needed; /* 7.1.1: nothing goes without it */
    } rows[] = {
        { "newNonce", &d->new_nonce, true },
        { "newAccount", &d->new_account, true },
        { "newOrder", &d->new_order, true },
        { "revokeCert", &d->revoke_cert, false },
        { "keyChange", &d->key_change, false },
        { "renewalInfo", &d->renewal_info, false },
    };

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        if (!read_url(a, j, rows[i].key, rows[i].out, why))
            return false;
        if (rows[i].is_needed && !*rows[i].out) {
            *why = arena_printf(a, "it has no \"%s\"", rows[i].key);
            return false;
        }
    }
    return true;
}

static const char *words(struct arena *a, const struct json *o, const char *key)
{
    const char *text = json_find_text(o, key);

    return text ? arena_printable(a, text, strlen(text)) : NULL;
}

static void read_profiles(struct arena *a, const struct json *list,
                          struct acme_directory *d)
{
    struct acme_profile *items = NULL;

    if (!list || list->type != JSON_OBJECT)
        return;
    JSON_EACH (item, list) {
        if (d->profiles_len == PROFILES_MAX)
            break;
        items = arena_grow(a, items, d->profiles_len, sizeof *items);
        items[d->profiles_len++] = (struct acme_profile){
            .name = arena_printable(a, item->key, strlen(item->key)),
            .about = item->text
                         ? arena_printable(a, item->text, strlen(item->text))
                         : "",
        };
    }
    d->profiles = items;
}

static void read_meta(struct arena *a, const struct json *meta,
                      struct acme_directory *d)
{
    const struct json *caa = json_find(meta, "caaIdentities");
    const char **names = NULL;

    d->terms = words(a, meta, "termsOfService");
    d->wants_eab = json_find_bool(meta, "externalAccountRequired");
    read_profiles(a, json_find(meta, "profiles"), d);
    JSON_EACH (item, caa) {
        if (!item->text || d->caa_len == CAA_MAX)
            continue;
        names = arena_grow(a, names, d->caa_len, sizeof *names);
        names[d->caa_len++] =
            arena_printable(a, item->text, strlen(item->text));
    }
    d->caa = names;
}

bool acme_directory_read(struct arena *a, const struct json *j,
                         struct acme_directory *out, const char **why)
{
    struct acme_directory d = { 0 };

    if (!j || j->type != JSON_OBJECT) {
        *why = "it is no JSON object";
        return false;
    }
    if (!read_urls(a, j, &d, why))
        return false;
    read_meta(a, json_find(j, "meta"), &d);
    *out = d;
    return true;
}

bool acme_directory_has_profile(const struct acme_directory *d,
                                const char *name)
{
    for (size_t i = 0; i < d->profiles_len; i++)
        if (strcmp(d->profiles[i].name, name) == 0)
            return true;
    return false;
}
