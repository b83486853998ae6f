#ifndef CERTMEND_ACME_ACME_REQUEST_H
#define CERTMEND_ACME_ACME_REQUEST_H
/*
 * acme_request - one request to the CA, asked again where that is right
 *
 * Signed, with a nonce out of the pool (RFC 8555 6.2, 6.5). A refused nonce is
 * replaced and the request made again, as is one that the CA had no time for
 * (503, 429 with a short Retry-After) or that may be repeated without harm and
 * got lost. Number and time of the tries are bounded. Calls run side by side
 * over a few kept connections; the others wait in line.
 */
#include "acme/acme.h"
#include "base/json.h"
#include "net/http.h"

struct acme_response {
    struct arena *arena; /* what is here lives until `done` returns */
    enum acme_outcome outcome;
    const char *why;                    /* as in struct acme_result */
    const struct acme_problem *problem; /* ACME_REFUSED; else NULL */
    int status;                         /* HTTP; 0: none came */
    const struct json *json;            /* NULL: none */
    const char *location;               /* https, or NULL */
    int64_t retry_after_s;              /* -1: not said */
    const struct http_reply *reply;     /* NULL: none came */
    bool safe;                          /* asking again does no harm */
    bool untrusted;                     /* TLS itself failed */
    bool untimely; /* its certificate is not valid by our clock */
};

typedef void acme_answered(void *arg, const struct acme_response *answer);

enum acme_auth {
    ACME_AUTH_ACCOUNT, /* POST, by the account's key and "kid" */
    ACME_AUTH_KEY,     /* POST, by `key` with its "jwk" */
    ACME_AUTH_NONE,    /* a plain GET: directory and renewal information */
};

struct acme_request {
    const char *what; /* "ordering the certificate": how sentences begin */
    const char *url;
    enum acme_auth auth;
    const struct key *key;      /* of ACME_AUTH_KEY */
    const struct json *payload; /* NULL: POST-as-GET (6.3) */
    const char *accept;         /* NULL: JSON, read into `json` */
    bool late; /* cleaning up: has time even when the budget is spent */
    acme_answered *done;
    void *arg;
};

/* Texts, key and payload must live until `done`. Calls it exactly once, from
 * the loop or from inside. */
void acme_request_send(struct acme *s, const struct acme_request *ask);

/* What came of a call, as the result of a verb. */
struct acme_result acme_request_result(struct acme *s,
                                       const struct acme_response *answer);

/* For acme_stop(): all but the late ones fail now. */
void acme_request_stop_all(struct acme *s);

/* For acme_free(): no `done` is called any more. */
void acme_request_drop_all(struct acme *s);

#endif
