#include "act/acme_proof.h"

#include <string.h>

#include "act/acme_wait.h"
#include "base/log.h"

static void ask(struct acme_proof *p, const struct json *payload,
                const char *what, const char *url, acme_answered *done)
{
    acme_call(p->session, &(struct acme_ask){
                              .what = what,
                              .url = url,
                              .auth = ACME_AUTH_ACCOUNT,
                              .payload = payload,
                              .done = done,
                              .arg = p,
                          });
}

/* The authorization in an answer; false: the proof has failed. */
static bool read_authz(struct acme_proof *p, const struct acme_answer *answer)
{
    const char *why = NULL;

    if (answer->outcome != ACME_WORKED)
        p->result = acme_call_result(p->session, answer);
    else if (!acme_authz_read(p->session->arena, answer->json, &p->authz, &why))
        acme_proof_fail(p, ACME_BROKEN, why);
    return p->result.outcome == ACME_WORKED;
}

static void fetched(void *arg, const struct acme_answer *answer)
{
    struct acme_proof *p = arg;

    read_authz(p, answer);
    p->leave(p);
}

void acme_proof_fetch(struct acme_proof *p)
{
    ask(p, NULL, "asking what has to be proven", p->url, fetched);
}

/* What the CA found wrong: with the challenge that we answered, or else with
 * any. */
static const struct acme_problem *error_of(const struct acme_proof *p)
{
    const struct acme_problem *any = NULL;

    for (size_t i = 0; i < p->authz.challenges_len; i++) {
        const struct acme_challenge *c = &p->authz.challenges[i];
        if (c->error && p->by && strcmp(c->type, p->by->type) == 0)
            return c->error;
        if (c->error)
            any = c->error;
    }
    return any;
}

static void refused(struct acme_proof *p)
{
    struct arena *a = p->session->arena;
    const struct acme_problem *error = error_of(p);
    struct acme_problem *own = arena_alloc(a, 1, sizeof *own);

    *own = (struct acme_problem){ .type = "", .detail = "" };
    if (error)
        *own = *error;
    own->identifier = p->name;
    own->challenge = p->by ? p->by->type : NULL;
    acme_proof_fail(p, ACME_REFUSED,
                    arena_printf(a, "the CA is not convinced: %s",
                                 acme_problem_text(a, own)));
    p->result.problem = own;
}

static void poll(void *arg);

/* Still pending or processing: once more, later. */
static void wait(struct acme_proof *p, int64_t retry_after_s)
{
    int64_t ms = acme_wait_poll_ms(p->polls, retry_after_s);

    p->polls++;
    p->timer = (struct timer){ .call = poll, .arg = p };
    acme_later(p->session, &p->timer, ms);
}

static void settle(struct acme_proof *p, int64_t retry_after_s)
{
    bool is_open =
        p->authz.status == ACME_PENDING || p->authz.status == ACME_PROCESSING;

    if (is_open && p->answer.outcome == ACME_WORKED) {
        wait(p, retry_after_s);
        return;
    }
    if (is_open) /* the CA would not even look */
        p->result = p->answer;
    else if (p->authz.status != ACME_VALID)
        refused(p);
    else
        log_verbose("%s is proven", p->name);
    p->leave(p);
}

static void polled(void *arg, const struct acme_answer *answer)
{
    struct acme_proof *p = arg;

    if (read_authz(p, answer))
        settle(p, answer->retry_after_s);
    else
        p->leave(p);
}

static void poll(void *arg)
{
    struct acme_proof *p = arg;

    ask(p, NULL, "asking whether the proof was seen", p->url, polled);
}

/* 7.5.1. Refused: perhaps somebody answered before us; the authorization
 * tells. */
static void answered(void *arg, const struct acme_answer *answer)
{
    struct acme_proof *p = arg;

    p->answer = acme_call_result(p->session, answer);
    if (answer->outcome == ACME_WORKED)
        wait(p, answer->retry_after_s);
    else
        poll(p);
}

void acme_proof_answer(struct acme_proof *p)
{
    if (!p->by) {
        p->leave(p);
        return;
    }
    ask(p, json_object(p->session->arena), "asking the CA to look",
        p->challenge_url, answered);
}

static void cleaned(void *arg, const char *why)
{
    struct acme_proof *p = arg;

    if (why)
        log_note("%s: the challenge could not be taken away: %s", p->name, why);
    p->leave(p);
}

void acme_proof_clean(struct acme_proof *p)
{
    if (p->presented)
        p->by->cleanup(p->by->arg, &p->task, cleaned, p);
    else
        p->leave(p);
}

static void given_back(void *arg, const struct acme_answer *answer)
{
    struct acme_proof *p = arg;

    if (answer->outcome != ACME_WORKED)
        log_verbose("%s", answer->why);
    p->leave(p);
}

/* 7.5.2: pending ones count against the account's limits. */
void acme_proof_give_back(struct acme_proof *p)
{
    struct json *payload = json_object(p->session->arena);

    if (p->authz.status != ACME_PENDING) {
        p->leave(p);
        return;
    }
    json_put_text(p->session->arena, payload, "status", "deactivated");
    acme_call(p->session, &(struct acme_ask){
                              .what = "giving back an authorization",
                              .url = p->url,
                              .auth = ACME_AUTH_ACCOUNT,
                              .payload = payload,
                              .late = true,
                              .done = given_back,
                              .arg = p,
                          });
}
