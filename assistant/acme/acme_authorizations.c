#include "acme/acme_authorizations.h"

#include <assert.h>
#include <string.h>

#include "acme/acme_authorization.h"

enum { WORDS_MAX = 4000 };

struct authorizations {
    struct acme *session;
    acme_done *done;
    void *arg;
    struct acme_authorization *items;
    size_t len;
    size_t stage;
    size_t open; /* authorizations in this stage, and one while it is being
                    begun */
    bool failed;
};

struct stage {
    void (*run)(struct acme_authorization *p);
    bool after_failure; /* is run although a name has failed */
    bool only_then;
};

static const struct stage stages[] = {
    { .run = acme_authorization_fetch },
    { .run = acme_authorization_choose },
    { .run = acme_authorization_present },
    { .run = acme_authorization_answer },
    { .run = acme_authorization_clean, .after_failure = true },
    { .run = acme_authorization_deactivate,
      .after_failure = true,
      .only_then = true },
};
enum { STAGES = sizeof stages / sizeof *stages };

/* The first failure, and every name's part in it. */
static struct acme_result sum_up(struct authorizations *all)
{
    struct arena *a = all->session->arena;
    struct acme_problem *parts = arena_alloc(a, all->len + 1, sizeof *parts);
    struct acme_problem *whole = arena_alloc(a, 1, sizeof *whole);
    struct acme_result result = { .outcome = ACME_WORKED };
    size_t failed = 0;

    for (size_t i = 0; i < all->len; i++) {
        const struct acme_result *r = &all->items[i].result;
        if (r->outcome == ACME_WORKED)
            continue;
        if (result.outcome == ACME_WORKED)
            result = *r;
        failed++;
        if (r->problem)
            parts[whole->parts_len++] = *r->problem;
    }
    if (failed > 1)
        result.why =
            arena_printf(a, "%s %zu names failed in all.", result.why, failed);
    if (!result.problem || failed < 2)
        return result;
    whole->type = "compound"; /* RFC 8555 6.7 */
    whole->detail = "several names could not be proven";
    whole->parts = parts;
    result.problem = whole;
    return result;
}

static void next_stage(struct authorizations *all);

static void release(struct authorizations *all)
{
    if (--all->open == 0)
        next_stage(all);
}

static void leave(struct acme_authorization *p)
{
    struct authorizations *all = p->owner;

    if (p->result.outcome != ACME_WORKED)
        all->failed = true;
    release(all);
}

static bool is_due(const struct stage *stage, bool failed)
{
    return failed ? stage->after_failure : !stage->only_then;
}

static void next_stage(struct authorizations *all)
{
    while (all->stage < STAGES && !is_due(&stages[all->stage], all->failed))
        all->stage++;
    if (all->stage == STAGES) {
        struct acme_result result = sum_up(all);
        all->done(all->arg, &result);
        return;
    }
    const struct stage *stage = &stages[all->stage++];
    all->open = all->len + 1;
    for (size_t i = 0; i < all->len; i++)
        stage->run(&all->items[i]);
    release(all);
}

void acme_authorizations(struct acme *s,
                         const struct acme_authorizations_job *job,
                         acme_done *done, void *arg)
{
    struct authorizations *all = arena_alloc(s->arena, 1, sizeof *all);

    *all = (struct authorizations){
        .session = s,
        .done = done,
        .arg = arg,
        .items = arena_alloc(s->arena, job->authz_len, sizeof *all->items),
        .len = job->authz_len,
    };
    for (size_t i = 0; i < all->len; i++)
        all->items[i] = (struct acme_authorization){
            .session = s,
            .request = job->request,
            .url = job->authz[i],
            .leave = leave,
            .owner = all,
        };
    next_stage(all);
}
