#include "prove/gates.h"

#include <string.h>

#include "base/text.h"

const char *const gate_ids[GATE_COUNT] = {
    [GATE_NAMES] = "names-that-go",
    [GATE_CAA_FORBIDS] = "acme.caa_forbids",
    [GATE_CAA_CRITICAL] = "acme.caa_critical",
    [GATE_CAA_PARAMS] = "acme.caa_params",
    [GATE_CAA_LOOKUP_FAILS] = "acme.caa_lookup_fails",
    [GATE_WILDCARD] = "acme.wildcard_needs_dns",
    [GATE_HTTP01_UNREACHABLE] = "http01.unreachable",
    [GATE_HTTP01_ELSEWHERE] = "http01.elsewhere",
    [GATE_HTTP01_BAD_REDIRECT] = "http01.bad_redirect",
    [GATE_HTTP01_CATCHALL] = "http01.catchall",
    [GATE_HTTP01_V6_BROKEN] = "http01.v6_broken",
    [GATE_BOGUS] = "dns.bogus",
    [GATE_TLSA] = "dane.renewal_guard",
    [GATE_STS] = "sts.mx_cert_bad",
    [GATE_RATE] = "acme.rate_limited",
};

/* The challenge before the records: CAA may allow one way of proof only. */
static gate *const gates[] = {
    gate_challenge, gate_caa, gate_bogus, gate_tlsa, gate_sts, gate_rate,
};

bool gates_apply(const struct fix *fix)
{
    return fix->def->brings == BRINGS_CERTIFICATE;
}

void gates_add(const struct trial *t, struct fix *fix, enum gate_id id,
               bool open, const char *detail)
{
    fix->gates =
        arena_grow(t->arena, fix->gates, fix->gates_len, sizeof *fix->gates);
    fix->gates[fix->gates_len++] = (struct gate){ gate_ids[id], open, detail };
}

void gates_param(const struct trial *t, struct fix *fix, const char *key,
                 const struct json *value)
{
    struct json *params = json_object(t->arena);

    JSON_EACH (old, fix->params) {
        if (strcmp(old->key, key) != 0)
            json_put(t->arena, params, old->key, old);
    }
    json_put(t->arena, params, key, value);
    fix->params = params;
}

bool gates_pass(const struct trial *t, struct fix *fix)
{
    if (!gate_names(t, fix))
        return false;
    for (size_t i = 0; i < sizeof gates / sizeof *gates; i++)
        gates[i](t, fix);
    return true;
}

static bool is_cause(const struct fix *fix, const char *id)
{
    return text_is_among(id, fix->causes, fix->causes_len);
}

bool gates_opened_by(const struct fix *fix, const struct fix *opener)
{
    for (size_t i = 0; i < fix->gates_len; i++)
        if (!fix->gates[i].open && is_cause(opener, fix->gates[i].id))
            return true;
    return false;
}

bool gates_are_its_cause(const struct fix *fix)
{
    const char *const kinds[] = { "acme.", "http01.", "dns01.",
                                  gate_ids[GATE_TLSA] };

    for (size_t i = 0; i < fix->causes_len; i++) {
        bool gated = false;
        for (size_t k = 0; k < sizeof kinds / sizeof *kinds; k++)
            gated = gated ||
                    strncmp(fix->causes[i], kinds[k], strlen(kinds[k])) == 0;
        if (!gated)
            return false;
    }
    return true;
}
