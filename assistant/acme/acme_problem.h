#ifndef CERTMEND_ACME_ACME_PROBLEM_H
#define CERTMEND_ACME_ACME_PROBLEM_H
/*
 * acme_problem - a problem document of a CA (RFC 7807, RFC 8555 6.7)
 *
 * All text has been made printable and lives in the arena it was read into.
 * What a CA says about one name of an order is a part (RFC 8555 6.7.1). act/
 * acme_explanation.h tells what it means.
 */
#include "base/json.h"

enum { ACME_PARTS_MAX = 1000 };

struct acme_problem {
    const char *type;       /* "caa": without urn:ietf:params:acme:error: where
                               it is one of those; "" where none was said */
    const char *detail;     /* "" where none was said */
    int status;             /* HTTP status; 0: not said */
    const char *identifier; /* the name it is about, or NULL */
    const char *challenge;  /* type of the challenge that failed, or NULL */
    const char *instance;   /* where to read on, or NULL */
    int64_t retry_at;       /* Unix seconds: not before; 0: not said */
    const struct acme_problem *parts;
    size_t parts_len;
};

/* Never fails: what is no problem document gives one without words. */
void acme_problem_read(struct arena *a, const struct json *j,
                       struct acme_problem *out);

/* A deep copy, for another arena. */
const struct acme_problem *acme_problem_copy(struct arena *a,
                                             const struct acme_problem *p);

bool acme_problem_is(const struct acme_problem *p, const char *type);

/* "mail.example.org: CAA record for ... (caa)": one line, for a sentence. */
const char *acme_problem_text(struct arena *a, const struct acme_problem *p);

#endif
