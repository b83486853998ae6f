#include "model/survey_json.h"

#include <string.h>

#include "base/clock.h"
#include "model/name.h"
#include "model/survey_json_read.h"

enum { DER_MAX = 1024 * 1024, ALERT_MAX = 255, STATUS_MAX = 999 };

/* Dates that no certificate has are none. */
static struct target_expected read_expected(struct reader *r,
                                            const struct json *j)
{
    return (struct target_expected){
        .file = reader_text(r, j, "file"),
        .serial = reader_maybe(r, j, "serial"),
        .begins = reader_number(r, j, "begins", -JSON_INT_MAX, JSON_INT_MAX),
        .ends = reader_number(r, j, "ends", -JSON_INT_MAX, JSON_INT_MAX),
    };
}

static struct target read_target(struct reader *r, const struct json *o)
{
    const struct json *j = reader_object(r, o, "target");
    struct target t = {
        .kind = (enum target_kind)reader_word(r, j, "kind", target_kind_words),
        .input = reader_text(r, j, "input"),
        .host = reader_maybe(r, j, "host"),
        .domain = reader_maybe(r, j, "domain"),
        .path = reader_maybe(r, j, "path"),
        .service = reader_maybe(r, j, "service"),
        .port = (uint16_t)reader_number(r, j, "port", 0, UINT16_MAX),
        .role = (enum role)reader_word(r, j, "role", role_words),
        .name = reader_maybe(r, j, "name"),
        .sni = reader_maybe(r, j, "sni"),
        .no_sni = reader_bool(r, j, "no_sni"),
        .host_is_ip = reader_bool(r, j, "host_is_ip"),
    };

    if (json_find(j, "expected")) /* younger than the schema */
        t.expected = reader_maybe(r, j, "expected");
    if (json_find(j, "expected_as"))
        t.expected_as = read_expected(r, json_find(j, "expected_as"));
    if (json_find(j, "revocation"))
        t.revocation = reader_bool(r, j, "revocation");
    t.corrections = reader_texts(r, j, "corrections", &t.corrections_len);
    if (t.kind != TARGET_FILE && !t.host)
        reader_fault(r, "host", "is missing");
    if (t.kind == TARGET_DOMAIN && !t.domain)
        reader_fault(r, "domain", "is missing");
    if (t.kind == TARGET_FILE && !t.path)
        reader_fault(r, "path", "is missing");
    if (t.kind == TARGET_HOST && t.host_is_ip != name_is_ip(t.host))
        reader_fault(r, "host_is_ip", "does not fit the host");
    return t;
}

static struct text_list read_names(struct reader *r, const struct json *j,
                                   const char *key)
{
    struct text_list list = { 0 };
    const char *const *texts = reader_texts(r, j, key, &list.len);

    list.text = arena_copy(r->arena, texts, list.len * sizeof *texts);
    return list;
}

static struct ordered read_ordered(struct reader *r, const struct json *o)
{
    if (!json_find(o, "ordered"))
        return (struct ordered){ 0 };
    const struct json *j = reader_object(r, o, "ordered");
    return (struct ordered){
        .names = read_names(r, j, "names"),
        .authorities = read_names(r, j, "authorities"),
        .method = reader_maybe(r, j, "method"),
        .account = reader_maybe(r, j, "account"),
        .shown = reader_maybe(r, j, "shown"),
    };
}

static struct dns_record read_record(struct reader *r, const struct json *j)
{
    return (struct dns_record){
        .text = reader_text(r, j, "text"),
        .host = reader_maybe(r, j, "host"),
        .priority = (uint16_t)reader_number(r, j, "priority", 0, UINT16_MAX),
        .weight = (uint16_t)reader_number(r, j, "weight", 0, UINT16_MAX),
        .port = (uint16_t)reader_number(r, j, "port", 0, UINT16_MAX),
    };
}

static void read_answer(struct reader *r, const struct json *j,
                        struct survey *s)
{
    struct dns_answer answer = {
        .name = reader_text(r, j, "name"),
        .type = (enum dns_type)reader_word(r, j, "type", dns_type_words),
        .outcome =
            (enum dns_outcome)reader_word(r, j, "outcome", dns_outcome_words),
        .security = (enum dns_security)reader_word(r, j, "security",
                                                   dns_security_words),
        .why = reader_maybe(r, j, "why"),
        .server = json_find(j, "server") ? reader_text(r, j, "server") : NULL,
        .ttl_s = (uint32_t)reader_number(r, j, "ttl_s", 0, UINT32_MAX),
    };
    const struct json *list = reader_list(r, j, "records", JSON_OBJECT);
    struct dns_record *records =
        arena_alloc(r->arena, list->len + 1, sizeof *records);

    answer.alias = reader_texts(r, j, "alias", &answer.alias_len);
    bool leads = answer.type == DNS_A || answer.type == DNS_AAAA;
    JSON_EACH (item, list) {
        struct dns_record record = read_record(r, item);
        if (leads && !name_is_ip(record.host))
            reader_fault(r, "records", "hold what is no address");
        records[answer.len++] = record;
    }
    answer.records = records;
    survey_answer_add(s, &answer);
}

static struct attempt read_attempt(struct reader *r, const struct json *o,
                                   const char *key)
{
    const struct json *j = reader_object(r, o, key);

    return (struct attempt){
        .outcome = (enum outcome)reader_word(r, j, "outcome", outcome_words),
        .detail = reader_maybe(r, j, "detail"),
        .elapsed_ms = (int32_t)reader_number(r, j, "elapsed_ms", 0, INT32_MAX),
    };
}

