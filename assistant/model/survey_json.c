#include "model/survey_json.h"

#include <assert.h>
#include <string.h>

#include "base/clock.h"
#include "base/json_fields.h"
#include "model/name.h"

enum { DER_MAX = 1024 * 1024, ALERT_MAX = 255, STATUS_MAX = 999 };

/* A double's whole numbers: dates that no certificate has are none. */
#define DATE_MAX ((int64_t)JSON_INT_MAX)

static const struct word target_kind_words[] = {
    { "host", TARGET_HOST },
    { "domain", TARGET_DOMAIN },
    { "file", TARGET_FILE },
    { NULL, TARGET_KIND_COUNT },
};
static_assert(sizeof target_kind_words / sizeof *target_kind_words ==
                  TARGET_KIND_COUNT + 1,
              "a word per kind");

static const struct json_field expected_fields[] = {
    JSON_FIELD_TEXT("file", struct target_expected, file, 0),
    JSON_FIELD_TEXT("serial", struct target_expected, serial, JSON_OR_NULL),
    JSON_FIELD_NUMBER("begins", struct target_expected, begins, -DATE_MAX,
                      DATE_MAX),
    JSON_FIELD_NUMBER("ends", struct target_expected, ends, -DATE_MAX,
                      DATE_MAX),
    JSON_FIELDS_END,
};

static const struct json_field target_fields[] = {
    JSON_FIELD_WORD("kind", struct target, kind, target_kind_words),
    JSON_FIELD_TEXT("input", struct target, input, 0),
    JSON_FIELD_TEXT("host", struct target, host, JSON_OR_NULL),
    JSON_FIELD_TEXT("domain", struct target, domain, JSON_OR_NULL),
    JSON_FIELD_TEXT("path", struct target, path, JSON_OR_NULL),
    JSON_FIELD_TEXT("service", struct target, service, JSON_OR_NULL),
    JSON_FIELD_NUMBER("port", struct target, port, 0, UINT16_MAX),
    JSON_FIELD_WORD("role", struct target, role, role_words),
    JSON_FIELD_TEXT("name", struct target, name, JSON_OR_NULL),
    JSON_FIELD_TEXT("sni", struct target, sni, JSON_OR_NULL),
    JSON_FIELD_BOOL("no_sni", struct target, no_sni, 0),
    JSON_FIELD_TEXT("expected", struct target, expected,
                    JSON_OR_NULL | JSON_YOUNGER),
    JSON_FIELD_OBJECT("expected_as", struct target, expected_as,
                      expected_fields, JSON_NOT_EMPTY),
    JSON_FIELD_BOOL("revocation", struct target, revocation, JSON_YOUNGER),
    JSON_FIELD_BOOL("host_is_ip", struct target, host_is_ip, 0),
    JSON_FIELD_TEXTS("corrections", struct target, corrections, corrections_len,
                     0),
    JSON_FIELDS_END,
};

static const struct json_field ordered_fields[] = {
    JSON_FIELD_TEXTS("names", struct ordered, names.text, names.len, 0),
    JSON_FIELD_TEXTS("authorities", struct ordered, authorities.text,
                     authorities.len, 0),
    JSON_FIELD_TEXT("method", struct ordered, method, JSON_OR_NULL),
    JSON_FIELD_TEXT("account", struct ordered, account, JSON_OR_NULL),
    JSON_FIELD_TEXT("shown", struct ordered, shown, JSON_OR_NULL),
    JSON_FIELDS_END,
};

static const struct json_field record_fields[] = {
    JSON_FIELD_TEXT("text", struct dns_record, text, 0),
    JSON_FIELD_TEXT("host", struct dns_record, host, JSON_OR_NULL),
    JSON_FIELD_NUMBER("priority", struct dns_record, priority, 0, UINT16_MAX),
    JSON_FIELD_NUMBER("weight", struct dns_record, weight, 0, UINT16_MAX),
    JSON_FIELD_NUMBER("port", struct dns_record, port, 0, UINT16_MAX),
    JSON_FIELDS_END,
};

static const struct json_field answer_fields[] = {
    JSON_FIELD_TEXT("name", struct dns_answer, name, 0),
    JSON_FIELD_WORD("type", struct dns_answer, type, dns_type_words),
    JSON_FIELD_WORD("outcome", struct dns_answer, outcome, dns_outcome_words),
    JSON_FIELD_WORD("security", struct dns_answer, security,
                    dns_security_words),
    JSON_FIELD_TEXT("why", struct dns_answer, why, JSON_OR_NULL),
    JSON_FIELD_TEXT("server", struct dns_answer, server, JSON_NOT_EMPTY),
    JSON_FIELD_TEXTS("alias", struct dns_answer, alias, alias_len, 0),
    JSON_FIELD_NUMBER("ttl_s", struct dns_answer, ttl_s, 0, UINT32_MAX),
    JSON_FIELD_LIST("records", struct dns_answer, records, len, record_fields),
    JSON_FIELDS_END,
};

