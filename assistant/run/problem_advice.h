#ifndef CERTMEND_RUN_PROBLEM_ADVICE_H
#define CERTMEND_RUN_PROBLEM_ADVICE_H
/*
 * problem_advice - what to do about a CA's "no" to this order
 *
 * A CA says what it met, the pre-flight had looked for why: where it found a
 * fault of the same kind with the same name, its words are told, which name
 * the record or the address. Else the meaning of the CA's words.
 */
#include "act/issue.h"

struct problem_advice {
    const char *finding; /* id */
    const char *means;   /* one sentence with full stop */
    const char *todo;    /* likewise */
};

struct problem_advice problem_advice(const struct issue_order *o,
                                     const struct acme_problem *p);

#endif
