#ifndef CERTMEND_CMD_FIX_ACT_H
#define CERTMEND_CMD_FIX_ACT_H
/*
 * fix_act - does what the guide offers to do (guide/actions.h)
 *
 * To add one: a row in fix_act.c.
 */
#include "cmd/fix_hands.h"
#include "guide/session.h"

/* That it cannot be done is a deed too. Texts live in `a`. */
void fix_act(struct arena *a, struct fix_hands *hands, const struct session *s,
             const struct action *action, struct action_result *out);

#endif
