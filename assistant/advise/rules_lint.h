#ifndef CERTMEND_ADVISE_RULES_LINT_H
#define CERTMEND_ADVISE_RULES_LINT_H
/*
 * rules_lint - what is wrong with a rule table that could be loaded
 *
 * Loading refuses what cannot be understood; this finds what makes no sense:
 * a finding without a file of rules, a file for a finding that nobody makes,
 * a row that can never hold, two rows with the same conditions and fix, a fix
 * without template, a blank that nothing fills.
 */
#include "advise/advise.h"

struct lint_faults {
    const char **text; /* "rules/x.json: rows[2]: ..." */
    size_t len;
};

/* `findings`: every id that the checks can report. `templates`: a folder, or
 * NULL for the built-in ones. */
struct lint_faults rules_lint(struct arena *a, const struct rules *r,
                              const char *templates,
                              const char *const *findings, size_t len);

#endif
