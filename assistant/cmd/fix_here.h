#ifndef CERTMEND_CMD_FIX_HERE_H
#define CERTMEND_CMD_FIX_HERE_H
/*
 * fix_here - "certmend fix TARGET --here": what stands behind the target's
 * ports on this machine
 */
#include "cmd/fix_options.h"
#include "run/exit_status.h"

enum exit_status fix_here(struct arena *a, const struct fix_options *o,
                          const struct text_list *words, struct err *err);

#endif
