#ifndef CERTMEND_CMD_FIX_HERE_H
#define CERTMEND_CMD_FIX_HERE_H
/*
 * fix_here - "certmend fix TARGET --here": what stands behind the target's
 * ports on this machine, and mending it there
 */
#include "cmd/fix_options.h"
#include "run/exit_status.h"

/* *goes_on: a person is there, and it takes a session to go on: nothing that
 * lies on this machine is right. */
enum exit_status fix_here(struct arena *a, const struct fix_options *o,
                          const struct text_list *words, bool *goes_on,
                          struct err *err);

#endif
