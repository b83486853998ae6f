#ifndef CERTMEND_ADVISE_RULES_LINT_VARIABLES_H
#define CERTMEND_ADVISE_RULES_LINT_VARIABLES_H
/*
 * rules_lint_variables - blanks in texts, and whether anything fills them
 */
#include "advise/rules.h"
#include "advise/text_source.h"

/* The first blank of a rule's own text that is no fact; NULL: all are, or the
 * text is no template (then *why says so). */
const char *lint_rule_text(struct arena *a, const char *text, const char **why);

/* The same for a fix's template <fix>/<name>.mustache, whose blanks may be
 * parameters too. A section may ask for what only other fixes have: texts are
 * shared. */
const char *lint_fix_text(const struct rules *r, const struct fix_def *fix,
                          const struct text_source *from, const char *name,
                          const char **why);

/* The same for its title: parameters only. */
const char *lint_fix_title(struct arena *a, const struct rules *r,
                           const struct fix_def *fix, const char **why);

#endif
