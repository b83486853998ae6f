#ifndef CERTMEND_ACME_ACME_EXPLANATION_H
#define CERTMEND_ACME_ACME_EXPLANATION_H
/*
 * acme_explanation - what a CA's "no" means, and what to do
 *
 * The words and their meanings are data, rules/acme-errors.json; see
 * messages/error_pattern_table.h for how to add one. Each part of a problem is
 * looked up for itself. The texts live as long as the program.
 */
#include "acme/acme_problem.h"
#include "messages/error_pattern.h"

struct acme_explanation {
    const char *finding; /* finding id */
    const char *means;   /* one sentence with full stop */
    const char *todo;    /* sentences with full stop; they fit a name or an
                            address, whichever it is about */
    enum acme_again again;
};

struct acme_explanation acme_explanation_of(const struct acme_problem *p);

/* The worst of its parts. No problem: MENDED. */
enum acme_again acme_explanation_again(const struct acme_problem *p);

/* What to do about a finding where a CA has not spoken yet: the same words.
 * `id` may be that of a meaning, where a finding has several. `identifier` is
 * the name it is about. NULL: no CA says such a thing. */
const char *acme_explanation_todo(const char *id, const char *identifier);

#endif
