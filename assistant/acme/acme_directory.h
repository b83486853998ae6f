#ifndef CERTMEND_ACME_ACME_DIRECTORY_H
#define CERTMEND_ACME_ACME_DIRECTORY_H
/*
 * acme_directory - where a CA does what (RFC 8555 7.1.1)
 *
 * Read anew for each session; never remembered. Unknown members are passed
 * over. Every address in it is https.
 */
#include "base/json.h"

enum { ACME_URL_MAX = 2000 };

struct acme_profile { /* draft-ietf-acme-profiles */
    const char *name;
    const char *about; /* words for people, or an address */
};

struct acme_directory {
    const char *new_nonce, *new_account, *new_order;
    const char *revoke_cert, *key_change; /* NULL: not offered */
    const char *renewal_info;             /* RFC 9773; NULL: not offered */
    const char *terms;                    /* NULL: there are none */
    bool wants_eab;                       /* externalAccountRequired */
    const char *const *caa;               /* caaIdentities */
    size_t caa_len;
    const struct acme_profile *profiles;
    size_t profiles_len;
};

/* False: *why is half a sentence. */
MUST_CHECK bool acme_directory_read(struct arena *a, const struct json *j,
                                    struct acme_directory *out,
                                    const char **why);

bool acme_directory_has_profile(const struct acme_directory *d,
                                const char *name);

/* https, no user, no control bytes, not too long. */
bool acme_url_ok(const char *url);

#endif
