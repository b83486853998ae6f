#include "act/issue_step.h"

static const char stopped[] =
    "it was stopped, and what was shown to prove the names taken away.";

void issue_finish(struct issue *i)
{
    acme_free(i->session);
    resolver_free(i->resolver);
    challenge_solvers_close(&i->solvers);
    store_account_free(&i->account);
    key_free(i->key);
    i->session = NULL;
    i->resolver = NULL;
    i->key = NULL;
    if (i->result.stopped && i->result.outcome != ACME_WORKED &&
        i->result.outcome != ACME_REFUSED) {
        i->result.outcome = ACME_FAILED;
        i->result.why = stopped;
    }
    i->done(i->arg, &i->result);
}

void issue_give_up(struct issue *i, const struct err *err)
{
    i->result.outcome = ACME_FAILED;
    i->result.why = arena_printf(i->arena, "%s.", err->text);
    issue_finish(i);
}

const char *issue_name(const struct issue *i)
{
    return store_name(i->arena, i->order.names[0]);
}

static void on_deployed(void *arg, const struct deploy_step *steps, size_t len)
{
    struct issue *i = arg;

    i->result.steps = steps;
    i->result.steps_len = len;
    issue_finish(i);
}

struct deploy_job issue_deploy_job(const struct issue_order *o)
{
    return (struct deploy_job){
        .names = o->names,
        .names_len = o->names_len,
        .programs = o->programs,
        .programs_len = o->programs_len,
        .reloads = o->reloads,
        .reloads_len = o->reloads_len,
        .env = o->hook_env,
        .env_len = o->hook_env_len,
    };
}

void issue_deploy(struct issue *i)
{
    struct deploy_job job = issue_deploy_job(&i->order);

    job.loop = i->order.loop;
    job.arena = i->arena;
    job.live = i->result.live;
    job.name = issue_name(i);
    deploy_run(&job, on_deployed, i);
}
