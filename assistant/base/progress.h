#ifndef CERTMEND_BASE_PROGRESS_H
#define CERTMEND_BASE_PROGRESS_H
/*
 * progress - one line on the terminal while somebody waits
 *
 * On standard error, and only where a person sits and the line can be taken
 * back: a terminal that moves its cursor, with this program in its foreground,
 * and not where standard output goes into a pipe, as a pager draws on the same
 * screen. Elsewhere nothing is written at all.
 *
 * Whoever writes anything else to the terminal calls progress_clear() first;
 * command_print() and base/log.c do.
 */
#include <stdbool.h>

/* There is such a terminal. */
bool progress_is_possible(void);

/* Columns that a line may have; meaningful where progress is possible. */
int progress_columns(void);

/* Takes the place of what was shown, cut to the width; ASCII. */
void progress_show(const char *text);
void progress_clear(void);

#endif
