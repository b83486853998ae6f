/*
 * gates_proof - how the authority is convinced, and what it may refuse
 */
#include <string.h>

#include "base/clock.h"
#include "base/text.h"
#include "facts/caa.h"
#include "facts/http01.h"
#include "facts/knowledge.h"
#include "prove/gates.h"

static const enum gate_id http01_ids[HTTP01_STATE_COUNT] = {
    [HTTP01_UNREACHABLE] = GATE_HTTP01_UNREACHABLE,
    [HTTP01_ELSEWHERE] = GATE_HTTP01_ELSEWHERE,
    [HTTP01_BAD_REDIRECT] = GATE_HTTP01_BAD_REDIRECT,
    [HTTP01_SHUT_REDIRECT] = GATE_HTTP01_BAD_REDIRECT,
    [HTTP01_CATCHALL] = GATE_HTTP01_CATCHALL,
};

static const char *const http01_words[HTTP01_STATE_COUNT] = {
    [HTTP01_UNREACHABLE] = "nothing answers on port 80 there",
    [HTTP01_ELSEWHERE] = "port 80 leads to another host",
    [HTTP01_BAD_REDIRECT] = "port 80 leads where no authority follows",
    [HTTP01_SHUT_REDIRECT] = "port 80 leads to where nothing answers",
    [HTTP01_CATCHALL] = "port 80 answers 200 to every question",
};

/* What the usual CA is called in CAA records. */
static const char *ca_name(const struct trial *t)
{
    return knowledge_of(t->survey)->usual->caa.text[0];
}

static bool has_star(const struct fix *fix)
{
    JSON_EACH (name, json_find(fix->params, "names")) {
        if (name->text && name_is_wildcard(name->text))
            return true;
    }
    return false;
}

static bool has_address(const struct fix *fix)
{
    JSON_EACH (name, json_find(fix->params, "names")) {
        if (name->text && name_is_ip(name->text))
            return true;
    }
    return false;
}

/* False: CAA allows the authority, but not this way of proof. */
static bool caa_takes(const struct trial *t, const struct fix *fix,
                      const char *method)
{
    JSON_EACH (name, json_find(fix->params, "names")) {
        struct caa_question q = { name->text, ca_name(t), method, NULL };
        if (caa_judge(t->survey, t->arena, &q).ruling == CAA_BY_PARAMS)
            return false;
    }
    return true;
}

static void choose(const struct trial *t, struct fix *fix, const char *method)
{
    gates_param(t, fix, "challenge", json_text(t->arena, method));
}

/* The first name whose port 80 would not do; NULL: all would, or nobody
 * asked. */
static const char *obstacle(const struct trial *t, const struct fix *fix,
                            struct http01_all *out)
{
    JSON_EACH (name, json_find(fix->params, "names")) {
        *out = http01_judge(t->survey, t->arena, name->text);
        if (out->worst > HTTP01_OPEN)
            return name->text;
    }
    return NULL;
}

void gate_challenge(const struct trial *t, struct fix *fix)
{
    struct http01_all seen = { 0 };

    if (has_star(fix)) {
        choose(t, fix, "dns-01");
        gates_add(t, fix, GATE_WILDCARD, true,
                  "A name with a star is proven by DNS (dns-01).");
        return;
    }
    const char *name = obstacle(t, fix, &seen);
    if (name && has_address(fix)) {
        gates_add(t, fix, http01_ids[seen.worst], false,
                  arena_printf(t->arena,
                               "%s at %s: %s. An address is never proven by "
                               "DNS: open port 80, or port 443 (tls-alpn-01).",
                               name, seen.address, http01_words[seen.worst]));
        return;
    }
    if (name) {
        choose(t, fix, "dns-01");
        gates_add(t, fix,
                  seen.only_ip6 ? GATE_HTTP01_V6_BROKEN
                                : http01_ids[seen.worst],
                  true,
                  arena_printf(t->arena,
                               "%s at %s: %s, so the names are proven by DNS "
                               "(dns-01).",
                               name, seen.address, http01_words[seen.worst]));
        return;
    }
    if (!caa_takes(t, fix, "http-01") && caa_takes(t, fix, "dns-01")) {
        choose(t, fix, "dns-01");
        gates_add(t, fix, GATE_CAA_PARAMS, true,
                  "The CAA record allows a proof by DNS (dns-01) only.");
    }
}

