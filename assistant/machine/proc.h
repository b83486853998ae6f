#ifndef CERTMEND_MACHINE_PROC_H
#define CERTMEND_MACHINE_PROC_H
/*
 * proc - what /proc says of a process (proc(5))
 *
 * `proc` is "/proc", or a folder that looks like it. Processes come and go:
 * what cannot be read is not there, which is never an error. Helper of
 * machine/listener.c.
 */
#include "base/arena.h"

#include <sys/types.h>

/* The numbers of all processes, ascending. False: there is no such folder. */
bool proc_pids(struct arena *a, const char *proc, pid_t **out, size_t *len);

/* A file of it ("812/cgroup"), cut at `max` bytes; NULL: not to be read. */
const char *proc_text(struct arena *a, const char *proc, const char *name,
                      size_t max, size_t *len);

/* Where a link of it leads to ("812/exe"); NULL: not to be read. */
const char *proc_link(struct arena *a, const char *proc, const char *name);

pid_t proc_parent(struct arena *a, const char *proc, pid_t pid); /* or 0 */
uid_t proc_uid(struct arena *a, const char *proc, pid_t pid);    /* effective */

/* Its words; NULL ends them. Never NULL itself. */
const char *const *proc_argv(struct arena *a, const char *proc, pid_t pid);

/* What is run, without the mark of a program that was replaced since. */
const char *proc_program(struct arena *a, const char *proc, pid_t pid);

/* "/", or "PROC/PID/root" where it sees another folder as "/" than we do. */
const char *proc_root(struct arena *a, const char *proc, pid_t pid);

/* The system's unit that it belongs to, "dovecot.service"; or NULL. */
const char *proc_unit(struct arena *a, const char *cgroup);

/* The container that it runs in, "the Docker container 3f2a91c0d4e5"; or
 * NULL. Both by the text of PID/cgroup. */
const char *proc_container(struct arena *a, const char *cgroup);

#endif
