/* What a certificate may need after it was issued: to be revoked (RFC 8555
 * 7.6), to be renewed in time (RFC 9773). */
#include <string.h>

#include "acme/acme_session.h"
#include "base/base64url.h"
#include "base/clock.h"

enum {
    ARI_AGAIN_S = 6 * HOUR_S, /* RFC 9773 4.3: where the CA does not say */
    ARI_AGAIN_MIN_S = MINUTE_S,
    ARI_AGAIN_MAX_S = DAY_S,
};

static void revoked(void *arg, const struct acme_response *answer)
{
    struct acme *s = arg;
    struct acme_result result = acme_request_result(s, answer);

    if (acme_problem_is(answer->problem, "alreadyRevoked"))
        result = (struct acme_result){ .outcome = ACME_WORKED };
    acme_end(s, &result);
}

void acme_revoke(struct acme *s, const struct acme_revocation *r,
                 acme_done *done, void *arg)
{
    struct json *payload = json_object(s->arena);

    acme_begin(s, done, arg);
    if (!s->directory.revoke_cert) {
        acme_end_because(s, ACME_REFUSED,
                         "revoking the certificate: this CA does not offer "
                         "it.");
        return;
    }
    json_put_text(s->arena, payload, "certificate",
                  base64url_text(s->arena, r->der, r->der_len));
    if (r->reason != ACME_REASON_NONE)
        json_put_number(s->arena, payload, "reason", r->reason);
    acme_request_send(
        s, &(struct acme_request){
               .what = "revoking the certificate",
               .url = s->directory.revoke_cert,
               .auth = r->cert_key ? ACME_AUTH_KEY : ACME_AUTH_ACCOUNT,
               .key = r->cert_key,
               .payload = payload,
               .done = revoked,
               .arg = s,
           });
}

static int64_t ask_again_at(const struct acme_response *answer)
{
    int64_t wait_s = answer->retry_after_s;

    if (wait_s < 0)
        wait_s = ARI_AGAIN_S;
    if (wait_s < ARI_AGAIN_MIN_S)
        wait_s = ARI_AGAIN_MIN_S;
    if (wait_s > ARI_AGAIN_MAX_S)
        wait_s = ARI_AGAIN_MAX_S;
    return clock_now_s() + wait_s;
}

static void told(void *arg, const struct acme_response *answer)
{
    struct acme *s = arg;
    struct acme_result result = acme_request_result(s, answer);
    struct acme_ari *ari = arena_alloc(s->arena, 1, sizeof *ari);
    const char *why = NULL;

    ari->retry_at = ask_again_at(answer);
    if (result.outcome == ACME_WORKED &&
        !acme_ari_read(s->arena, answer->json, ari, &why)) {
        result.outcome = ACME_BROKEN;
        result.why = arena_printf(s->arena,
                                  "asking when to renew: the answer of %s is "
                                  "not usable: %s.",
                                  s->name, why);
    }
    if (result.outcome == ACME_WORKED)
        result.ari = ari;
    acme_end(s, &result);
}

void acme_ari_ask(struct acme *s, const char *cert_id, acme_done *done,
                  void *arg)
{
    const char *base = s->directory.renewal_info;
    size_t len = base ? strlen(base) : 0;

    acme_begin(s, done, arg);
    if (!base) {
        acme_end_because(s, ACME_REFUSED,
                         "asking when to renew: this CA does not say.");
        return;
    }
    acme_request_send(
        s, &(struct acme_request){
               .what = "asking when to renew",
               .url = arena_printf(s->arena, "%s%s%s", base,
                                   base[len - 1] == '/' ? "" : "/", cert_id),
               .auth = ACME_AUTH_NONE,
               .done = told,
               .arg = s,
           });
}
