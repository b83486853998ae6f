#include "acme/acme_request.h"

#include <string.h>

#include "acme/acme_response.h"
#include "acme/acme_session.h"
#include "acme/retry_after.h"
#include "base/clock.h"
#include "base/log.h"
#include "crypto/jws.h"

enum {
    SIDE_BY_SIDE = 10,     /* connections at most */
    ANSWER_MS = 60 * 1000, /* some finalize while we wait */
    LATE_MS = 20 * 1000,   /* for cleaning up */
    STOP_MS = 4 * 1000,    /* the same, while a person waits for the end */
    BODY_MAX = 1024 * 1024,
};

struct acme_running {
    struct acme *session;
    struct arena *arena;
    struct acme_request ask;
    struct acme_tries tries;
    int64_t deadline_ms;
    bool fetches_nonce;
    struct acme_response untimely; /* while a date is asked for */
    bool told; /* stopped: nobody wants the answer any more */
    struct http_request request;
    struct timer timer;
    struct acme_running *next;
};

static void begin(struct acme_running *c);

static void unlink_call(struct acme_running **list, struct acme_running *c)
{
    while (*list != c)
        list = &(*list)->next;
    *list = c->next;
}

static void serve_line(struct acme *s)
{
    while (s->line && s->running_len < SIDE_BY_SIDE) {
        struct acme_running *c = s->line;
        s->line = c->next;
        c->next = s->running;
        s->running = c;
        s->running_len++;
        begin(c);
    }
}

static void tell(struct acme_running *c, const struct acme_response *answer)
{
    if (c->told)
        return;
    c->told = true;
    c->session->running_len--;
    c->ask.done(c->ask.arg, answer);
}

static void finish(struct acme_running *c, const struct acme_response *answer)
{
    struct acme *s = c->session;

    unlink_call(&s->running, c);
    tell(c, answer);
    arena_free(c->arena);
    serve_line(s);
}

static void give_up(struct acme_running *c, enum acme_outcome outcome,
                    const char *why)
{
    struct acme_response answer;

    acme_response_none(c->arena, &c->ask, outcome, why, &answer);
    finish(c, &answer);
}

static const char stopped[] = "it was stopped";

/* What is on its way to the CA stays in the list until its answer comes. */
static bool stop_one(struct acme *s)
{
    struct acme_running *c = s->running;
    struct acme_response answer;

    while (c && (c->told || c->ask.late))
        c = c->next;
    if (!c)
        return false;
    timer_stop(&c->timer);
    acme_response_none(c->arena, &c->ask, ACME_FAILED, stopped, &answer);
    tell(c, &answer);
    return true;
}

void acme_request_stop_all(struct acme *s)
{
    while (stop_one(s))
        ;
    serve_line(s);
}

static int64_t left_ms(const struct acme_running *c)
{
    return c->deadline_ms - clock_monotonic_ms();
}

static void time_to_repeat(void *arg)
{
    begin(arg);
}

static void take(struct acme_running *c, const struct acme_response *answer)
{
    int64_t wait_ms = acme_response_retry_ms(answer, &c->tries);

    if (c->told || wait_ms < 0 || wait_ms >= left_ms(c)) {
        finish(c, answer);
        return;
    }
    if (acme_response_is_key_unknown(answer) && c->tries.keys == 1)
        log_note("%s does not know the account's new key yet; it is asked "
                 "again in %d seconds",
                 c->session->name, (int)(wait_ms / 1000));
    log_verbose("%s asked again in %lld ms", answer->why, (long long)wait_ms);
    c->timer = (struct timer){ .call = time_to_repeat, .arg = c };
    timer_set(c->session->options.loop, &c->timer, wait_ms);
}

/* A proof of when is no use on a clock of another time. */
static void keep_date(struct acme *s, const struct http_reply *reply)
{
    const char *date = http_header(reply, "date");
    int64_t date_s = 0;

    if (date && retry_after_date(date, &date_s))
        s->ahead_s = clock_now_s() - date_s;
}

/* What is unproven is told and no more: nothing is decided by it. */
static void date_came(void *arg, const struct http_reply *reply)
{
    struct acme_running *c = arg;
    struct acme_response answer = c->untimely;
    struct acme *s = c->session;

    if (!reply->nowhere && http_header(reply, "date")) {
        keep_date(s, reply);
        acme_response_untimely(&answer, &c->ask, s->name, s->ahead_s);
    }
    finish(c, &answer);
}

static void ask_date(struct acme_running *c, const struct acme_response *answer)
{
    c->untimely = *answer;
    c->request.method = "HEAD";
    c->request.url = c->session->options.directory_url;
    c->request.headers_len = 0;
    c->request.body = NULL;
    c->request.body_len = 0;
    c->request.keep = false;
    c->request.is_unproven = true;
    http_send(c->session->http, c->arena, &c->request, date_came, c);
}

