/* An order from beginning to end (RFC 8555 7.4), whatever state it is met in.
 */
#include <assert.h>
#include <string.h>

#include "acme/acme_authorizations.h"
#include "acme/acme_download.h"
#include "acme/acme_order.h"
#include "acme/acme_session.h"
#include "acme/retry_after.h"
#include "base/base64url.h"
#include "base/log.h"
#include "model/name.h"

enum {
    FINALIZES_MAX = 5,
    NAMELESS_MAX = 5, /* polls of a valid order that names no certificate */
};

struct acme_issuance {
    struct acme *session;
    struct acme_order_request request;
    struct acme_order order;
    const char *order_url; /* NULL: the CA gave none */
    bool with_replaces;    /* as asked for this time */
    bool proven;
    unsigned polls, finalizes, nameless;
    int64_t retry_after_s;
    struct timer timer;
};

/* What an order says (RFC 8555 7.4, RFC 8738 3, RFC 9773 5). */
static const struct json *order_payload(
    struct arena *a, const struct acme_order_request *request, bool replaces)
{
    struct json *payload = json_object(a);
    struct json *list = json_put_array(a, payload, "identifiers");

    for (size_t i = 0; i < request->names_len; i++) {
        const char *name = request->names[i];
        struct json *item = json_add_object(a, list);
        json_put_text(a, item, "type", name_is_ip(name) ? "ip" : "dns");
        json_put_text(a, item, "value", name);
    }
    if (request->profile)
        json_put_text(a, payload, "profile", request->profile);
    if (replaces)
        json_put_text(a, payload, "replaces", request->replaces);
    return payload;
}

static const char *profile_names(struct arena *a,
                                 const struct acme_directory *d)
{
    struct buf list;

    buf_init(&list, a, ARENA_PRINTABLE_MAX);
    for (size_t i = 0; i < d->profiles_len; i++)
        buf_printf(&list, "%s%s", i ? ", " : "", d->profiles[i].name);
    return list.len ? list.text : "none";
}

/* Why this CA cannot serve the request; NULL: it may. */
static const struct acme_problem *profile_problem(
    struct arena *a, const struct acme_directory *d,
    const struct acme_order_request *request)
{
    struct acme_problem *p = arena_alloc(a, 1, sizeof *p);

    if (!request->profile || acme_directory_has_profile(d, request->profile))
        return NULL;
    *p = (struct acme_problem){
        .type = "invalidProfile",
        .detail = arena_printf(a, "the profile %s is not offered; there is: %s",
                               request->profile, profile_names(a, d)),
    };
    return p;
}

static void order(struct acme_issuance *i);
static void poll(void *arg);

static void fail(struct acme_issuance *i, enum acme_outcome outcome,
                 const char *why)
{
    acme_end_because(
        i->session, outcome,
        arena_printf(i->session->arena, "ordering the certificate: %s.", why));
}

static void ask(struct acme_issuance *i, const char *what, const char *url,
                const struct json *payload, acme_answered *done)
{
    acme_request_send(i->session, &(struct acme_request){
                                      .what = what,
                                      .url = url,
                                      .auth = ACME_AUTH_ACCOUNT,
                                      .payload = payload,
                                      .done = done,
                                      .arg = i,
                                  });
}

static void wait(struct acme_issuance *i)
{
    int64_t ms = retry_after_poll_ms(i->polls, i->retry_after_s);

    if (!i->order_url) {
        fail(i, ACME_BROKEN, "the CA gives no address to ask about the order");
        return;
    }
    i->polls++;
    i->timer = (struct timer){ .call = poll, .arg = i };
    acme_later(i->session, &i->timer, ms);
}

static void downloaded(void *arg, const struct acme_result *result)
{
    struct acme_issuance *i = arg;
    struct acme_result told = *result;

    if (result->issued) {
        struct acme_issued *issued = arena_copy(
            i->session->arena, result->issued, sizeof *result->issued);
        issued->order_url = i->order_url;
        issued->replaced = i->with_replaces;
        told.issued = issued;
    }
    acme_end(i->session, &told);
}

