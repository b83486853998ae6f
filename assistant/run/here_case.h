#ifndef CERTMEND_RUN_HERE_CASE_H
#define CERTMEND_RUN_HERE_CASE_H
/*
 * here_case - what the cells that come to one place of a configuration show,
 * what the place names, and what follows from both
 *
 * Helper of run/here_look.c.
 */
#include "run/here_file.h"
#include "run/here_look.h"
#include "run/here_stock.h"

struct here_search { /* of one look */
    struct arena *arena;
    struct evaluation *evaluation;
    const struct report *report;
    struct here_stock *stock;
};

struct here_case {
    const struct here_search *search;
    const struct here_conf *conf; /* it was read */
    const struct tls_place *place;
    const size_t *cells; /* into survey.cells; at least one */
    size_t cells_len;
    struct here_file file; /* what the place names */
};

/* Fills in kind, names, holds, shown, wanted and why. */
MUST_CHECK bool here_case_judge(const struct here_case *c,
                                struct here_finding *out, struct err *err);

/* Its sentences, once it is known which ports they are about. */
void here_case_word(struct arena *a, const struct survey *s,
                    const struct here_report *h, struct here_finding *f);

/* "Postfix", "nginx". */
const char *here_case_title(struct arena *a, const char *software);

#endif
