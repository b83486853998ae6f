#ifndef CERTMEND_RUN_RENEW_RUN_H
#define CERTMEND_RUN_RENEW_RUN_H
/*
 * renew_run - one certificate of the store: renewed if it is due
 *
 * What has failed is told at each run until it is mended, by the status too: a
 * timer that is quiet means that all is well.
 */
#include "act/store.h"
#include "base/text.h"
#include "run/exit_status.h"

/* CAs that did not answer in this run, and why: thirty certificates are not to
 * wait for each of them thirty times. Begins as all zero. */
struct silent_cas {
    struct text_list directories, whys;
};

struct renew_request {
    struct store *store; /* locked, unless it is a plan */
    const char *name;    /* in the store */
    struct silent_cas *silent;
    int64_t looks_until_ms; /* monotonic: from then on each look is short */
    bool force, plan, wait, quiet;
};

struct renew_result {
    struct buf text;   /* for standard output */
    struct json *json; /* the same for programs, an object of the caller's */
    bool stopped;      /* by the person: no more of them */
};

/* EXIT_FAILED with *err filled is our own failure. */
enum exit_status renew_run(const struct renew_request *r,
                           struct renew_result *out, struct err *err);

#endif
