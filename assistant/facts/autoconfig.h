#ifndef CERTMEND_FACTS_AUTOCONFIG_H
#define CERTMEND_FACTS_AUTOCONFIG_H
/*
 * autoconfig - the servers that a settings file names; the door to expat
 *
 * Reads config-v1.1.xml as mail programs do (draft-ietf-mailmaint-autoconfig)
 * and the answer of Autodiscover. Whatever a web server sends may be such a
 * file: the root element decides, never the type it is sent as. A file with a
 * DOCTYPE is not read, so there are no entities. A server without a host name
 * of letters, digits and hyphens or without a port is left out, the others
 * stand. Pure.
 */
#include "base/arena.h"

#include <stdint.h>

enum autoconfig_state {
    AUTOCONFIG_NONE,   /* a page, or another thing: nothing is published */
    AUTOCONFIG_READ,   /* its servers are known */
    AUTOCONFIG_BROKEN, /* meant to be one, and cannot be read */
};

enum autoconfig_socket {
    AUTOCONFIG_PLAIN,
    AUTOCONFIG_STARTTLS,
    AUTOCONFIG_TLS, /* from the first byte */
};

struct autoconfig_server {
    const char *family; /* of services[]: "imap", "pop3", "smtp" */
    const char *host;   /* normal form */
    uint16_t port;
    enum autoconfig_socket socket;
};

enum {
    AUTOCONFIG_MAX = 256 * 1024, /* bytes of a file */
    AUTOCONFIG_SERVERS_MAX = 64,
};

struct autoconfig {
    enum autoconfig_state state;
    const char *why; /* AUTOCONFIG_BROKEN: half a sentence */
    const struct autoconfig_server *servers; /* in the order of the file */
    size_t len;
};

/* %EMAILDOMAIN% in a host name is `domain`. */
void autoconfig_read(struct arena *a, const void *bytes, size_t len,
                     const char *domain, struct autoconfig *out);

#endif
