#include "scene.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "advise/plan_text.h"
#include "base/clock.h"
#include "check/check.h"
#include "crypto/test_cert.h"
#include "crypto/verification.h"
#include "prove/prove.h"

void scene_open(struct scene *at, const char *host)
{
    struct err err;
    *at = (struct scene){ .arena = arena_new() };
    struct target t = {
        .kind = TARGET_HOST,
        .input = host,
        .host = host,
        .role = ROLE_MUA,
        .host_is_ip = name_is_ip(host),
    };
    at->survey = survey_new(at->arena, &t, TEST_NOW_S);
    if (!rules_load(at->arena, NULL, &at->rules, &err))
        fail_msg("%s", err.text);
}

void scene_close(struct scene *at)
{
    anchors_free(at->anchors);
    arena_free(at->arena);
}

static size_t split(struct arena *a, const char *names, const char **out,
                    size_t max)
{
    size_t len = 0;
    while (*names && len < max) {
        size_t bytes = strcspn(names, " ");
        out[len++] = arena_text_n(a, names, bytes);
        names += bytes + (names[bytes] == ' ');
    }
    return len;
}

/* Certificates that were made before: making one costs more than all the
 * questions that are asked of it. Two of one scene are never the same. */
struct kept {
    struct test_cert_request order;
    size_t place; /* of the leaf in its survey */
    struct test_cert made;
    struct kept *next;
};

static bool is_same(const struct kept *k, const struct test_cert_request *order,
                    size_t place)
{
    bool same = k->place == place && k->order.names_len == order->names_len &&
                k->order.not_after == order->not_after;
    for (size_t i = 0; same && i < order->names_len; i++)
        same = strcmp(k->order.names[i], order->names[i]) == 0;
    return same;
}

static const char *const *copies(struct arena *a,
                                 const struct test_cert_request *from)
{
    const char **names = arena_alloc(a, from->names_len, sizeof *names);
    for (size_t i = 0; i < from->names_len; i++)
        names[i] = arena_text(a, from->names[i]);
    return names;
}

static struct test_cert minted_once(const struct test_cert_request *order,
                                    size_t place)
{
    static struct arena *arena; /* as long as the tests run */
    static struct kept *all;
    struct err err;
    if (!arena)
        arena = arena_new();
    for (const struct kept *k = all; k; k = k->next)
        if (is_same(k, order, place))
            return k->made;
    struct kept *k = arena_alloc(arena, 1, sizeof *k);
    *k = (struct kept){ .order = *order, .place = place, .next = all };
    k->order.names = copies(arena, order);
    if (!test_cert_make(arena, order, &k->made, &err))
        fail_msg("%s", err.text);
    all = k;
    return k->made;
}

/* The chain is kept as cells want it: leaf, then its length behind it. */
size_t scene_cert(struct scene *at, const struct scene_cert *spec)
{
    const char *names[16];
    int days = spec->ends_in_days ? spec->ends_in_days : 60;
    struct test_cert_request order = {
        .names = names,
        .names_len = split(at->arena, spec->names, names, 16),
        .not_before = TEST_NOW_S + (int64_t)(days - 90) * DAY_S,
        .not_after = TEST_NOW_S + (int64_t)days * DAY_S,
    };
    struct test_cert made = minted_once(&order, at->survey->certs_len);
    for (int i = 0; i < 2; i++)
        made.chain[i].origin = CERT_SENT;
    made.root.origin = spec->chain == SCENE_STRANGER ? CERT_SENT : CERT_ANCHOR;
    size_t leaf = survey_cert_add(at->survey, &made.chain[0]);
    if (spec->chain == SCENE_LEAF)
        return leaf;
    if (spec->chain == SCENE_FETCHED)
        made.chain[1].origin = CERT_FETCHED;
    survey_cert_add(at->survey, &made.chain[1]);
    survey_cert_add(at->survey, &made.root);
    return leaf;
}

static size_t sent(const struct survey *s, size_t leaf)
{
    size_t len = 1;
    while (leaf + len < s->certs_len && s->certs[leaf + len].cert.is_ca &&
           s->certs[leaf + len].origin == CERT_SENT)
        len++;
    return len;
}

struct cell *scene_cell(struct scene *at, const char *host, const char *address,
                        uint16_t port, size_t cert)
{
    const struct service *row = service_at(port);
    struct attempt worked = { .outcome = OUTCOME_OK, .elapsed_ms = 1 };
    struct attempt upgrade =
        row->security == SECURITY_STARTTLS ? worked : (struct attempt){ 0 };
    struct cell c = {
        .host = host,
        .reference = host,
        .address = address,
        .port = port,
        .service = row->name,
        .security = row->security,
        .sni = name_is_ip(host) ? NULL : host,
        .asked = strcmp(host, at->survey->target.host) == 0,
        .connect = worked,
        .greeting = upgrade,
        .starttls = upgrade,
        .handshake = worked,
        .alert = -1,
        .tls_version = "TLSv1.3",
        .cipher = "TLS_AES_128_GCM_SHA256",
        .chain_len = sent(at->survey, cert),
    };
    size_t *chain = arena_alloc(at->arena, c.chain_len, sizeof *chain);
    for (size_t i = 0; i < c.chain_len; i++)
        chain[i] = cert + i;
    c.chain = chain;
    return survey_cell_add(at->survey, &c);
}

void scene_record(struct scene *at, const char *name, enum dns_type type,
                  const char *host)
{
    struct dns_record *record = arena_alloc(at->arena, 1, sizeof *record);
    record->text = record->host = host;
    struct dns_answer answer = { .name = name,
                                 .type = type,
                                 .outcome = DNS_ANSWERED,
                                 .records = record,
                                 .len = 1,
                                 .ttl_s = 300 };
    survey_answer_add(at->survey, &answer);
}

void scene_address(struct scene *at, const char *host, const char *address)
{
    scene_record(at, host, strchr(address, ':') ? DNS_AAAA : DNS_A, address);
}

void scene_judge(struct scene *at)
{
    struct err err;
    anchors_free(at->anchors);
    at->anchors = NULL;
    at->found = (struct findings){ .arena = at->arena };
    at->plan = (struct plan){ .arena = at->arena };
    if (!anchors_from_survey(at->survey, &at->anchors, &err) ||
        !verification_fill(at->survey, at->anchors, &err))
        fail_msg("%s", err.text);
    check_all(at->survey, &at->found);
    advise(at->rules, at->survey, &at->found, &at->plan);
    if (!prove_plan(&at->plan, at->survey, &at->found, at->anchors, &err) ||
        !plan_text_write(at->rules, NULL, at->survey, &at->plan, &err))
        fail_msg("%s", err.text);
}

const struct fix *scene_fix(const struct scene *at, const char *id)
{
    for (size_t i = 0; i < at->plan.len; i++) {
        if (strcmp(at->plan.items[i].def->id, id) == 0)
            return &at->plan.items[i];
    }
    return NULL;
}

bool scene_fix_has_name(const struct fix *fix, const char *name)
{
    return fix && json_has_text(json_find(fix->params, "names"), name);
}
