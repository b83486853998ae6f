#ifndef CERTMEND_RUN_LINEAGES_H
#define CERTMEND_RUN_LINEAGES_H
/*
 * lineages - the certificates in a folder DIR/live, and which name should show
 * which
 *
 * As certbot keeps them, and certmend: DIR/live/NAME/cert.pem. Where several
 * are for one name, the newest of each kind of key should be shown. A wildcard
 * has no place to look at.
 */
#include "base/arena.h"
#include "base/text.h"

struct lineage_look {
    const char *name; /* to be looked at */
    const char *file; /* the certificate it should show */
    const char *sha256_hex;
};

struct lineage_looks {
    const struct lineage_look *all;
    size_t len;
    struct text_list unreadable; /* one sentence each */
    struct text_list nowhere;    /* lineages with wildcards alone */
};

/* ERR_INPUT where there is no such folder, or nothing in it. */
MUST_CHECK bool lineages_read(struct arena *a, const char *dir,
                              struct lineage_looks *out, struct err *err);

#endif
