/* Another key for the account (RFC 8555 7.3.5), and which one it has. */
#include <string.h>

#include "acme/acme_session.h"
#include "crypto/jws.h"

struct rekey {
    struct acme *session;
    const struct key *to;
    struct acme_result refused; /* why the change itself did not work */
};

/* Whom does this key belong to? onlyReturnExisting changes nothing. */
static void ask_for(struct acme *s, const struct key *key, acme_answered *done,
                    void *arg)
{
    struct json *payload = json_object(s->arena);

    json_put_bool(s->arena, payload, "onlyReturnExisting", true);
    acme_request_send(s, &(struct acme_request){
                             .what = "asking which key the account has",
                             .url = s->directory.new_account,
                             .auth = ACME_AUTH_KEY,
                             .key = key,
                             .payload = payload,
                             .done = done,
                             .arg = arg,
                         });
}

static bool is_ours(const struct acme *s, const struct acme_response *answer)
{
    return answer->outcome == ACME_WORKED && answer->location &&
           (!s->kid || strcmp(answer->location, s->kid) == 0);
}

static void take_over(struct rekey *r)
{
    struct acme *s = r->session;
    struct acme_account *account = arena_alloc(s->arena, 1, sizeof *account);

    *account = (struct acme_account){ .url = s->kid, .status = "valid" };
    s->key = r->to;
    acme_end(s, &(struct acme_result){ .account = account });
}

/* The account has the new key after all, or surely not, or nobody knows. */
static void settled(void *arg, const struct acme_response *answer)
{
    struct rekey *r = arg;
    bool is_known = answer->outcome == ACME_WORKED ||
                    acme_problem_is(answer->problem, "accountDoesNotExist");

    if (is_ours(r->session, answer)) {
        take_over(r);
        return;
    }
    if (is_known)
        r->refused.outcome = ACME_REFUSED;
    acme_end(r->session, &r->refused);
}

static void rekeyed(void *arg, const struct acme_response *answer)
{
    struct rekey *r = arg;

    if (answer->outcome == ACME_WORKED) {
        take_over(r);
        return;
    }
    r->refused = acme_request_result(r->session, answer);
    if (r->refused.outcome == ACME_REFUSED)
        r->refused.outcome = ACME_BROKEN; /* until we know that it holds */
    ask_for(r->session, r->to, settled, r);
}

static bool inner(struct acme *s, const struct key *to, struct json **out,
                  struct err *err)
{
    struct arena *a = s->arena;
    struct json *header = json_object(a);
    struct json *payload = json_object(a);

    json_put_text(a, payload, "account", s->kid);
    json_put(a, payload, "oldKey", jws_jwk(a, s->key));
    json_put(a, header, "jwk", jws_jwk(a, to));
    json_put_text(a, header, "url", s->directory.key_change);
    return jws_sign(a, to, header, payload, out, err);
}

void acme_account_rekey(struct acme *s, const struct key *to, acme_done *done,
                        void *arg)
{
    struct rekey *r = arena_alloc(s->arena, 1, sizeof *r);
    struct json *payload = NULL;
    struct err err;

    acme_begin(s, done, arg);
    *r = (struct rekey){ .session = s, .to = to };
    if (!s->directory.key_change) {
        acme_end_because(s, ACME_REFUSED,
                         "changing the account key: this CA does not offer "
                         "it.");
        return;
    }
    if (!inner(s, to, &payload, &err)) {
        acme_end_because(s, ACME_FAILED, err.text);
        return;
    }
    acme_request_send(s, &(struct acme_request){
                             .what = "changing the account key",
                             .url = s->directory.key_change,
                             .auth = ACME_AUTH_ACCOUNT,
                             .payload = payload,
                             .done = rekeyed,
                             .arg = r,
                         });
}

struct which {
    struct acme *session;
    const struct key *keys[2];
    size_t at;
    const struct key **out;
};

static void compared(void *arg, const struct acme_response *answer)
{
    struct which *w = arg;
    struct acme *s = w->session;
    struct acme_result result = acme_request_result(s, answer);

    if (is_ours(s, answer)) {
        s->key = w->keys[w->at];
        s->kid = arena_text(s->arena, answer->location);
        *w->out = s->key;
    } else if (w->at == 0 &&
               acme_problem_is(answer->problem, "accountDoesNotExist")) {
        w->at = 1;
        ask_for(s, w->keys[1], compared, w);
        return;
    } else if (result.outcome == ACME_WORKED) {
        result.outcome = ACME_BROKEN;
        result.why = "asking which key the account has: the CA names another "
                     "account.";
    }
    acme_end(s, &result);
}

void acme_account_which(struct acme *s, const struct key *const keys[2],
                        const struct key **out, acme_done *done, void *arg)
{
    struct which *w = arena_alloc(s->arena, 1, sizeof *w);

    acme_begin(s, done, arg);
    *w = (struct which){ .session = s,
                         .keys = { keys[0], keys[1] },
                         .out = out };
    ask_for(s, keys[0], compared, w);
}
