#include "run/issue_json.h"

#include <assert.h>
#include <string.h>

#include "base/clock.h"
#include "base/table.h"
#include "crypto/cert_fit.h"
#include "run/problem_advice.h"

static const struct word outcomes[] = {
    { "worked", ACME_WORKED },          { "refused", ACME_REFUSED },
    { "protocol-broken", ACME_BROKEN }, { "unreachable", ACME_UNREACHABLE },
    { "too-late", ACME_TOO_LATE },      { "unproven", ACME_UNPROVEN },
    { "failed", ACME_FAILED },          { NULL, ACME_OUTCOME_COUNT },
};
static_assert(sizeof outcomes / sizeof *outcomes == ACME_OUTCOME_COUNT + 1,
              "a word per outcome");

bool issue_json_wanted(const char *format, bool *out, struct err *err)
{
    bool is_json = format && strcmp(format, "json") == 0;

    if (format && !is_json && strcmp(format, "text") != 0)
        return err_set(err, ERR_USAGE,
                       "--format: text or json was wanted, not \"%.100s\"",
                       format);
    *out = is_json;
    return true;
}

static void put_time(struct arena *a, struct json *j, const char *key,
                     int64_t when)
{
    json_put_text(a, j, key, when ? clock_text(a, when) : NULL);
}

static void put_proofs(struct arena *a, struct json *plan,
                       const struct issue_order *o)
{
    struct json *proofs = json_put_array(a, plan, "proofs");

    for (size_t i = 0; i < o->names_len; i++) {
        const char *why = NULL;
        const char *way = challenge_type_for(&o->ways, o->names[i], &why);
        struct json *proof = json_add_object(a, proofs);
        json_put_text(a, proof, "name", o->names[i]);
        json_put_text(a, proof, "challenge", way);
        json_put_text(a, proof, "why", why);
        json_put_text(a, proof, "record",
                      challenge_record_for(&o->ways, o->names[i]));
    }
}

static void put_key(struct arena *a, struct json *plan,
                    const struct issue_order *o)
{
    static const char *const sources[] = {
        [KEPT_KEY_NONE] = "new",
        [KEPT_KEY_FILE] = "file",
        [KEPT_KEY_LIVE] = "store",
        [KEPT_KEY_NEXT] = "next",
    };
    struct json *key = json_put_object(a, plan, "key");

    json_put_text(a, key, "source", sources[o->kept.source]);
    json_put_text(a, key, "file", o->kept.path);
    json_put_text(a, key, "spki_sha256",
                  o->kept.key ? key_spki_hex(a, o->kept.key) : NULL);
    if (!o->kept.looked)
        return;
    json_put_number(a, key, "ports_same", (double)o->kept.ports_same);
    json_put_number(a, key, "ports_other", (double)o->kept.ports_other);
}

struct json *issue_json_plan(struct arena *a, const struct issue_order *o,
                             const struct ca *staging,
                             const struct rate_limit_log_cost *cost)
{
    struct json *plan = json_object(a);
    const char *name = store_name(a, o->names[0]);

    json_put_text(a, plan, "schema", "certmend.issue/1");
    json_put_texts(a, plan, "names", o->names, o->names_len);
    json_put_text(a, plan, "ca", o->ca->directory);
    json_put_text(a, plan, "staging", staging ? staging->directory : NULL);
    put_proofs(a, plan, o);
    json_put_text(a, plan, "profile", o->profile);
    enum key_kind kind = o->kept.key ? key_kind_of(o->kept.key) : o->key_kind;
    json_put_text(a, plan, "key_type", table_text(key_kind_words, (int)kind));
    json_put_bool(a, plan, "keep_key", o->keep_key);
    put_key(a, plan, o);
    json_put_text(a, plan, "key_group", o->key_group);
    json_put_texts(a, plan, "costs", cost->lines, cost->len);
    json_put_text(a, plan, "live",
                  arena_printf(a, "%s/live/%s", o->store->dir, name));
    json_put_texts(a, plan, "deploy_hooks", o->programs, o->programs_len);
    json_put_texts(a, plan, "hook_env", o->hook_env, o->hook_env_len);
    json_put_texts(a, plan, "reloads", o->reloads, o->reloads_len);
    return plan;
}

static void put_problem(struct arena *a, struct json *problems,
                        const struct issue_order *o,
                        const struct acme_problem *p)
{
    const struct problem_advice m = problem_advice(o, p);
    struct json *j = json_add_object(a, problems);

    json_put_text(a, j, "type", p->type);
    json_put_text(a, j, "detail", p->detail);
    json_put_text(a, j, "name", p->identifier);
    json_put_text(a, j, "challenge", p->challenge);
    json_put_text(a, j, "finding", m.finding);
    json_put_text(a, j, "means", m.means);
    json_put_text(a, j, "fix", m.todo);
    put_time(a, j, "not_before", p->retry_at);
}

static void put_problems(struct arena *a, struct json *order,
                         const struct issue_order *o,
                         const struct acme_problem *p)
{
    struct json *problems = json_put_array(a, order, "problems");

    for (size_t i = 0; p && i < p->parts_len; i++)
        put_problem(a, problems, o, &p->parts[i]);
    if (p && !p->parts_len)
        put_problem(a, problems, o, p);
}

static void put_steps(struct arena *a, struct json *order,
                      const struct issue_result *r)
{
    struct json *steps = json_put_array(a, order, "steps");

    for (size_t i = 0; i < r->steps_len; i++) {
        struct json *step = json_add_object(a, steps);
        json_put_text(a, step, "what", r->steps[i].what);
        json_put_bool(a, step, "done", !r->steps[i].why);
        json_put_text(a, step, "why", r->steps[i].why);
    }
}

static void put_ports(struct arena *a, struct json *order,
                      const struct post_deploy *look)
{
    if (!look->looked) {
        json_put(a, order, "ports", NULL);
        return;
    }
    struct json *ports = json_put_array(a, order, "ports");
    for (size_t i = 0; i < look->len; i++) {
        const struct post_deploy_place *p = &look->places[i];
        struct json *port = json_add_object(a, ports);
        json_put_text(a, port, "name", p->name);
        json_put_text(a, port, "where", p->where);
        json_put_bool(a, port, "shows_new", !p->why);
        json_put_text(a, port, "why", p->why);
        json_put_text(a, port, "reload", p->todo);
    }
}

struct json *issue_json_order(struct arena *a, const struct issue_order *o,
                              const struct issue_result *r,
                              const struct post_deploy *look)
{
    struct json *j = json_object(a);

    json_put_text(a, j, "ca", o->ca->directory);
    json_put_bool(a, j, "rehearsal", o->rehearsal);
    json_put_text(a, j, "outcome", table_text(outcomes, (int)r->outcome));
    json_put_bool(a, j, "stopped", r->stopped);
    json_put_text(a, j, "why", r->why);
    put_problems(a, j, o, r->problem);
    json_put_text(a, j, "live", r->live);
    json_put_text(a, j, "waits", r->waits);
    if (r->waits_until)
        put_time(a, j, "waits_until", r->waits_until);
    json_put_text(a, j, "fix", r->dane.todo);
    json_put_bool(a, j, "was_there", r->was_there);
    put_time(a, j, "not_after", r->not_after);
    put_steps(a, j, r);
    put_ports(a, j, look);
    return j;
}
