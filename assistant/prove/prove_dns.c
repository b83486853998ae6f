/* A record or a policy that is published otherwise: the checks run again. */
#include <string.h>

#include "prove/proofs.h"
#include "prove/records.h"

enum { POLICY_MAX = 64 * 1024 };

static const char *param(const struct fix *fix, const char *key)
{
    return json_find_text(fix->params, key);
}

static bool same(const char *a, const char *b)
{
    return a && b && strcmp(a, b) == 0;
}

/* One more line, or the whole policy where there was none to be read. */
static void change_policy(struct survey *copy, const char *url,
                          const char *value)
{
    const struct fetch *file = survey_fetch(copy, url);
    bool line = strncmp(value, "mx: ", 4) == 0;
    struct buf body;

    buf_init(&body, copy->arena, POLICY_MAX);
    if (line && file)
        buf_bytes(&body, file->body, file->body_len);
    if (body.len && body.text[body.len - 1] != '\n')
        buf_char(&body, '\n');
    while (*value) { /* "a, b": one to a line */
        size_t len = strcspn(value, ",");
        buf_bytes(&body, value, len);
        buf_char(&body, '\n');
        value += len;
        value += strspn(value, ", ");
    }
    records_serve(copy, url, body.text);
}

typedef void change_survey(struct survey *copy, const struct fix *fix);

static void change_caa(struct survey *copy, const struct fix *fix)
{
    records_put(copy, param(fix, "record"), DNS_CAA, param(fix, "value"),
                param(fix, "remove"));
}

static void change_tlsa(struct survey *copy, const struct fix *fix)
{
    records_put(copy, param(fix, "record"), DNS_TLSA, param(fix, "value"),
                param(fix, "remove"));
}

/* The policy is a file; that there is one stands in the DNS. */
static void change_mta_sts(struct survey *copy, const struct fix *fix)
{
    const char *record = param(fix, "record"), *value = param(fix, "value");

    if (strncmp(record, "https://", 8) == 0) {
        change_policy(copy, record, value);
        return;
    }
    records_clear(copy, record, DNS_TXT);
    records_put(copy, record, DNS_TXT, value, NULL);
}

/* Some finding `id` still wants something at the same place; of CAA, where an
 * issuewild may be wanted besides, the same thing. */
static bool still_asks(const struct findings *after, const char *id,
                       const struct fix *fix)
{
    for (size_t i = 0; i < after->len; i++) {
        const struct finding *f = &after->items[i];
        const char *value = json_find_text(f->params, "value");
        bool caa = strncmp(id, "acme.", 5) == 0;
        if (strcmp(f->def->id, id) == 0 && value &&
            same(json_find_text(f->params, "record"), param(fix, "record")) &&
            (!caa || same(value, param(fix, "value"))))
            return true;
    }
    return false;
}

static void say(const struct trial *t, struct fix *fix, const char *what)
{
    fix->proof = PROOF_SIMULATED;
    fix->proof_detail =
        arena_printf(t->arena, "With %s the checks find nothing new.", what);
}

static bool prove_published(const struct trial *t, struct fix *fix,
                            change_survey *change, bool *holds, struct err *err)
{
    struct survey *copy = simulate_copy(t->survey);
    struct findings after = { .arena = t->arena };
    const char **gone =
        arena_alloc(t->arena, fix->causes_len + 1, sizeof *gone);

    *holds = false;
    if (!param(fix, "record") || !param(fix, "value"))
        return true;
    change(copy, fix);
    if (!simulate_look(t, copy, NULL, &after, err))
        return err_add(err, "simulating %s", fix->def->id);
    for (size_t i = 0; i < fix->causes_len; i++)
        if (!still_asks(&after, fix->causes[i], fix))
            gone[fix->clears_len++] = fix->causes[i];
    fix->clears = gone;
    *holds = fix->clears_len > 0 && simulate_adds_nothing(t->found, &after);
    say(t, fix, "that record in its place");
    return true;
}

bool prove_caa(const struct trial *t, struct fix *fix, bool *holds,
               struct err *err)
{
    return prove_published(t, fix, change_caa, holds, err);
}

bool prove_tlsa(const struct trial *t, struct fix *fix, bool *holds,
                struct err *err)
{
    return prove_published(t, fix, change_tlsa, holds, err);
}

bool prove_mta_sts(const struct trial *t, struct fix *fix, bool *holds,
                   struct err *err)
{
    return prove_published(t, fix, change_mta_sts, holds, err);
}

/* False: what would be right is not known. */
static bool change_dns(struct survey *copy, const struct fix *fix)
{
    const struct json *wrong = json_find(fix->params, "wrong");
    const char *name = param(fix, "name"), *type = param(fix, "type");
    const char *right = param(fix, "right");

    if (same(type, "CAA")) {
        for (size_t i = 0; i < copy->answers_len; i++) {
            const struct dns_answer *answer = &copy->answers[i];
            if (answer->type == DNS_CAA && answer->outcome != DNS_ANSWERED)
                records_clear(copy, answer->name, DNS_CAA);
        }
        return true;
    }
    if (wrong && wrong->type == JSON_TEXT && right) {
        enum dns_type of = same(type, "SRV") ? DNS_SRV : DNS_MX;
        records_replace_host(copy, name, of, wrong->text, right);
        return true;
    }
    if (!wrong || wrong->type != JSON_ARRAY)
        return false;
    JSON_EACH (address, wrong) {
        records_drop_address(copy, name, address->text);
    }
    return true;
}

bool prove_dns(const struct trial *t, struct fix *fix, bool *holds,
               struct err *err)
{
    struct survey *copy = simulate_copy(t->survey);
    struct findings after = { .arena = t->arena };
    const char **gone =
        arena_alloc(t->arena, fix->causes_len + 1, sizeof *gone);

    if (!change_dns(copy, fix))
        return prove_nothing(t, fix, holds, err);
    if (!simulate_look(t, copy, NULL, &after, err))
        return err_add(err, "simulating %s", fix->def->id);
    for (size_t i = 0; i < fix->causes_len; i++)
        if (!finding_find(&after, fix->causes[i]))
            gone[fix->clears_len++] = fix->causes[i];
    fix->clears = gone;
    *holds = fix->clears_len > 0 && simulate_adds_nothing(t->found, &after);
    say(t, fix, "the answer corrected");
    return true;
}