static const struct json_field attempt_fields[] = {
    JSON_FIELD_WORD("outcome", struct attempt, outcome, outcome_words),
    JSON_FIELD_TEXT("detail", struct attempt, detail, JSON_OR_NULL),
    JSON_FIELD_NUMBER("elapsed_ms", struct attempt, elapsed_ms, 0, INT32_MAX),
    JSON_FIELDS_END,
};

/* What is within TLS is younger than the schema. */
static const struct json_field cell_fields[] = {
    JSON_FIELD_TEXT("host", struct cell, host, 0),
    JSON_FIELD_TEXT("reference", struct cell, reference, JSON_OR_NULL),
    JSON_FIELD_TEXT("address", struct cell, address, 0),
    JSON_FIELD_NUMBER("port", struct cell, port, 0, UINT16_MAX),
    JSON_FIELD_TEXT("service", struct cell, service, 0),
    JSON_FIELD_WORD("security", struct cell, security, security_words),
    JSON_FIELD_TEXT("sni", struct cell, sni, JSON_OR_NULL),
    JSON_FIELD_WORD("key_type", struct cell, key_type, key_type_words),
    JSON_FIELD_BOOL("asked", struct cell, asked, 0),
    JSON_FIELD_OBJECT("connect", struct cell, connect, attempt_fields, 0),
    JSON_FIELD_OBJECT("greeting", struct cell, greeting, attempt_fields, 0),
    JSON_FIELD_OBJECT("starttls", struct cell, starttls, attempt_fields, 0),
    JSON_FIELD_OBJECT("handshake", struct cell, handshake, attempt_fields, 0),
    JSON_FIELD_OBJECT("inside", struct cell, inside, attempt_fields,
                      JSON_YOUNGER),
    JSON_FIELD_TEXT("put_off", struct cell, put_off, JSON_NOT_EMPTY),
    JSON_FIELD_TEXT("banner", struct cell, banner, JSON_OR_NULL),
    JSON_FIELD_TEXT("greeted_as", struct cell, greeted_as, JSON_OR_NULL),
    JSON_FIELD_TEXTS("capabilities", struct cell, capabilities,
                     capabilities_len, 0),
    JSON_FIELD_TEXTS("inside_capabilities", struct cell, inside_capabilities,
                     inside_capabilities_len, JSON_YOUNGER),
    JSON_FIELD_BOOL("plain_text", struct cell, plain_text, 0),
    JSON_FIELD_BOOL("wants_tls", struct cell, wants_tls, 0),
    JSON_FIELD_NUMBER("alert", struct cell, alert, -1, ALERT_MAX),
    JSON_FIELD_TEXT("tls_version", struct cell, tls_version, JSON_OR_NULL),
    JSON_FIELD_TEXT("cipher", struct cell, cipher, JSON_OR_NULL),
    JSON_FIELD_INDICES("chain", struct cell, chain, chain_len),
    JSON_FIELD_BOOL("staple_asked", struct cell, staple_asked, JSON_YOUNGER),
    JSON_FIELD_BYTES("staple", struct cell, staple, staple_len, STAPLE_MAX,
                     JSON_NOT_EMPTY),
    JSON_FIELDS_END,
};

static const struct json_field cert_fields[] = {
    JSON_FIELD_WORD("origin", struct held_cert, origin, cert_origin_words),
    JSON_FIELD_BYTES("der", struct held_cert, cert.der, cert.der_len, DER_MAX,
                     0),
    JSON_FIELDS_END,
};

static const struct json_field fetch_fields[] = {
    JSON_FIELD_TEXT("url", struct fetch, url, 0),
    JSON_FIELD_TEXT("address", struct fetch, address, JSON_OR_NULL),
    JSON_FIELD_OBJECT("attempt", struct fetch, attempt, attempt_fields, 0),
    JSON_FIELD_NUMBER("status", struct fetch, status, 0, STATUS_MAX),
    JSON_FIELD_TEXT("location", struct fetch, location, JSON_OR_NULL),
    JSON_FIELD_TEXT("date", struct fetch, date, JSON_OR_NULL | JSON_YOUNGER),
    JSON_FIELD_BYTES("body", struct fetch, body, body_len, FETCH_LIST_MAX, 0),
    JSON_FIELDS_END,
};

