#ifndef CERTMEND_MESSAGES_ERROR_PATTERN_LINT_H
#define CERTMEND_MESSAGES_ERROR_PATTERN_LINT_H
/*
 * error_pattern_lint - what is wrong with messages that could be loaded
 *
 * Loading refuses unknown keys, ids that are taken and meanings that do not
 * exist. This finds what makes no sense: a finding id that nobody knows, a
 * meaning that nothing leads to, a sample that is taken for another message, a
 * wording that can never be reached because another one is always first.
 */
#include "messages/error_pattern.h"

/* `findings`: every id that the checks can report. One line a fault. */
struct text_list error_pattern_lint(struct arena *a,
                                    const struct error_pattern_table *table,
                                    const char *const *findings, size_t len);

#endif
