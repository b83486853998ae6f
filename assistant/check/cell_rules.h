#ifndef CERTMEND_CHECK_CELL_RULES_H
#define CERTMEND_CHECK_CELL_RULES_H
/*
 * cell_rules - the same question of every cell, one finding per group
 *
 * Most checks are a table of these.
 */
#include "check/group.h"

struct cell_rule {
    const struct finding_def *def;
    cell_test *holds;        /* the fault is there */
    cell_pair *same;         /* told together */
    cell_severity *severity; /* the worst of the group counts */
    const char *(*detail)(const struct group *g, struct arena *a);
    void (*params)(const struct group *g, struct findings *out,
                   struct finding *f); /* values of its own, or NULL */
};

void cell_rules_apply(const struct survey *s, const struct cell_rule *questions,
                      size_t len, struct findings *out);

#endif
