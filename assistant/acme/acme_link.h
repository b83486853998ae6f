#ifndef CERTMEND_ACME_ACME_LINK_H
#define CERTMEND_ACME_ACME_LINK_H
/*
 * acme_link - the Link header (RFC 8288)
 */
#include "base/arena.h"

struct acme_links {
    struct arena *arena;
    const char **urls; /* https only */
    size_t len;
};

enum { ACME_LINKS_MAX = 20 };

/* Appends the targets of one header that have the relation `rel`. What is not
 * understood ends the header. */
void acme_link_add(struct acme_links *links, const char *header,
                   const char *rel);

#endif
