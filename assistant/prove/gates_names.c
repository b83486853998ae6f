/*
 * gates_names - no name that is served today is lost without a word
 *
 * The names of each certificate that would be replaced are compared with
 * those of the order; what cannot stay is listed, and the gate is shut until
 * the person agrees to it.
 */
#include <string.h>

#include "facts/knowledge.h"
#include "facts/san_plan.h"
#include "prove/gates.h"

enum { TOLD_MAX = 4, TEXT_MAX = 8000 };

/* For one name and for several. */
static const char *const reasons[GOING_COUNT] = {
    [GOING_UNISSUABLE] = "no public authority certifies that",
    [GOING_ADDRESS] = "an address needs a certificate of its own",
    [GOING_STAR] = "a star is proven by DNS only",
    [GOING_ELSEWHERE] = "at another machine",
    [GOING_NOWHERE] = "without an address in the DNS",
    [GOING_UNKNOWN] = "the DNS did not say where that leads",
    [GOING_FOREIGN] = "leading here, of another domain",
    [GOING_LEFT_OUT] = "leading here",
};

static size_t names_max(const struct trial *t)
{
    return ca_names_max(knowledge_of(t->survey)->usual, NULL);
}

/* A renewal has the names that there are; those that are proven here have to
 * lead here. Elsewhere in the own domain the DNS can prove them. */
static bool may_be_renewed(const struct trial *t,
                           const struct going_names *served, const char *name)
{
    const char *asked = target_reference(&t->survey->target);

    if (t->survey->target.kind == TARGET_FILE || strcmp(name, asked) == 0)
        return true;
    for (size_t i = 0; i < served->len; i++) {
        enum going why = served->items[i].why;
        if (strcmp(served->items[i].name, name) == 0)
            return why != GOING_NOWHERE && why != GOING_UNKNOWN &&
                   (why != GOING_ELSEWHERE || name_same_domain(name, asked));
    }
    return true;
}

/* An address only where it was asked for: it makes the whole certificate one
 * of six days. */
static bool may_stand(const struct trial *t, const char *name)
{
    return san_plan_issuable(t->survey, t->arena, name) &&
           (!name_is_ip(name) ||
            strcmp(name, target_reference(&t->survey->target)) == 0);
}

static struct text_list kept_names(const struct trial *t, const struct fix *fix)
{
    const struct json *names = json_find(fix->params, "names");
    size_t most = names_max(t);
    struct text_list none = { 0 }, kept = { 0 };
    struct going_names served = { 0 };

    if (fix->def->kind == FIX_RENEWAL)
        served = san_plan_going(t->survey, t->arena, &none);
    kept.text =
        arena_alloc(t->arena, names ? names->len + 1 : 1, sizeof *kept.text);
    JSON_EACH (name, names) {
        if (name->text && may_stand(t, name->text) &&
            may_be_renewed(t, &served, name->text) && kept.len < most)
            kept.text[kept.len++] = name->text;
    }
    return kept;
}

/* Names of one reason: "a, b and 3 more (reason)". */
static void tell_reason(const struct trial *t, const struct going_names *all,
                        enum going why, size_t kept, struct buf *out)
{
    size_t most = names_max(t), n = 0;

    for (size_t i = 0; i < all->len; i++) {
        if (all->items[i].why != why || n++ >= TOLD_MAX)
            continue;
        buf_printf(out, "%s%s", out->len ? ", " : "", all->items[i].name);
    }
    /* Of somebody else's names not all are looked up. */
    if (n > TOLD_MAX)
        buf_printf(out, " and %s%zu more",
                   why == GOING_FOREIGN ? "at least " : "", n - TOLD_MAX);
    if (n && why == GOING_LEFT_OUT && kept >= most)
        buf_printf(out, " (one certificate holds %zu names)", most);
    else if (n)
        buf_printf(out, " (%s)", reasons[why]);
}

static const char *listed(const struct trial *t, const struct going_names *all,
                          size_t kept)
{
    struct buf out;

    buf_init(&out, t->arena, TEXT_MAX);
    for (int why = 0; why < GOING_COUNT; why++)
        tell_reason(t, all, (enum going)why, kept, &out);
    return out.text;
}

static void tell_going(const struct trial *t, struct fix *fix, size_t kept,
                       const struct going_names *all)
{
    struct json *names = json_array(t->arena);

    for (size_t i = 0; i < all->len; i++)
        json_add_text(t->arena, names, all->items[i].name);
    gates_param(t, fix, "names_that_go", names);
    gates_add(t, fix, GATE_NAMES, false,
              arena_printf(t->arena,
                           "The certificate that is shown today also has: %s. "
                           "The new one would not. Agree to that first, or go "
                           "on showing the present one for them.",
                           listed(t, all, kept)));
}

bool gate_names(const struct trial *t, struct fix *fix)
{
    const struct json *names = json_find(fix->params, "names");
    struct text_list kept = kept_names(t, fix);
    struct going_names gone = san_plan_going(t->survey, t->arena, &kept);

    if (kept.len && kept.len < names->len) {
        struct json *list = json_array(t->arena);
        for (size_t i = 0; i < kept.len; i++)
            json_add_text(t->arena, list, kept.text[i]);
        gates_param(t, fix, "names", list);
    }
    if (kept.len && gone.len)
        tell_going(t, fix, kept.len, &gone);
    else if (kept.len)
        gates_add(t, fix, GATE_NAMES, true,
                  "No name that leads here goes from the certificates that are "
                  "shown today.");
    return kept.len > 0;
}