static void replied(void *arg, const struct http_reply *reply)
{
    struct acme_running *c = arg;
    struct acme *s = c->session;
    bool was_nonce = c->fetches_nonce;
    struct acme_response answer;

    keep_date(s, reply);
    acme_nonce_keep(&s->nonces, s->arena, http_header(reply, "replay-nonce"));
    c->fetches_nonce = false;
    if (reply->nowhere) {
        give_up(c, ACME_UNREACHABLE, reply->nowhere);
        return;
    }
    acme_response_read(c->arena, &c->ask, s->name, reply, &answer);
    if (was_nonce && answer.outcome == ACME_WORKED) {
        if (s->nonces.len)
            begin(c);
        else
            give_up(c, ACME_BROKEN, "the CA gives us no usable nonce");
        return;
    }
    answer.safe = answer.safe || was_nonce;
    if (answer.untimely && !c->told) {
        ask_date(c, &answer);
        return;
    }
    take(c, &answer);
}

static void send_out(struct acme_running *c, const char *method,
                     const char *url, const char *body)
{
    const char **headers = arena_alloc(c->arena, 2, sizeof *headers);

    headers[0] =
        arena_printf(c->arena, "Accept: %s",
                     c->ask.accept ? c->ask.accept : "application/json");
    headers[1] = "Content-Type: application/jose+json";
    int64_t left = left_ms(c);
    c->request = (struct http_request){
        .method = method,
        .url = url,
        .wait_ms = left < ANSWER_MS ? left : ANSWER_MS,
        .headers = headers,
        .headers_len = body ? 2 : 1,
        .body = body,
        .body_len = body ? strlen(body) : 0,
        .keep = true,
        .stopped = &c->told,
    };
    http_send(c->session->http, c->arena, &c->request, replied, c);
}

/* RFC 8555 6.2: alg, nonce, url, and one of jwk and kid. */
static bool sign(struct acme_running *c, const char *nonce, const char **body,
                 struct err *err)
{
    const struct acme *s = c->session;
    bool by_account = c->ask.auth == ACME_AUTH_ACCOUNT;
    const struct key *key = by_account ? s->key : c->ask.key;
    struct json *header = json_object(c->arena);
    struct json *jws = NULL;
    struct buf text;

    if (by_account)
        json_put_text(c->arena, header, "kid", s->kid);
    else
        json_put(c->arena, header, "jwk", jws_jwk(c->arena, key));
    json_put_text(c->arena, header, "nonce", nonce);
    json_put_text(c->arena, header, "url", c->ask.url);
    if (!jws_sign(c->arena, key, header, c->ask.payload, &jws, err))
        return false;
    buf_init(&text, c->arena, BODY_MAX);
    json_print(jws, false, &text);
    if (text.full)
        return err_set(err, ERR_INPUT, "the request would be too long");
    *body = text.text;
    return true;
}

static void begin(struct acme_running *c)
{
    struct acme *s = c->session;
    const char *body = NULL;
    struct err err;

    if (s->stopping && !c->ask.late) {
        give_up(c, ACME_FAILED, stopped);
        return;
    }
    if (left_ms(c) <= 0) {
        give_up(c, ACME_TOO_LATE,
                "the time given was over before the CA was done");
        return;
    }
    if (c->ask.auth == ACME_AUTH_NONE) {
        send_out(c, "GET", c->ask.url, NULL);
        return;
    }
    const char *nonce = acme_nonce_take(&s->nonces);
    if (!nonce) {
        c->fetches_nonce = true;
        send_out(c, "HEAD", s->directory.new_nonce, NULL);
        return;
    }
    if (sign(c, nonce, &body, &err))
        send_out(c, "POST", c->ask.url, body);
    else
        give_up(c, ACME_FAILED, err.text);
}

void acme_request_send(struct acme *s, const struct acme_request *ask)
{
    struct arena *a = arena_new();
    struct acme_running *c = arena_alloc(a, 1, sizeof *c);
    struct acme_running **link = &s->line;

    *c = (struct acme_running){
        .session = s, .arena = a, .ask = *ask, .deadline_ms = s->deadline_ms
    };
    if (ask->late)
        c->deadline_ms =
            clock_monotonic_ms() + (s->stopping ? STOP_MS : LATE_MS);
    while (*link)
        link = &(*link)->next;
    *link = c;
    serve_line(s);
}

struct acme_result acme_request_result(struct acme *s,
                                       const struct acme_response *answer)
{
    return (struct acme_result){
        .outcome = answer->outcome,
        .why = arena_text(s->arena, answer->why),
        .problem = answer->problem
                       ? acme_problem_copy(s->arena, answer->problem)
                       : NULL,
    };
}

void acme_request_drop_all(struct acme *s)
{
    struct acme_running *lists[] = { s->running, s->line };

    for (size_t i = 0; i < 2; i++)
        for (struct acme_running *c = lists[i], *next = NULL; c; c = next) {
            next = c->next;
            timer_stop(&c->timer);
            arena_free(c->arena);
        }
}
