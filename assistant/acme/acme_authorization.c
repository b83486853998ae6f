#include "acme/acme_authorization.h"

#include <string.h>

#include "acme/retry_after.h"
#include "base/log.h"

static void ask(struct acme_authorization *p, const struct json *payload,
                const char *what, const char *url, acme_answered *done)
{
    acme_request_send(p->session, &(struct acme_request){
                                      .what = what,
                                      .url = url,
                                      .auth = ACME_AUTH_ACCOUNT,
                                      .payload = payload,
                                      .done = done,
                                      .arg = p,
                                  });
}

/* The authorization in an answer; false: it has failed. */
static bool read_authz(struct acme_authorization *p,
                       const struct acme_response *answer)
{
    const char *why = NULL;

    if (answer->outcome != ACME_WORKED)
        p->result = acme_request_result(p->session, answer);
    else if (!acme_authz_read(p->session->arena, answer->json, &p->authz, &why))
        acme_authorization_fail(p, ACME_BROKEN, why);
    return p->result.outcome == ACME_WORKED;
}

static void fetched(void *arg, const struct acme_response *answer)
{
    struct acme_authorization *p = arg;

    read_authz(p, answer);
    p->leave(p);
}

void acme_authorization_fetch(struct acme_authorization *p)
{
    ask(p, NULL, "asking what has to be proven", p->url, fetched);
}

/* What the CA found wrong: with the challenge that we answered, or else with
 * any. */
static const struct acme_problem *error_of(const struct acme_authorization *p)
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

static void refused(struct acme_authorization *p)
{
    struct arena *a = p->session->arena;
    const struct acme_problem *error = error_of(p);
    struct acme_problem *own = arena_alloc(a, 1, sizeof *own);

    *own = (struct acme_problem){ .type = "", .detail = "" };
    if (error)
        *own = *error;
    own->identifier = p->name;
    own->challenge = p->by ? p->by->type : NULL;
    acme_authorization_fail(p, ACME_REFUSED,
                            arena_printf(a, "the CA is not convinced: %s",
                                         acme_problem_text(a, own)));
    p->result.problem = own;
}

static void poll(void *arg);

/* Still pending or processing: once more, later. */
static void wait(struct acme_authorization *p, int64_t retry_after_s)
{
    int64_t ms = retry_after_poll_ms(p->polls, retry_after_s);

    p->polls++;
    p->timer = (struct timer){ .call = poll, .arg = p };
    acme_later(p->session, &p->timer, ms);
}

static void settle(struct acme_authorization *p, int64_t retry_after_s)
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

static void polled(void *arg, const struct acme_response *answer)
{
    struct acme_authorization *p = arg;

    if (read_authz(p, answer))
        settle(p, answer->retry_after_s);
    else
        p->leave(p);
}

static void poll(void *arg)
{
    struct acme_authorization *p = arg;

    ask(p, NULL, "asking whether the proof was seen", p->url, polled);
}

/* 7.5.1. Refused: perhaps somebody answered before us; the authorization
 * tells. */
static void answered(void *arg, const struct acme_response *answer)
{
    struct acme_authorization *p = arg;

    p->answer = acme_request_result(p->session, answer);
    if (answer->outcome == ACME_WORKED)
        wait(p, answer->retry_after_s);
    else
        poll(p);
}

void acme_authorization_answer(struct acme_authorization *p)
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
    struct acme_authorization *p = arg;

    if (why)
        log_note("%s: the challenge could not be taken away: %s", p->name, why);
    p->leave(p);
}

void acme_authorization_clean(struct acme_authorization *p)
{
    if (p->presented)
        p->by->cleanup(p->by->arg, &p->task, cleaned, p);
    else
        p->leave(p);
}

static void given_back(void *arg, const struct acme_response *answer)
{
    struct acme_authorization *p = arg;

    if (answer->outcome != ACME_WORKED)
        log_verbose("%s", answer->why);
    p->leave(p);
}

/* 7.5.2: pending ones count against the account's limits. */
void acme_authorization_deactivate(struct acme_authorization *p)
{
    struct json *payload = json_object(p->session->arena);

    if (p->authz.status != ACME_PENDING) {
        p->leave(p);
        return;
    }
    json_put_text(p->session->arena, payload, "status", "deactivated");
    acme_request_send(p->session, &(struct acme_request){
                                      .what = "giving back an authorization",
                                      .url = p->url,
                                      .auth = ACME_AUTH_ACCOUNT,
                                      .payload = payload,
                                      .late = true,
                                      .done = given_back,
                                      .arg = p,
                                  });
}