static void on_valid(struct acme_issuance *i)
{
    if (i->order.certificate)
        acme_download(i->session, &i->request, i->order.certificate, downloaded,
                      i);
    else if (i->nameless++ < NAMELESS_MAX)
        wait(i);
    else
        fail(i, ACME_BROKEN,
             "the order is done, and the CA does not say where the "
             "certificate is");
}

static void on_invalid(struct acme_issuance *i)
{
    struct arena *a = i->session->arena;
    const struct acme_problem *p = i->order.error;
    const char *why =
        p ? arena_printf(a, "%s gave it up: %s", i->session->name,
                         acme_problem_text(a, p))
          : arena_printf(a, "%s gave it up without a reason", i->session->name);
    const struct acme_result result = {
        .outcome = ACME_REFUSED,
        .why = arena_printf(a, "ordering the certificate: %s.", why),
        .problem = p,
    };

    acme_end(i->session, &result);
}

static void proved(void *arg, const struct acme_result *result);

static void on_pending(struct acme_issuance *i)
{
    if (i->proven || !i->order.authz_len) {
        i->proven = true;
        wait(i);
        return;
    }
    acme_authorizations(i->session,
                        &(struct acme_authorizations_job){
                            .request = &i->request,
                            .authz = i->order.authz,
                            .authz_len = i->order.authz_len,
                        },
                        proved, i);
}

static void finalized(void *arg, const struct acme_response *answer);

static void on_ready(struct acme_issuance *i)
{
    struct arena *a = i->session->arena;
    struct json *payload = json_object(a);

    if (!i->order.finalize) {
        fail(i, ACME_BROKEN, "the CA gives no address to finish it");
        return;
    }
    const char *why = i->request.keep && !i->finalizes
                          ? i->request.keep(i->request.keep_arg, i->order_url,
                                            i->with_replaces)
                          : NULL;
    if (why) {
        fail(i, ACME_FAILED, why);
        return;
    }
    if (i->finalizes++ == FINALIZES_MAX) {
        fail(i, ACME_BROKEN,
             "the CA says again and again that it is ready, and then that it "
             "is not");
        return;
    }
    json_put_text(a, payload, "csr",
                  base64url_text(a, i->request.csr, i->request.csr_len));
    ask(i, "finishing the order", i->order.finalize, payload, finalized);
}

static void on_other(struct acme_issuance *i)
{
    fail(i, ACME_BROKEN, "the order is in a state that no order can have");
}

/* 7.1.6 */
static void (*const steps[])(struct acme_issuance *i) = {
    [ACME_PENDING] = on_pending, [ACME_READY] = on_ready,
    [ACME_PROCESSING] = wait,    [ACME_VALID] = on_valid,
    [ACME_INVALID] = on_invalid, [ACME_DEACTIVATED] = on_other,
    [ACME_EXPIRED] = on_other,   [ACME_REVOKED] = on_other,
};
static_assert(sizeof steps / sizeof *steps == ACME_STATUS_COUNT,
              "a step per status");

static void go_on(struct acme_issuance *i)
{
    const char *why = acme_order_objection(
        i->session->arena, &i->order, i->request.names, i->request.names_len);

    if (why)
        fail(i, ACME_BROKEN, why);
    else
        steps[i->order.status](i);
}

/* An answer that holds the order; the next step follows from its status. */
static void take(struct acme_issuance *i, const struct acme_response *answer)
{
    struct acme *s = i->session;
    struct acme_result result = acme_request_result(s, answer);
    const char *why = NULL;

    i->retry_after_s = answer->retry_after_s;
    if (result.outcome != ACME_WORKED)
        acme_end(s, &result);
    else if (!acme_order_read(s->arena, answer->json, &i->order, &why))
        fail(i, ACME_BROKEN, why);
    else
        go_on(i);
}

static void polled(void *arg, const struct acme_response *answer)
{
    take(arg, answer);
}

static void poll(void *arg)
{
    struct acme_issuance *i = arg;

    ask(i, "asking about the order", i->order_url, NULL, polled);
}

