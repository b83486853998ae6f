#ifndef CERTMEND_ACME_ACME_ORDER_H
#define CERTMEND_ACME_ACME_ORDER_H
/*
 * acme_order - orders and authorizations as a CA sends them (RFC 8555 7.1.3,
 * 7.1.4)
 *
 * Unknown members and unknown types of challenges are kept out of the way, not
 * refused. Addresses are https or the whole is not read.
 */
#include "acme/acme_problem.h"

enum acme_status { /* 7.1.6 */
                   ACME_PENDING,
                   ACME_READY,
                   ACME_PROCESSING,
                   ACME_VALID,
                   ACME_INVALID,
                   ACME_DEACTIVATED,
                   ACME_EXPIRED,
                   ACME_REVOKED,
                   ACME_STATUS_COUNT, /* none of these */
};

/* More are not even read; how many an order may have, its names tell. */
enum { ACME_AUTHZ_MAX = 1000, ACME_CHALLENGES_MAX = 50, ACME_TOKEN_MAX = 200 };

struct acme_order {
    enum acme_status status;
    const char *const *authz; /* addresses, each once */
    size_t authz_len;
    const char *const *names; /* lower case, printable; none: it does not say */
    size_t names_len;
    const char *finalize;             /* NULL: not given */
    const char *certificate;          /* NULL: not there yet */
    const struct acme_problem *error; /* or NULL */
};

/* False: *why is half a sentence. */
MUST_CHECK bool acme_order_read(struct arena *a, const struct json *j,
                                struct acme_order *out, const char **why);

/* NULL: it is an order of these names and no more; else half a sentence. */
const char *acme_order_objection(struct arena *a, const struct acme_order *o,
                                 const char *const *names, size_t len);

struct acme_challenge {
    const char *type; /* printable */
    const char *url;
    const char *token;        /* base64url; NULL: none, or not fit to be used */
    struct text_list issuers; /* of dns-persist-01; none: not fit to be used */
    enum acme_status status;
    const struct acme_problem *error; /* or NULL */
};

struct acme_authz {
    enum acme_status status;
    const char *name; /* identifier, lower case, printable */
    bool is_ip;
    bool is_wildcard; /* `name` lacks its "*." */
    const struct acme_challenge *challenges;
    size_t challenges_len;
};

MUST_CHECK bool acme_authz_read(struct arena *a, const struct json *j,
                                struct acme_authz *out, const char **why);

#endif
