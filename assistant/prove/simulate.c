#include "prove/simulate.h"

#include <string.h>

#include "base/clock.h"
#include "base/text.h"
#include "check/check.h"
#include "crypto/verification.h"
#include "facts/knowledge.h"
#include "facts/mail_ways.h"

struct survey *simulate_copy(const struct survey *s)
{
    struct survey *copy = survey_new(s->arena, &s->target, s->taken_at);
    copy->knowledge = s->knowledge;
    copy->judged_at = s->judged_at;
    copy->resolver = s->resolver;
    copy->answers = s->answers;
    copy->answers_len = s->answers_len;
    copy->fetches = s->fetches;
    copy->fetches_len = s->fetches_len;
    for (size_t i = 0; i < s->certs_len; i++) {
        copy->certs = arena_grow(s->arena, copy->certs, copy->certs_len,
                                 sizeof *copy->certs);
        copy->certs[copy->certs_len++] = s->certs[i];
    }
    for (size_t i = 0; i < s->cells_len; i++)
        survey_cell_add(copy, &s->cells[i]);
    return copy;
}

/* BR 6.3.2: both ends count, and CAs begin an hour early. */
struct test_cert_request simulate_request(const struct trial *t)
{
    int64_t first = t->survey->judged_at - HOUR_S;

    return (struct test_cert_request){
        .not_before = first,
        .not_after = first + knowledge_lifetime_s(t->survey, NULL) - 1,
    };
}

void simulate_chain(struct survey *copy, size_t cell, const size_t *chain,
                    size_t len)
{
    struct cell *c = &copy->cells[cell];
    c->chain = arena_copy(copy->arena, chain, len * sizeof *chain);
    c->chain_len = len;
}

static bool cells_meet(const struct finding *a, const struct finding *b)
{
    for (size_t i = 0; i < a->cells_len; i++) {
        for (size_t k = 0; k < b->cells_len; k++) {
            if (a->cells[i] == b->cells[k])
                return true;
        }
    }
    return false;
}

static bool same_id(const struct finding *a, const struct finding *b)
{
    return strcmp(a->def->id, b->def->id) == 0;
}

/* The same complaint about the same thing, not worse than before. */
static bool was_there(const struct findings *before, const struct finding *f)
{
    for (size_t i = 0; i < before->len; i++) {
        const struct finding *old = &before->items[i];
        if (!same_id(old, f) || old->severity < f->severity)
            continue;
        if ((!f->cells_len && !old->cells_len) || cells_meet(old, f))
            return true;
    }
    return false;
}

bool simulate_adds_nothing(const struct findings *before,
                           const struct findings *after)
{
    for (size_t i = 0; i < after->len; i++) {
        const struct finding *f = &after->items[i];
        if (f->severity != SEV_INFO && !was_there(before, f))
            return false;
    }
    return true;
}

/* What is merely told may stay. */
static bool still_complains(const struct findings *after, const char *id)
{
    for (size_t i = 0; i < after->len; i++) {
        if (after->items[i].severity != SEV_INFO &&
            strcmp(after->items[i].def->id, id) == 0)
            return true;
    }
    return false;
}

static void list_cleared(const struct trial *t, const struct findings *after,
                         struct fix *fix)
{
    const char **gone = NULL;
    size_t len = 0;
    for (size_t i = 0; i < t->found->len; i++) {
        const struct finding *f = &t->found->items[i];
        const char *id = f->def->id;
        if (f->severity == SEV_INFO || still_complains(after, id) ||
            text_is_among(id, gone, len))
            continue;
        gone = arena_grow(t->arena, gone, len, sizeof *gone);
        gone[len++] = id;
    }
    fix->clears = gone;
    fix->clears_len = len;
}

static bool clears_a_cause(const struct fix *fix)
{
    for (size_t i = 0; i < fix->causes_len; i++) {
        if (text_is_among(fix->causes[i], fix->clears, fix->clears_len))
            return true;
    }
    return false;
}

bool simulate_look(const struct trial *t, struct survey *copy,
                   const struct cert *root, struct findings *after,
                   struct err *err)
{
    struct anchors *more = NULL;
    if (root && !anchors_with(t->trust, root, &more, err))
        return false;
    bool judged = verification_fill(copy, more ? more : t->trust, err);
    anchors_free(more);
    if (judged) {
        mail_ways_fill(copy);
        check_all(copy, after);
    }
    return judged;
}

bool simulate_judge(const struct trial *t, struct survey *copy,
                    const struct cert *root, struct fix *fix, bool *holds,
                    struct err *err)
{
    struct findings after = { .arena = t->arena };
    if (!simulate_look(t, copy, root, &after, err))
        return err_add(err, "simulating %s", fix->def->id);
    list_cleared(t, &after, fix);
    *holds = clears_a_cause(fix) && simulate_adds_nothing(t->found, &after);
    return true;
}
