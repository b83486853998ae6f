#include "acme/acme_order.h"

#include <assert.h>
#include <ctype.h>
#include <string.h>

#include "acme/acme_directory.h"
#include "acme/persist_record.h"
#include "base/base64url.h"
#include "base/table.h"
#include "base/text.h"
#include "model/name.h"

static const struct word status_words[] = {
    { "pending", ACME_PENDING },       { "ready", ACME_READY },
    { "processing", ACME_PROCESSING }, { "valid", ACME_VALID },
    { "invalid", ACME_INVALID },       { "deactivated", ACME_DEACTIVATED },
    { "expired", ACME_EXPIRED },       { "revoked", ACME_REVOKED },
    { NULL, ACME_STATUS_COUNT },
};
static_assert(sizeof status_words / sizeof *status_words ==
                  ACME_STATUS_COUNT + 1,
              "a word per status");

static bool refuse(const char **why, const char *words)
{
    *why = words;
    return false;
}

static enum acme_status status_of(const struct json *j)
{
    const char *text = json_find_text(j, "status");

    return text ? (enum acme_status)table_code(status_words, text)
                : ACME_STATUS_COUNT;
}

static bool is_object(const struct json *j)
{
    return j && j->type == JSON_OBJECT;
}

static const struct acme_problem *error_of(struct arena *a,
                                           const struct json *j)
{
    const struct json *error = json_find(j, "error");

    if (!is_object(error))
        return NULL;
    struct acme_problem *p = arena_alloc(a, 1, sizeof *p);
    acme_problem_read(a, error, p);
    return p;
}

/* An address; false only where one is there that may not be used. */
static bool read_url(struct arena *a, const struct json *j, const char *key,
                     const char **out)
{
    const char *url = json_find_text(j, key);

    if (url && !acme_url_ok(url))
        return false;
    *out = arena_text(a, url);
    return true;
}

static bool read_authz_urls(struct arena *a, const struct json *list,
                            struct acme_order *out)
{
    const char **urls = NULL;

    if (!list || list->type != JSON_ARRAY)
        return true;
    if (list->len > ACME_AUTHZ_MAX)
        return false;
    JSON_EACH (item, list) {
        if (!item->text || !acme_url_ok(item->text))
            return false;
        if (text_is_among(item->text, urls, out->authz_len))
            continue;
        urls = arena_grow(a, urls, out->authz_len, sizeof *urls);
        urls[out->authz_len++] = arena_text(a, item->text);
    }
    out->authz = urls;
    return true;
}

static const char *lower(struct arena *a, const char *text)
{
    const char *safe = arena_printable(a, text, strlen(text));
    char *copy = arena_copy(a, safe, strlen(safe) + 1);

    for (char *p = copy; *p; p++)
        *p = (char)tolower((unsigned char)*p);
    return copy;
}

static void read_names(struct arena *a, const struct json *list,
                       struct acme_order *out)
{
    const char **names = NULL;

    JSON_EACH (item, list) {
        const char *value = json_find_text(item, "value");
        if (!value || out->names_len == ACME_AUTHZ_MAX)
            continue;
        names = arena_grow(a, names, out->names_len, sizeof *names);
        names[out->names_len++] = lower(a, value);
    }
    out->names = names;
}

bool acme_order_read(struct arena *a, const struct json *j,
                     struct acme_order *out, const char **why)
{
    struct acme_order order = { .status = status_of(j) };

    if (!is_object(j))
        return refuse(why, "the order is no JSON object");
    if (order.status == ACME_STATUS_COUNT)
        return refuse(why, "the order has no status that we know");
    if (!read_url(a, j, "finalize", &order.finalize) ||
        !read_url(a, j, "certificate", &order.certificate) ||
        !read_authz_urls(a, json_find(j, "authorizations"), &order))
        return refuse(why, "an address in the order is no https address");
    read_names(a, json_find(j, "identifiers"), &order);
    order.error = error_of(a, j);
    *out = order;
    return true;
}

