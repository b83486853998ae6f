#include "acme/acme_authorization.h"

#include <string.h>

#include "acme/persist_record.h"
#include "acme/retry_after.h"
#include "base/log.h"
#include "crypto/jws.h"
#include "model/name.h"

enum { LIST_MAX = 500 };

/* First cause of failure counts. `why` is half a sentence about the name. */
static void fail(struct acme_authorization *p, enum acme_outcome outcome,
                 const char *why)
{
    struct arena *a = p->session->arena;
    size_t len = strlen(why);

    if (p->result.outcome != ACME_WORKED)
        return;
    while (len && why[len - 1] == '.') /* a solver's sentence ends in one */
        len--;
    p->result.outcome = outcome;
    p->result.why = arena_printf(a, "proving %s: %.*s.",
                                 p->name ? p->name : "a name", (int)len, why);
}

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
        fail(p, ACME_BROKEN, why);
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

/* ---- which challenge, and the showing of it ---- */

static bool same_ip(const char *a, const char *b)
{
    uint8_t left[16];
    uint8_t right[16];
    size_t len = name_ip_bytes(a, left);

    return len && name_ip_bytes(b, right) == len &&
           memcmp(left, right, len) == 0;
}

/* Does the authorization speak of this name of ours? */
static bool is_about(const struct acme_authz *authz, const char *name)
{
    if (authz->is_ip)
        return same_ip(authz->name, name);
    return name_is_wildcard(name) == authz->is_wildcard &&
           strcmp(name_base(name), authz->name) == 0;
}

static const char *name_of(const struct acme_authorization *p)
{
    for (size_t i = 0; i < p->request->names_len; i++)
        if (is_about(&p->authz, p->request->names[i]))
            return p->request->names[i];
    return NULL;
}

static bool may_use(const struct acme_authorization *p, const char *type)
{
    const struct acme_order_request *w = p->request;

    return !w->may || w->may(w->may_arg, p->name, type);
}

/* All but dns-persist-01 have a token; that has names of the CA instead. */
static bool is_usable(const struct acme_challenge *c)
{
    return strcmp(c->type, PERSIST_TYPE) == 0 ? c->issuers.len > 0
                                              : c->token != NULL;
}

/* 8: of a type that we can do, and fit to be used. */
static const struct acme_challenge *find_challenge(
    const struct acme_authorization *p, const struct challenge_solver *by)
{
    for (size_t i = 0; i < p->authz.challenges_len; i++) {
        const struct acme_challenge *c = &p->authz.challenges[i];
        if (is_usable(c) && strcmp(c->type, by->type) == 0 &&
            may_use(p, c->type))
            return c;
    }
    return NULL;
}

static const char *lack_of(const struct acme_challenge *c)
{
    return strcmp(c->type, PERSIST_TYPE) == 0 ? " (without usable names)"
                                              : " (without a usable token)";
}

static const char *offers(const struct acme_authorization *p)
{
    struct buf list;

    buf_init(&list, p->session->arena, LIST_MAX);
    for (size_t i = 0; i < p->authz.challenges_len; i++) {
        const struct acme_challenge *c = &p->authz.challenges[i];
        buf_printf(&list, "%s%s%s", i ? ", " : "", c->type,
                   is_usable(c) ? "" : lack_of(c));
    }
    return list.len ? list.text : "nothing";
}

static void take(struct acme_authorization *p,
                 const struct challenge_solver *by,
                 const struct acme_challenge *c)
{
    struct acme *s = p->session;
    const char *token = c->token ? c->token : "";
    const char *response = arena_printf(s->arena, "%s.%s", token,
                                        jws_thumbprint(s->arena, s->key));

    p->by = by;
    p->challenge_url = c->url;
    p->task = (struct challenge_task){
        .name = p->authz.is_ip ? p->name : p->authz.name,
        .is_wildcard = p->authz.is_wildcard,
        .type = by->type,
        .token = token,
        .response = response,
        .digest = jws_digest(s->arena, response),
        .issuers = c->issuers,
        .account = s->kid,
    };
}

static void choose(struct acme_authorization *p)
{
    for (size_t i = 0; i < p->request->solvers_len; i++) {
        const struct challenge_solver *by = &p->request->solvers[i];
        const struct acme_challenge *c = find_challenge(p, by);
        if (c) {
            take(p, by, c);
            return;
        }
    }
    fail(p, ACME_UNPROVEN,
         arena_printf(p->session->arena,
                      "the CA offers %s, and none of it can be "
                      "used here",
                      offers(p)));
}

void acme_authorization_choose(struct acme_authorization *p)
{
    if (p->result.outcome == ACME_WORKED) {
        p->name = name_of(p);
        if (!p->name)
            fail(p, ACME_BROKEN,
                 arena_printf(p->session->arena,
                              "the CA wants %s proven, which "
                              "nobody ordered",
                              p->authz.name));
        else if (p->authz.status == ACME_PENDING)
            choose(p);
        else if (p->authz.status != ACME_VALID)
            fail(p, ACME_BROKEN, "its authorization is spent: order again");
    }
    p->leave(p);
}

static void presented(void *arg, const char *why)
{
    struct acme_authorization *p = arg;

    if (why)
        fail(p, ACME_UNPROVEN,
             arena_printf(p->session->arena,
                          "the %s challenge cannot be shown: %s", p->by->type,
                          why));
    p->leave(p);
}

void acme_authorization_present(struct acme_authorization *p)
{
    if (p->session->stopping)
        fail(p, ACME_FAILED, "it was stopped");
    if (!p->by || p->session->stopping) {
        p->leave(p);
        return;
    }
    p->presented = true;
    p->by->present(p->by->arg, &p->task, presented, p);
}

/* ---- the CA looks ---- */

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
    fail(p, ACME_REFUSED,
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