/* Indices into the certificates, which are read before the cells. */
static void read_chain(struct reader *r, const struct json *j, struct cell *c,
                       size_t certs_len)
{
    const struct json *list = reader_list(r, j, "chain", JSON_NUMBER);
    size_t *chain = arena_alloc(r->arena, list->len + 1, sizeof *chain);

    JSON_EACH (item, list) {
        bool whole = json_is_whole(item->number) && item->number >= 0;
        if (!whole || item->number >= (double)certs_len) {
            reader_fault(r, "chain", "names a certificate that is not there");
            return;
        }
        chain[c->chain_len++] = (size_t)item->number;
    }
    c->chain = chain;
}

static const char *read_service(struct reader *r, const struct json *j)
{
    const char *service = reader_text(r, j, "service");

    if (!service_find(service) && strcmp(service, "file") != 0)
        reader_fault(r, "service", "is a word that is not known");
    return service;
}

/* A survey from before nobody listened within TLS. */
static void read_inside(struct reader *r, const struct json *j, struct cell *c)
{
    if (!json_find(j, "inside"))
        return;
    c->inside = read_attempt(r, j, "inside");
    c->inside_capabilities =
        reader_texts(r, j, "inside_capabilities", &c->inside_capabilities_len);
}

static void read_seen(struct reader *r, const struct json *j, struct cell *c)
{
    c->connect = read_attempt(r, j, "connect");
    c->greeting = read_attempt(r, j, "greeting");
    c->starttls = read_attempt(r, j, "starttls");
    c->handshake = read_attempt(r, j, "handshake");
    read_inside(r, j, c);
    c->banner = reader_maybe(r, j, "banner");
    c->greeted_as = reader_maybe(r, j, "greeted_as");
    c->capabilities = reader_texts(r, j, "capabilities", &c->capabilities_len);
    c->plain_text = reader_bool(r, j, "plain_text");
    c->wants_tls = reader_bool(r, j, "wants_tls");
    c->alert = (int)reader_number(r, j, "alert", -1, ALERT_MAX);
    c->tls_version = reader_maybe(r, j, "tls_version");
    c->cipher = reader_maybe(r, j, "cipher");
}

static void read_cell(struct reader *r, const struct json *j, struct survey *s)
{
    struct cell c = {
        .host = reader_text(r, j, "host"),
        .reference = reader_maybe(r, j, "reference"),
        .address = reader_text(r, j, "address"),
        .port = (uint16_t)reader_number(r, j, "port", 0, UINT16_MAX),
        .service = read_service(r, j),
        .security =
            (enum security)reader_word(r, j, "security", security_words),
        .sni = reader_maybe(r, j, "sni"),
        .key_type =
            (enum key_type)reader_word(r, j, "key_type", key_type_words),
        .asked = reader_bool(r, j, "asked"),
    };

    read_seen(r, j, &c);
    read_chain(r, j, &c, s->certs_len);
    bool is_file = strcmp(c.service, "file") == 0;
    if (is_file != (s->target.kind == TARGET_FILE))
        reader_fault(r, "service", "does not fit the target");
    if (!c.reference && !is_file)
        reader_fault(r, "reference", "is missing");
    if (!name_is_ip(c.address) && !is_file)
        reader_fault(r, "address", "is no address");
    survey_cell_add(s, &c);
}

static void read_cert(struct reader *r, const struct json *j, struct survey *s)
{
    struct held_cert held = {
        .origin =
            (enum cert_origin)reader_word(r, j, "origin", cert_origin_words),
    };

    held.cert.der = reader_bytes(r, j, "der", DER_MAX, &held.cert.der_len);
    size_t expected = s->certs_len;
    if (!r->failed && survey_cert_add(s, &held) != expected)
        reader_fault(r, "der", "is a certificate that came before");
}

static void read_fetch(struct reader *r, const struct json *j, struct survey *s)
{
    struct fetch f = {
        .url = reader_text(r, j, "url"),
        .address = reader_maybe(r, j, "address"),
        .attempt = read_attempt(r, j, "attempt"),
        .status = (int)reader_number(r, j, "status", 0, STATUS_MAX),
        .location = reader_maybe(r, j, "location"),
    };

    f.body = reader_bytes(r, j, "body", FETCH_LIST_MAX, &f.body_len);
    survey_fetch_add(s, &f);
}

static void read_list(struct reader *r, const struct json *j, const char *key,
                      void (*read)(struct reader *, const struct json *,
                                   struct survey *),
                      struct survey *s)
{
    size_t i = 0;

    JSON_EACH (item, reader_list(r, j, key, JSON_OBJECT)) {
        const char *outer = reader_enter(r, key, i++);
        read(r, item, s);
        r->path = outer;
        if (r->failed)
            return;
    }
}

bool survey_from_json(struct arena *a, const struct json *j, const char *path,
                      struct survey **out, struct err *err)
{
    struct reader r = { .arena = a, .path = path, .err = err };

    if (strcmp(reader_text(&r, j, "schema"), SURVEY_SCHEMA) != 0)
        reader_fault(&r, "schema", "has to be \"" SURVEY_SCHEMA "\"");
    int64_t taken_at = reader_number(&r, j, "taken_at", 0, CLOCK_LAST_S);
    struct target target = read_target(&r, j);
    struct survey *s = survey_new(a, &target, taken_at);
    s->ordered = read_ordered(&r, j);
    s->judged_at =
        reader_number(&r, j, "judged_at", CLOCK_FIRST_S, CLOCK_LAST_S);
    s->resolver = reader_maybe(&r, j, "resolver");
    read_list(&r, j, "answers", read_answer, s);
    read_list(&r, j, "certificates", read_cert, s);
    read_list(&r, j, "cells", read_cell, s);
    read_list(&r, j, "fetches", read_fetch, s);
    if (r.failed)
        return false;
    *out = s;
    return true;
}
