#include "prove/gates.h"

#include <string.h>

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
