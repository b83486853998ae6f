#ifndef CERTMEND_ADVISE_ADVISE_H
#define CERTMEND_ADVISE_ADVISE_H
/*
 * advise - findings in, plan out, by the decision table in rules/
 *
 * For each finding, the rows in rules/<finding-id>.json are tried from top to
 * bottom and every row that holds contributes its fix. The same fix with the
 * same parameters is one fix, with all its causes. Nothing is proven here.
 * The plan gets with it the order of rules/judging.json, how sure a program
 * can be to get through, and which findings are one fault.
 *
 * To add a rule: a row in rules/<finding>.json. A word for "when" or "with":
 * a row in advise/facts.c. A fix: rules/fixes/<id>.json and
 * templates/<id>/generic.mustache.
 */
#include "model/plan.h"

struct rules; /* loaded and checked, read-only from then on */

/* The built-in table, or the one in folder `dir`. An unknown word is an
 * ERR_INPUT with file, row and word. */
MUST_CHECK bool rules_load(struct arena *a, const char *dir,
                           const struct rules **out, struct err *err);

const struct fix_def *rules_find_fix(const struct rules *r, const char *id);
const struct fix_defs *rules_fixes(const struct rules *r);
const struct judging *rules_judging(const struct rules *r);

/* What a gate of that id stands for, in sentences; NULL: nobody says. */
const char *rules_gate(const struct rules *r, const char *id);

void advise(const struct rules *r, const struct survey *s,
            const struct findings *found, struct plan *out);

#endif
