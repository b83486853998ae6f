#ifndef CERTMEND_MACHINE_ASK_PROGRAM_H
#define CERTMEND_MACHINE_ASK_PROGRAM_H
/*
 * ask_program - what a server's own program says of its configuration
 *
 * Runs in the root that it is asked about (chroot(2) where that is another
 * folder than ours; never in that of a container) with our rights, environment
 * emptied but for PATH and LC_ALL=C, no input, a limit of time. Standard output
 * and standard error are kept apart: warnings are no part of the answer.
 */
#include "machine/machine_file.h"

enum { ASK_OUTPUT_MAX = 4 * 1024 * 1024, ASK_LIMIT_MS = 20 * 1000 };

struct program_answer {
    int status;         /* exit status; -1: it did not end by itself */
    const char *output; /* standard output, NUL-terminated */
    size_t output_len;
    const char *complaint; /* last line of standard error, printable; "" */
};

/* False: it could not be started, or said more than ASK_OUTPUT_MAX. */
MUST_CHECK bool ask_program(struct arena *a, const struct machine_root *root,
                            const char *const *argv, struct program_answer *out,
                            struct err *err);

#endif
