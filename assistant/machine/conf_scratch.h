#ifndef CERTMEND_MACHINE_CONF_SCRATCH_H
#define CERTMEND_MACHINE_CONF_SCRATCH_H
/*
 * conf_scratch - a folder outside the server's own, in which its program is
 * asked what it makes of a changed configuration
 *
 * Below /tmp of the same root, 0700, gone with conf_scratch_ask(). It shows
 * the names of the server's folder as links, and files of our own in place of
 * some: so what is named relative to the configuration is found.
 */
#include "machine/server_conf.h"

struct conf_scratch {
    int parent;       /* /tmp */
    int fd;           /* of the folder */
    const char *name; /* in /tmp */
    const char *path; /* absolute in that root */
};

/* In place of the link of that name, where there is one. */
MUST_CHECK bool conf_scratch_put(const struct conf_scratch *scratch,
                                 const char *name, const char *text, size_t len,
                                 struct err *err);

/* Asks the kind's holds() in one made for it. `was_asked` is written where
 * nothing speaks against the edits: could the program be asked? */
MUST_CHECK bool conf_scratch_ask(struct arena *a,
                                 const struct conf_trial *trial,
                                 bool *was_asked, struct err *err);

#endif
