#ifndef CERTMEND_ADVISE_RULES_LINT_H
#define CERTMEND_ADVISE_RULES_LINT_H
/*
 * rules_lint - what is wrong with a rule table that could be loaded
 *
 * Loading refuses what cannot be understood; this finds what makes no sense:
 * a finding without a file of rules, a file for a finding that nobody makes,
 * a row that can never hold, two rows with the same conditions and fix, a fix
 * without template, a blank that nothing fills, a gate without a sentence; a
 * cause, or points, for a finding that nobody makes.
 */
#include "advise/advise.h"

/* What the program itself makes. */
struct lint_known {
    const char *const *findings; /* every id that the checks can report */
    size_t findings_len;
    const char *const *gates; /* every id of a gate */
    size_t gates_len;
};

/* The faults, as "rules/x.json: rows[2]: ...". `templates`: a folder, or NULL
 * for the built-in ones. */
struct text_list rules_lint(struct arena *a, const struct rules *r,
                            const char *templates,
                            const struct lint_known *known);

#endif
