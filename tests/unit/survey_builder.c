#include "survey_builder.h"

#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "model/name.h"

struct survey *build_survey(struct arena *a, const char *host)
{
    struct target t = {
        .kind = TARGET_HOST,
        .input = host,
        .host = host,
        .role = ROLE_MUA,
        .host_is_ip = name_is_ip(host),
    };

    return survey_new(a, &t, TEST_NOW_S);
}

struct cert *built_cert(struct survey *s, size_t leaf)
{
    return &s->certs[leaf].cert;
}

/* Two certificates are the same when their DER is: here it is their text. */
static size_t hold(struct survey *s, struct held_cert held, const char *der)
{
    struct arena *a = s->arena;

    held.cert.der = arena_copy(a, der, strlen(der));
    held.cert.der_len = strlen(der);
    held.cert.sha256_hex = der;
    held.cert.spki_sha256_hex = arena_printf(a, "key of %s", der);
    if (!held.cert.serial_hex)
        held.cert.serial_hex = "01";
    held.cert.signature = "ecdsa-with-SHA256";
    held.cert.key_type = KEY_EC;
    held.cert.key_bits = 256;
    held.cert.curve = "P-256";
    return survey_cert_add(s, &held);
}

static size_t ca(struct survey *s, const char *cn, const char *issuer_cn,
                 enum cert_origin origin)
{
    struct arena *a = s->arena;
    struct held_cert held = {
        .cert = {
            .subject = arena_printf(a, "CN=%s", cn),
            .issuer = arena_printf(a, "CN=%s", issuer_cn),
            .subject_cn = cn,
            .issuer_cn = issuer_cn,
            .not_before = TEST_NOW_S - (int64_t)3650 * DAY_S,
            .not_after = TEST_NOW_S + (int64_t)3650 * DAY_S,
            .is_ca = true,
            .self_signed = strcmp(cn, issuer_cn) == 0,
            .server_auth = true,
        },
        .origin = origin,
    };

    return hold(s, held, arena_printf(a, "authority %s", cn));
}

static void name_add(struct arena *a, struct text_list *list, const char *text)
{
    list->text = arena_grow(a, list->text, list->len, sizeof *list->text);
    list->text[list->len++] = text;
}

static void names_add(struct arena *a, struct cert *c, const char *names)
{
    while (names && *names) {
        size_t len = strcspn(names, " ");
        const char *name = arena_text_n(a, names, len);
        if (strncmp(name, "IP:", 3) == 0)
            name_add(a, &c->ip_names, name + 3);
        else
            name_add(a, &c->dns_names, name);
        names += len + (names[len] == ' ');
    }
}

static const char *const issuer_names[] = {
    [BUILT_PUBLIC] = "Public Intermediate",
    [BUILT_SELF] = NULL,
    [BUILT_PRIVATE] = "Private Root",
};

size_t build_cert(struct survey *s, const struct built_cert *spec)
{
    struct arena *a = s->arena;
    int starts = spec->starts_in_days ? spec->starts_in_days : -1;
    int ends = spec->ends_in_days ? spec->ends_in_days : 60;
    const char *issuer_cn = issuer_names[spec->issuer];
    struct held_cert held = { .origin = CERT_SENT };
    struct cert *c = &held.cert;

    if (!issuer_cn)
        issuer_cn = spec->cn ? spec->cn : "";
    c->subject_cn = spec->cn;
    c->issuer_cn = issuer_cn;
    c->subject = spec->cn ? arena_printf(a, "CN=%s", spec->cn) : "";
    c->issuer = *issuer_cn ? arena_printf(a, "CN=%s", issuer_cn) : "";
    c->not_before = TEST_NOW_S + (int64_t)starts * DAY_S;
    c->not_after = TEST_NOW_S + (int64_t)ends * DAY_S;
    c->self_signed = spec->issuer == BUILT_SELF;
    c->has_eku = true;
    c->server_auth = true;
    names_add(a, c, spec->names);
    /* The chain is remembered in the serial number: cells need it again. */
    c->serial_hex =
        arena_printf(a, "%d%d", (int)spec->issuer, (int)spec->chain);
    return hold(s, held,
                arena_printf(a, "%s %s %d %d %d %d",
                             spec->names ? spec->names : "-",
                             spec->cn ? spec->cn : "-", (int)spec->issuer,
                             (int)spec->chain, starts, ends));
}

static bool fits(const char *pattern, const char *name)
{
    const char *dot = strchr(name, '.');

    if (strncmp(pattern, "*.", 2) == 0)
        return dot && !name_is_ip(name) && strcmp(pattern + 2, dot + 1) == 0;
    return strcmp(pattern, name) == 0;
}

static bool leaf_covers(const struct cert *leaf, const char *name)
{
    const struct text_list *list =
        name_is_ip(name) ? &leaf->ip_names : &leaf->dns_names;

    for (size_t i = 0; i < list->len; i++)
        if (fits(list->text[i], name))
            return true;
    return false;
}

/* What crypto/verification would say: which fault, what was sent, what was
 * found. */
struct made {
    size_t sent[2], path[3];
    size_t sent_len, path_len;
    struct trust_fault fault;
    bool faulty, repaired;
};