static bool is_same(const char *a, const char *b)
{
    uint8_t left[16], right[16];
    size_t len = name_ip_bytes(a, left);

    if (len)
        return name_ip_bytes(b, right) == len && memcmp(left, right, len) == 0;
    return strcmp(a, b) == 0;
}

static bool is_among(const char *name, const char *const *names, size_t len)
{
    for (size_t i = 0; i < len; i++)
        if (is_same(name, names[i]))
            return true;
    return false;
}

const char *acme_order_objection(struct arena *a, const struct acme_order *o,
                                 const char *const *names, size_t len)
{
    if (o->authz_len > len)
        return arena_printf(a,
                            "the CA wants %zu proofs for %zu name%s, more "
                            "than there can be",
                            o->authz_len, len, len == 1 ? "" : "s");
    for (size_t i = 0; i < o->names_len; i++)
        if (!is_among(o->names[i], names, len))
            return arena_printf(a,
                                "the CA made it an order for %s, which nobody "
                                "ordered",
                                o->names[i]);
    return NULL;
}

/* A token becomes a file name and part of a key authorization (8.1, 11.3). */
static const char *token_of(struct arena *a, const struct json *j)
{
    const char *token = json_find_text(j, "token");
    bool is_fit =
        token && strlen(token) <= ACME_TOKEN_MAX && base64url_letters(token);

    return is_fit ? arena_text(a, token) : NULL;
}

/* A list that is too long, or with a name that is none, is not to be used. */
static struct text_list issuers_of(struct arena *a, const struct json *j)
{
    const struct json *list = json_find(j, "issuer-domain-names");
    const struct text_list none = { NULL, 0 };
    struct text_list issuers = none;

    if (!list || list->type != JSON_ARRAY || list->len > PERSIST_ISSUERS_MAX)
        return none;
    JSON_EACH (item, list) {
        if (!item->text || !persist_issuer_ok(item->text))
            return none;
        text_list_add(a, &issuers, arena_text(a, item->text));
    }
    return issuers;
}

static bool read_challenges(struct arena *a, const struct json *list,
                            struct acme_authz *out)
{
    struct acme_challenge *items = NULL;

    JSON_EACH (item, list) {
        const char *type = json_find_text(item, "type");
        const char *url = json_find_text(item, "url");
        if (!type || !url || out->challenges_len == ACME_CHALLENGES_MAX)
            continue;
        if (!acme_url_ok(url))
            return false;
        items = arena_grow(a, items, out->challenges_len, sizeof *items);
        items[out->challenges_len++] = (struct acme_challenge){
            .type = arena_printable(a, type, strlen(type)),
            .url = arena_text(a, url),
            .token = token_of(a, item),
            .issuers = issuers_of(a, item),
            .status = status_of(item),
            .error = error_of(a, item),
        };
    }
    out->challenges = items;
    return true;
}

bool acme_authz_read(struct arena *a, const struct json *j,
                     struct acme_authz *out, const char **why)
{
    const struct json *identifier = json_find(j, "identifier");
    const char *value = json_find_text(identifier, "value");
    const char *type = json_find_text(identifier, "type");
    struct acme_authz authz = { .status = status_of(j) };

    if (!is_object(j))
        return refuse(why, "the authorization is no JSON object");
    if (authz.status == ACME_STATUS_COUNT)
        return refuse(why, "the authorization has no status that we know");
    if (!value || !type)
        return refuse(why, "the authorization does not say for which name");
    if (!read_challenges(a, json_find(j, "challenges"), &authz))
        return refuse(why, "the address of a challenge is no https address");
    authz.name = lower(a, value);
    authz.is_ip = strcmp(type, "ip") == 0;
    authz.is_wildcard = json_find_bool(j, "wildcard");
    /* 7.1.4: the identifier lacks the "*."; not every CA reads that. */
    authz.is_wildcard |= name_is_wildcard(authz.name);
    authz.name = name_base(authz.name);
    *out = authz;
    return true;
}