static const struct json_field survey_fields[] = {
    JSON_FIELD_SCHEMA("certmend.survey/1"),
    JSON_FIELD_NUMBER("taken_at", struct survey, taken_at, 0, CLOCK_LAST_S),
    JSON_FIELD_NUMBER("judged_at", struct survey, judged_at, CLOCK_FIRST_S,
                      CLOCK_LAST_S),
    JSON_FIELD_TEXT("resolver", struct survey, resolver, JSON_OR_NULL),
    JSON_FIELD_BOOL("has_no_route", struct survey, has_no_route, JSON_YOUNGER),
    JSON_FIELD_OBJECT("target", struct survey, target, target_fields, 0),
    JSON_FIELD_OBJECT("ordered", struct survey, ordered, ordered_fields,
                      JSON_NOT_EMPTY),
    JSON_FIELD_LIST("answers", struct survey, answers, answers_len,
                    answer_fields),
    JSON_FIELD_LIST("cells", struct survey, cells, cells_len, cell_fields),
    JSON_FIELD_LIST("certificates", struct survey, certs, certs_len,
                    cert_fields),
    JSON_FIELD_LIST("fetches", struct survey, fetches, fetches_len,
                    fetch_fields),
    JSON_FIELDS_END,
};

struct json *survey_to_json(struct arena *a, const struct survey *s)
{
    struct json *j = json_object(a);

    json_fields_write(a, j, survey_fields, s);
    return j;
}

static void check_target(struct json_reader *r, const struct target *t)
{
    if (t->kind != TARGET_FILE && !t->host)
        json_fields_fault(r, NULL, 0, "host", "is missing");
    if (t->kind == TARGET_DOMAIN && !t->domain)
        json_fields_fault(r, NULL, 0, "domain", "is missing");
    if (t->kind == TARGET_FILE && !t->path)
        json_fields_fault(r, NULL, 0, "path", "is missing");
    if (t->kind == TARGET_HOST && t->host_is_ip != name_is_ip(t->host))
        json_fields_fault(r, NULL, 0, "host_is_ip", "does not fit the host");
}

static void check_answer(struct json_reader *r, const struct survey *s,
                         size_t at)
{
    const struct dns_answer *answer = &s->answers[at];

    if (answer->type != DNS_A && answer->type != DNS_AAAA)
        return;
    for (size_t i = 0; i < answer->len; i++)
        if (!name_is_ip(answer->records[i].host))
            json_fields_fault(r, "answers", at, "records",
                              "hold what is no address");
}

static void check_cell(struct json_reader *r, const struct survey *s, size_t at)
{
    const struct cell *c = &s->cells[at];
    bool is_file = strcmp(c->service, "file") == 0;

    if (!service_find(c->service) && !is_file)
        json_fields_fault(r, "cells", at, "service", "is an unknown word");
    if (is_file != (s->target.kind == TARGET_FILE))
        json_fields_fault(r, "cells", at, "service", "does not fit the target");
    if (!c->reference && !is_file)
        json_fields_fault(r, "cells", at, "reference", "is missing");
    if (!name_is_ip(c->address) && !is_file)
        json_fields_fault(r, "cells", at, "address", "is no address");
    for (size_t i = 0; i < c->chain_len; i++)
        if (c->chain[i] >= s->certs_len)
            json_fields_fault(r, "cells", at, "chain",
                              "names a certificate that is not there");
}

/* Indices would lead elsewhere if one was there twice. */
static void check_certs(struct json_reader *r, struct survey *s)
{
    const struct held_cert *read = s->certs;
    size_t len = s->certs_len;

    s->certs = NULL;
    s->certs_len = 0;
    for (size_t i = 0; i < len && !r->failed; i++)
        if (survey_cert_add(s, &read[i]) != i)
            json_fields_fault(r, "certificates", i, "der",
                              "is a certificate that came before");
}

bool survey_from_json(struct arena *a, const struct json *j, const char *path,
                      struct survey **out, struct err *err)
{
    struct json_reader r = { .arena = a, .path = path, .err = err };
    struct survey *s = survey_new(a, &(struct target){ 0 }, 0);

    if (!json_fields_read(&r, j, survey_fields, s))
        return false;
    check_target(&r, &s->target);
    check_certs(&r, s);
    for (size_t i = 0; i < s->answers_len && !r.failed; i++)
        check_answer(&r, s, i);
    for (size_t i = 0; i < s->cells_len && !r.failed; i++)
        check_cell(&r, s, i);
    if (r.failed)
        return false;
    *out = s;
    return true;
}