static void make_public(struct survey *s, enum built_chain chain,
                        struct made *m)
{
    bool fetched = chain == BUILT_REPAIRED;

    m->faulty = chain != BUILT_FULL;
    m->repaired = fetched;
    m->fault = (struct trust_fault){ 0, TRUST_ISSUER_UNKNOWN, NULL };
    if (chain == BUILT_LEAF_ONLY)
        return;
    m->path[1] = ca(s, "Public Intermediate", "Public Root",
                    fetched ? CERT_FETCHED : CERT_SENT);
    m->path[2] = ca(s, "Public Root", "Public Root", CERT_ANCHOR);
    m->path_len = 3;
    if (!fetched)
        m->sent[m->sent_len++] = m->path[1];
}

static void make_private(struct survey *s, enum built_chain chain,
                         struct made *m)
{
    m->faulty = true;
    m->fault = (struct trust_fault){ 0, TRUST_ISSUER_UNKNOWN, NULL };
    if (chain != BUILT_FULL)
        return;
    m->fault = (struct trust_fault){ 1, TRUST_ROOT_UNKNOWN, NULL };
    m->path[1] = ca(s, "Private Root", "Private Root", CERT_SENT);
    m->path_len = 2;
    m->sent[m->sent_len++] = m->path[1];
}

void build_verdict(struct survey *s, struct cell *c, size_t leaf)
{
    struct arena *a = s->arena;
    const struct cert cert = s->certs[leaf].cert;
    enum built_issuer issuer = (enum built_issuer)(cert.serial_hex[0] - '0');
    enum built_chain chain = (enum built_chain)(cert.serial_hex[1] - '0');
    struct made m = { { leaf }, { leaf }, 1, 1, { 0 }, false, false };

    if (issuer == BUILT_PUBLIC)
        make_public(s, chain, &m);
    if (issuer == BUILT_PRIVATE)
        make_private(s, chain, &m);
    if (issuer == BUILT_SELF) {
        m.faulty = true;
        m.fault = (struct trust_fault){ 0, TRUST_SELF_SIGNED, NULL };
    }
    c->chain = arena_copy(a, m.sent, m.sent_len * sizeof *m.sent);
    c->chain_len = m.sent_len;
    c->verdict = (struct verdict){
        .done = true,
        .name_ok = c->reference && leaf_covers(&cert, c->reference),
        .trusted = !m.faulty,
        .repaired = m.repaired,
        .faults = arena_copy(a, &m.fault, sizeof m.fault),
        .faults_len = m.faulty ? 1 : 0,
        .path = arena_copy(a, m.path, m.path_len * sizeof *m.path),
        .path_len = m.path_len,
    };
}

static struct cell blank(const struct survey *s, const char *address,
                         uint16_t port)
{
    const struct service *service = service_at(port);
    const char *host = s->target.host;
    const struct cell c = {
        .host = host,
        .reference = target_reference(&s->target),
        .address = address,
        .port = port,
        .service = service ? service->name : "https",
        .security = service ? service->security : SECURITY_IMPLICIT,
        .sni = s->target.no_sni || name_is_ip(host) ? NULL : host,
        .asked = true,
        .alert = -1,
    };

    return c;
}

struct cell *build_cell(struct survey *s, const char *address, uint16_t port,
                        size_t leaf)
{
    const struct attempt worked = { OUTCOME_OK, NULL, 20 };
    struct cell c = blank(s, address, port);

    c.connect = worked;
    c.handshake = worked;
    if (c.security == SECURITY_STARTTLS) {
        c.greeting = worked;
        c.starttls = worked;
        c.banner = "mail ESMTP";
    }
    c.tls_version = "TLSv1.3";
    c.cipher = "TLS_AES_256_GCM_SHA384";
    build_verdict(s, &c, leaf);
    return survey_cell_add(s, &c);
}

struct cell *build_cell_without_sni(struct survey *s, const char *address,
                                    uint16_t port, size_t leaf)
{
    struct cell *c = build_cell(s, address, port, leaf);

    c->sni = NULL;
    return c;
}

struct cell *build_dead_cell(struct survey *s, const char *address,
                             uint16_t port, enum outcome connect)
{
    struct cell c = blank(s, address, port);

    c.connect.outcome = connect;
    return survey_cell_add(s, &c);
}

void build_answer(struct survey *s, const char *name, enum dns_type type,
                  enum dns_outcome outcome)
{
    survey_answer_add(s, &(struct dns_answer){
                             .name = name, .type = type, .outcome = outcome });
}

void build_record(struct survey *s, const char *name, enum dns_type type,
                  const char *value)
{
    struct dns_record record = { .text = value, .host = value };
    struct dns_answer *there = NULL;

    for (size_t i = 0; i < s->answers_len; i++)
        if (s->answers[i].type == type && strcmp(s->answers[i].name, name) == 0)
            there = &s->answers[i];
    if (!there) {
        build_answer(s, name, type, DNS_ANSWERED);
        there = &s->answers[s->answers_len - 1];
        there->ttl_s = 300;
    }
    struct dns_record *records =
        arena_alloc(s->arena, there->len + 1, sizeof *records);
    if (there->len)
        memcpy(records, there->records, there->len * sizeof *records);
    records[there->len++] = record;
    there->records = records;
}