/* Not ready after all, or the answer was lost: the order itself tells. */
static void finalized(void *arg, const struct acme_response *answer)
{
    struct acme_issuance *i = arg;
    bool is_early = acme_problem_is(answer->problem, "orderNotReady");
    bool is_lost = answer->outcome == ACME_UNREACHABLE && !answer->untrusted;

    if (i->order_url && (is_early || is_lost)) {
        i->retry_after_s = answer->retry_after_s;
        wait(i);
        return;
    }
    take(i, answer);
}

/* All names are proven: the order is ready, or will be in a moment. */
static void proved(void *arg, const struct acme_result *result)
{
    struct acme_issuance *i = arg;

    i->proven = true;
    if (result->outcome == ACME_WORKED)
        on_ready(i);
    else
        acme_end(i->session, result);
}

/* RFC 9773 5: what may be wrong with `replaces` is worth one try without. */
static bool is_about_replaces(const struct acme_problem *p)
{
    static const char *const types[] = { "alreadyReplaced", "unauthorized",
                                         "malformed", "conflict" };

    for (size_t i = 0; p && i < sizeof types / sizeof *types; i++)
        if (acme_problem_is(p, types[i]))
            return true;
    return p && (p->status == 404 || p->status == 409);
}

static void ordered(void *arg, const struct acme_response *answer)
{
    struct acme_issuance *i = arg;

    if (i->with_replaces && is_about_replaces(answer->problem)) {
        log_verbose("%s Ordered again as a new certificate.", answer->why);
        i->with_replaces = false;
        order(i);
        return;
    }
    i->order_url = arena_text(i->session->arena, answer->location);
    take(i, answer);
}

static void order(struct acme_issuance *i)
{
    ask(i, "ordering the certificate", i->session->directory.new_order,
        order_payload(i->session->arena, &i->request, i->with_replaces),
        ordered);
}

static void order_first(struct acme_issuance *i)
{
    i->order_url = NULL;
    i->with_replaces =
        i->request.replaces && i->session->directory.renewal_info;
    order(i);
}

/* Too busy to say is no answer. */
static bool is_gone(const struct acme_response *answer)
{
    return answer->outcome == ACME_REFUSED && answer->status < 500 &&
           answer->status != 429;
}

static bool is_over(enum acme_status status)
{
    return status == ACME_INVALID || status == ACME_EXPIRED ||
           status == ACME_DEACTIVATED || status == ACME_REVOKED;
}

static void resumed(void *arg, const struct acme_response *answer)
{
    struct acme_issuance *i = arg;
    struct acme_order left = { .status = ACME_STATUS_COUNT };
    const char *why = NULL;
    bool is_read =
        answer->outcome == ACME_WORKED &&
        acme_order_read(i->session->arena, answer->json, &left, &why);

    if (is_gone(answer) || (is_read && is_over(left.status))) {
        i->request.left->is_invalid = is_read && left.status == ACME_INVALID;
        log_verbose("the order that was left is of no use; a new one is made");
        order_first(i);
        return;
    }
    log_note("an order that was left unfinished is gone on with");
    take(i, answer);
}

static void resume(struct acme_issuance *i)
{
    i->order_url = i->request.left->url;
    i->with_replaces = i->request.left->replaces;
    ask(i, "asking about the order that was left", i->order_url, NULL, resumed);
}

static void refuse(struct acme_issuance *i, const struct acme_problem *p)
{
    struct arena *a = i->session->arena;
    const struct acme_result result = {
        .outcome = ACME_REFUSED,
        .why = arena_printf(a, "ordering the certificate: %s.",
                            acme_problem_text(a, p)),
        .problem = p,
    };

    acme_end(i->session, &result);
}

void acme_issue(struct acme *s, const struct acme_order_request *request,
                acme_done *done, void *arg)
{
    struct acme_issuance *i = arena_alloc(s->arena, 1, sizeof *i);

    acme_begin(s, done, arg);
    *i = (struct acme_issuance){
        .session = s,
        .request = *request,
        .retry_after_s = -1,
    };
    const struct acme_problem *p =
        profile_problem(s->arena, &s->directory, request);
    if (p)
        refuse(i, p);
    else if (request->left && request->left->url)
        resume(i);
    else
        order_first(i);
}
