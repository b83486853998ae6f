#ifndef CERTMEND_MODEL_HOST_PORT_H
#define CERTMEND_MODEL_HOST_PORT_H
/*
 * host_port - a host and a port in one word, read and written (RFC 3986 3.2)
 *
 * Whether the host is one, name.h tells. What people write around a target is
 * read by target.c.
 */
#include "base/arena.h"

#include <stdint.h>

/*
 * "HOST", "HOST:PORT", "[V6]", "[V6]:PORT", "V6", ":PORT". The host comes
 * without brackets, "" where there is none; *port stays as it is where none is
 * written. False: it is nothing of these, and nothing is set.
 */
MUST_CHECK bool host_port_read(struct arena *a, const char *text,
                               const char **host, uint16_t *port);

/* The port that `text` begins with, 0 to 65535 in one to five digits. Gives
 * back how many; 0: there is none, and *out stays as it is. */
size_t host_port_number(const char *text, uint16_t *out);

/* "192.0.2.1:25", "[2001:db8::1]:25"; port 0: the host alone, as it is. */
const char *host_port_text(struct arena *a, const char *host, uint16_t port);

/* "[2001:db8::1]"; any other host as it is. */
const char *host_port_bracketed(struct arena *a, const char *host);

#endif
