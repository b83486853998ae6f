#ifndef CERTMEND_ADVISE_LINT_BLANKS_H
#define CERTMEND_ADVISE_LINT_BLANKS_H
/*
 * lint_blanks - blanks in texts, and whether anything fills them
 */
#include "advise/rules.h"

/* The first blank of a rule's own text that is no fact; NULL: all are, or the
 * text is no template (then *why says so). */
const char *lint_rule_text(struct arena *a, const char *text, const char **why);

/* The same for a fix's template, whose blanks may be parameters too. */
const char *lint_fix_text(struct arena *a, const struct rules *r,
                          const struct fix_file *fix, const char *templates,
                          const char *name, const char **why);

/* The same for its title: parameters only. */
const char *lint_fix_title(struct arena *a, const struct rules *r,
                           const struct fix_file *fix, const char **why);

#endif
