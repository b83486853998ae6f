#include "acme/acme_response.h"

#include <string.h>

#include "acme/retry_after.h"
#include "base/clock.h"

enum {
    NONCES_MAX = 20,    /* a CA that refuses every second one must do */
    NONCES_AT_ONCE = 5, /* then slower */
    OTHERS_MAX = 3,
    KEYS_MAX = 6, /* Boulder's copies learn of a new key within 5 seconds */
    KEY_PAUSE_MS = 2000,
    PUT_OFF_MAX_S = 60, /* longer is for the person to decide */
};

static const char *sentence(struct arena *a, const struct acme_request *ask,
                            const char *why)
{
    return arena_printf(a, "%s: %s.", ask->what, why);
}

void acme_response_none(struct arena *a, const struct acme_request *ask,
                        enum acme_outcome outcome, const char *why,
                        struct acme_response *out)
{
    *out = (struct acme_response){
        .arena = a,
        .outcome = outcome,
        .why = sentence(a, ask, why),
        .retry_after_s = -1,
        .safe = !ask->payload,
    };
}

static void broken(struct acme_response *out, const struct acme_request *ask,
                   const char *why)
{
    out->outcome = ACME_BROKEN;
    out->why = sentence(out->arena, ask, why);
}

static int64_t wait_of(const struct http_reply *reply)
{
    const char *date = http_header(reply, "date");
    int64_t now_s = clock_now_s();
    int64_t theirs = 0;

    /* Their clock against their clock. */
    if (date && retry_after_date(date, &theirs))
        now_s = theirs;
    return retry_after_read(http_header(reply, "retry-after"), now_s);
}

static bool read_json(struct acme_response *out, const struct http_reply *reply,
                      struct err *err)
{
    struct json *j = NULL;

    if (!json_parse(out->arena, (const char *)reply->body, reply->body_len,
                    "its answer", &j, err))
        return false;
    out->json = j;
    return true;
}

/* 6.7; a status without a problem document is one without words. */
static void refused(struct acme_response *out, const struct acme_request *ask,
                    const char *ca, const struct http_reply *reply)
{
    struct acme_problem *p = arena_alloc(out->arena, 1, sizeof *p);
    struct err unused;

    if (!read_json(out, reply, &unused))
        out->json = NULL;
    acme_problem_read(out->arena, out->json, p);
    p->status = reply->status;
    if (out->retry_after_s >= 0)
        p->retry_at = clock_now_s() + out->retry_after_s;
    out->outcome = ACME_REFUSED;
    out->problem = p;
    out->why = sentence(out->arena, ask,
                        arena_printf(out->arena, "%s says no: %s", ca,
                                     acme_problem_text(out->arena, p)));
}

static void unreachable(struct acme_response *out,
                        const struct acme_request *ask, const char *ca,
                        const struct attempt *attempt)
{
    const char *detail = attempt->detail ? attempt->detail : "no answer";

    out->untimely =
        attempt->outcome == OUTCOME_UNTRUSTED &&
        (strstr(detail, "expired") || strstr(detail, "not yet valid") ||
         strstr(detail, "not activated"));
    if (out->untimely)
        detail = "its own certificate is not valid by this machine's clock";
    else if (strstr(detail, "certificate"))
        detail = "its own certificate is not one that is trusted here; a "
                 "private CA wants its root given along";
    out->outcome = ACME_UNREACHABLE;
    out->untrusted = attempt->outcome == OUTCOME_PROTOCOL_ERROR ||
                     attempt->outcome == OUTCOME_UNTRUSTED;
    out->why = sentence(
        out->arena, ask,
        arena_printf(out->arena, "%s cannot be reached: %s", ca, detail));
}