static const enum gate_id caa_ids[CAA_RULING_COUNT] = {
    [CAA_ALLOWED] = GATE_CAA_FORBIDS,     [CAA_FORBIDDEN] = GATE_CAA_FORBIDS,
    [CAA_CRITICAL] = GATE_CAA_CRITICAL,   [CAA_BY_PARAMS] = GATE_CAA_PARAMS,
    [CAA_FAILED] = GATE_CAA_LOOKUP_FAILS,
};

static const char *caa_words(const struct trial *t, const char *name,
                             const struct caa_answer *answer)
{
    if (answer->ruling == CAA_FAILED)
        return arena_printf(t->arena,
                            "The CAA records of %s cannot be looked up, so "
                            "every authority refuses.",
                            name);
    return arena_printf(t->arena, "%s would refuse %s: at %s stands %s.",
                        ca_name(t), name, answer->zone, answer->record);
}

/* One gate for all names: the first one that is refused speaks. */
void gate_caa(const struct trial *t, struct fix *fix)
{
    const char *method = json_find_text(fix->params, "challenge");
    bool known = false;

    JSON_EACH (name, json_find(fix->params, "names")) {
        struct caa_question q = { name->text, ca_name(t), method, NULL };
        struct caa_answer answer = caa_judge(t->survey, t->arena, &q);
        known = known || answer.ruling != CAA_UNKNOWN;
        if (answer.ruling == CAA_ALLOWED || answer.ruling == CAA_UNKNOWN)
            continue;
        gates_add(t, fix, caa_ids[answer.ruling], false,
                  caa_words(t, name->text, &answer));
        return;
    }
    if (known)
        gates_add(
            t, fix, GATE_CAA_FORBIDS, true,
            arena_printf(t->arena, "The CAA records allow %s.", ca_name(t)));
}

/* BR 3.2.2.8.1: since March 2026 an authority validates what it looks up. */
void gate_bogus(const struct trial *t, struct fix *fix)
{
    static const enum dns_type types[] = { DNS_A, DNS_AAAA, DNS_CAA };

    JSON_EACH (name, json_find(fix->params, "names")) {
        for (size_t i = 0; i < sizeof types / sizeof *types; i++) {
            const struct dns_answer *answer =
                survey_answer(t->survey, name->text, types[i]);
            if (!answer || answer->security != DNS_BOGUS)
                continue;
            gates_add(t, fix, GATE_BOGUS, false,
                      arena_printf(t->arena,
                                   "The DNSSEC signature of %s does not hold, "
                                   "so every authority refuses.",
                                   name->text));
            return;
        }
    }
}

/* "certificates a week" */
static const char *per_window(struct arena *a, const struct limit *limit)
{
    int64_t days = limit->window_s / DAY_S;

    if (days == 1 || days == 7)
        return days == 1 ? "a day" : "a week";
    return days ? arena_printf(a, "in %lld days", (long long)days)
                : arena_printf(a, "in %lld hours",
                               (long long)(limit->window_s / HOUR_S));
}

static const char *cost_of_order(const struct trial *t, const char *domain)
{
    const struct ca *ca = knowledge_of(t->survey)->usual;
    const struct limit *set = ca_limit(ca, LIMIT_CERTIFICATE, PER_SET);
    const struct limit *all = ca_limit(ca, LIMIT_CERTIFICATE, PER_DOMAIN);

    if (!set || !all)
        return NULL;
    return arena_printf(
        t->arena,
        "Costs one of the %s certificates %s for exactly these names, and one "
        "of the %s for %s; renewals in their window cost nothing.",
        text_number(t->arena, set->most), per_window(t->arena, set),
        text_number(t->arena, all->most), domain);
}

void gate_rate(const struct trial *t, struct fix *fix)
{
    const struct json *names = json_find(fix->params, "names");
    const char *first = names && names->first ? names->first->text : NULL;
    const char *domain = first ? name_domain(t->arena, name_base(first)) : NULL;
    const char *cost = domain ? cost_of_order(t, domain) : NULL;

    if (cost)
        gates_add(t, fix, GATE_RATE, true, cost);
}
