#ifndef CERTMEND_ACME_ACME_ARI_H
#define CERTMEND_ACME_ACME_ARI_H
/*
 * acme_ari - when a CA wants a certificate renewed (RFC 9773)
 */
#include "base/json.h"
#include "model/cert.h"

struct acme_ari {
    int64_t start, end;  /* Unix seconds: the suggested window; start < end */
    const char *why_url; /* explanationURL, or NULL */
    int64_t retry_at;    /* Unix seconds: ask again not before */
};

/* The certificate's name for the CA (4.1); NULL: it has no key identifier of
 * its issuer, so there is none. */
const char *acme_ari_id(struct arena *a, const struct cert *c);

/* False: *why is half a sentence. `retry_at` is left as it is. */
MUST_CHECK bool acme_ari_read(struct arena *a, const struct json *j,
                              struct acme_ari *out, const char **why);

/*
 * The second at which to renew: picked in the window by `chance` of 0 to 1, so
 * that it stays the same when asked again; a window that has passed is now.
 */
int64_t acme_ari_moment(const struct acme_ari *ari, double chance,
                        int64_t now_s);

#endif
