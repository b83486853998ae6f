#ifndef CERTMEND_FACTS_DISTRUSTED_H
#define CERTMEND_FACTS_DISTRUSTED_H
/*
 * distrusted - roots that browsers and mail programs have given up
 *
 * Which, by whom and since when stands in rules/known.json, under
 * "distrusted_roots". Judged by the day of the certificate, or by
 * survey.judged_at, as the row says. Pure.
 */
#include "facts/known.h"
#include "model/survey.h"

struct distrust {
    const char *owner;         /* NULL: nobody is known to refuse it */
    const char *root;          /* its name, as people say it */
    struct text_list programs; /* that refuse it */
};

/* Somebody refuses the root that the path of `c` leads to. */
bool distrusted_holds(const struct survey *s, const struct cell *c);

/* Where the path of `c` leads; the names are in `a`. */
struct distrust distrusted_root(const struct survey *s, struct arena *a,
                                const struct cell *c);

#endif
