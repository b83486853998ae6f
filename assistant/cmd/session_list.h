#ifndef CERTMEND_CMD_SESSION_LIST_H
#define CERTMEND_CMD_SESSION_LIST_H
/*
 * session_list - "certmend fix --list": what can be gone on with
 */
#include "base/arena.h"

MUST_CHECK bool session_list(struct arena *a, const char *dir, struct err *err);

#endif
