#ifndef CERTMEND_CMD_PROMPT_EDIT_H
#define CERTMEND_CMD_PROMPT_EDIT_H
/*
 * prompt_edit - the door to libedit, for cmd/prompt.c
 *
 * Loaded when a person sits at a terminal and only then; without the library
 * lines are read plainly. Nothing typed is kept as history: somebody may type
 * a password in spite of all.
 */
#include "base/arena.h"

/* NULL: there is no line editor. `sign` has to outlive it. */
void *prompt_edit_open(const char *sign);
void prompt_edit_close(void *editor);

/* False: the end. */
MUST_CHECK bool prompt_edit_line(void *editor, struct arena *a,
                                 const char **line);

#endif
