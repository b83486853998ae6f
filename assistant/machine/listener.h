#ifndef CERTMEND_MACHINE_LISTENER_H
#define CERTMEND_MACHINE_LISTENER_H
/*
 * listener - which process of this machine answers on which port (proc(5))
 *
 * Reads /proc/net/tcp and /proc/net/tcp6 of each network namespace that can be
 * read, and /proc/PID/fd. Without root only one's own processes have a name:
 * the others' `pid` is 0, and nothing is guessed.
 */
#include "base/arena.h"

#include <stdint.h>
#include <sys/types.h>

struct listener {
    uint16_t port;       /* host order */
    const char *address; /* "0.0.0.0", "::", "192.0.2.7" */
    pid_t pid;           /* the topmost that holds the socket; 0: not known */
    uid_t uid;           /* effective, of that process */
    const char *program; /* what is run: /usr/sbin/dovecot; NULL: not known */
    const char *const *argv; /* NULL ends it */
    const char *unit;        /* of systemd: "dovecot.service"; or NULL */
    const char *container;   /* it runs in one: how that is called; or NULL */
    const char *root;        /* "/", or "/proc/PID/root" where that differs */
    bool other_net; /* it listens in a network of its own, not in ours */
};

struct listeners {
    struct listener *items;
    size_t len;
    bool some_unknown; /* not root: some have no process */
};

/* `proc` is "/proc", or a folder that looks like it. */
MUST_CHECK bool listeners_find(struct arena *a, const char *proc,
                               struct listeners *out, struct err *err);

#endif