void acme_response_untimely(struct acme_response *out,
                            const struct acme_request *ask, const char *ca,
                            int64_t ahead_s)
{
    struct arena *a = out->arena;
    int64_t now_s = clock_now_s();
    int64_t off_s = ahead_s < 0 ? -ahead_s : ahead_s;
    const char *why =
        off_s > HOUR_S
            ? arena_printf(a,
                           "this machine's clock says %s, and the CA's %s: "
                           "with a wrong clock no certificate can be "
                           "verified; let it be set by NTP",
                           clock_text(a, now_s), clock_text(a, now_s - ahead_s))
            : arena_printf(a,
                           "its own certificate has ended, or has not begun, "
                           "and its clock agrees with this machine's (%s): "
                           "the CA has to mend that",
                           clock_text(a, now_s));

    out->why =
        sentence(a, ask, arena_printf(a, "%s cannot be reached: %s", ca, why));
}

static void worked(struct acme_response *out, const struct acme_request *ask,
                   const struct http_reply *reply)
{
    struct err err;

    if (ask->accept || reply->body_len == 0)
        return;
    if (!read_json(out, reply, &err))
        broken(out, ask, arena_text(out->arena, err.text));
}

static void moved(struct acme_response *out, const struct acme_request *ask,
                  const struct http_reply *reply)
{
    broken(out, ask,
           arena_printf(out->arena,
                        "it answers with HTTP status %d and sends us on to "
                        "%s, which ACME does not know: use that address, if "
                        "you trust it",
                        reply->status,
                        reply->location ? reply->location : "nowhere"));
}

void acme_response_read(struct arena *a, const struct acme_request *ask,
                        const char *ca, const struct http_reply *reply,
                        struct acme_response *out)
{
    const char *location = http_header(reply, "location");

    *out = (struct acme_response){
        .arena = a,
        .outcome = ACME_WORKED,
        .status = reply->status,
        .reply = reply,
        .retry_after_s = wait_of(reply),
        .safe = !ask->payload,
    };
    if (location && acme_url_ok(location))
        out->location = location;
    if (reply->attempt.outcome != OUTCOME_OK)
        unreachable(out, ask, ca, &reply->attempt);
    else if (reply->cut)
        broken(out, ask, "its answer is longer than anything we would take");
    else if (reply->status >= 400)
        refused(out, ask, ca, reply);
    else if (reply->status >= 300)
        moved(out, ask, reply);
    else if (reply->status < 200)
        broken(out, ask, "its answer is no HTTP answer");
    else
        worked(out, ask, reply);
}

/* Would it be right to ask the same once more? */
static bool may_ask_again(const struct acme_response *answer)
{
    const struct acme_problem *p = answer->problem;
    bool put_off = answer->status == 503 || answer->status == 429;
    bool lost = answer->outcome == ACME_UNREACHABLE && !answer->untrusted;
    bool stumbled = answer->status >= 500;

    /* 6.6: without a time, asking again would only make it worse. */
    if (p && answer->status == 429 && answer->retry_after_s < 0)
        return false;
    if (answer->retry_after_s > PUT_OFF_MAX_S)
        return false;
    return put_off || (answer->safe && (lost || stumbled));
}

bool acme_response_is_key_unknown(const struct acme_response *answer)
{
    const struct acme_problem *p = answer->problem;

    return p && strstr(p->detail, "JWS verification error");
}

int64_t acme_response_retry_ms(const struct acme_response *answer,
                               struct acme_tries *tries)
{
    if (acme_problem_is(answer->problem, "badNonce")) {
        unsigned n = ++tries->nonces;
        if (n > NONCES_MAX)
            return -1;
        return n > NONCES_AT_ONCE ? 50 * (n - NONCES_AT_ONCE) : 0;
    }
    if (acme_response_is_key_unknown(answer))
        return tries->keys++ < KEYS_MAX ? KEY_PAUSE_MS : -1;
    if (!may_ask_again(answer) || ++tries->others > OTHERS_MAX)
        return -1;
    if (answer->retry_after_s > 0)
        return answer->retry_after_s * 1000;
    return INT64_C(250) << tries->others;
}
