#ifndef CERTMEND_ACME_ACME_EXPLANATION_H
#define CERTMEND_ACME_ACME_EXPLANATION_H
/*
 * acme_explanation - what a CA's "no" means, and what to do
 *
 * A table: the first row whose type, challenge and words fit. The words are
 * Boulder's and Pebble's; of other CAs, and of texts that nobody knows, at
 * least the type tells. Each part of a problem is looked up for itself.
 *
 * To add one: a row in acme_explanation.c, before the more general ones; a
 * meaning in acme_explanation_table.c.
 */
#include "acme/acme_problem.h"

enum acme_again { /* when to ask the CA again; the worst last */
                  ACME_AGAIN_LATER,  /* at retry_at; else in an hour */
                  ACME_AGAIN_MENDED, /* once what is wrong has been mended */
                  ACME_AGAIN_NEVER,  /* this CA will not do it */
};

struct acme_explanation {
    const char *finding; /* finding id */
    const char *means;   /* one sentence with full stop */
    const char *todo;    /* one sentence with full stop */
    const char *todo_ip; /* for an address, which no DNS proves; NULL: todo */
    enum acme_again again;
};

/* What to do about it; `identifier` is the name it is about, or NULL. */
const char *acme_words_todo(const struct acme_explanation *m,
                            const char *identifier);

/* Never NULL: the last row fits everything. */
const struct acme_explanation *acme_explanation_find(
    const struct acme_problem *p);

/* The worst of its parts. No problem: MENDED. */
enum acme_again acme_words_again(const struct acme_problem *p);

#endif
