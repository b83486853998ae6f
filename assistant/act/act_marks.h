#ifndef CERTMEND_ACT_ACT_MARKS_H
#define CERTMEND_ACT_ACT_MARKS_H
/*
 * act_marks - how far an act went, as files in its folder
 *
 * A mark is made whole and flushed; which of them are there says the state.
 */
#include "act/act_folder.h"
#include "act/act_journal.h"

extern const char act_mark_taking_back[]; /* some may have its old bytes */
extern const char act_mark_conflict[];    /* its text: the file */

enum act_state act_marks_state(const struct act_folder *f);

/* It was cut short, or its taking back was. */
bool act_marks_is_open(const struct act_folder *f);

MUST_CHECK bool act_marks_put(const struct act_folder *f, enum act_state state,
                              struct err *err);

/* ACT_RESTORED where a server may have read ours and can be told; else
 * ACT_UNDONE. */
MUST_CHECK bool act_marks_put_restored(const struct act_folder *f,
                                       bool has_reload, struct err *err);

#endif
