#ifndef CERTMEND_ACT_HOOK_SPAWN_H
#define CERTMEND_ACT_HOOK_SPAWN_H
/*
 * hook_spawn - starts a program in a process group of its own
 *
 * Helper of act/hook.c.
 */
#include "base/arena.h"

#include <sys/types.h>

struct hook_child {
    pid_t pid;  /* for waitpid(); leads its group */
    int pidfd;  /* readable once it has ended */
    int output; /* what it writes to standard output and error */
};

/* NULL: it runs; else one sentence why not. */
const char *hook_spawn(struct arena *a, const char *const *argv,
                       const char *const *env, struct hook_child *out);

#endif
