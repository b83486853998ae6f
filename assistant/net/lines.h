#ifndef CERTMEND_NET_LINES_H
#define CERTMEND_NET_LINES_H
/*
 * lines - where a line of the peer ends, and which rule it falls under
 *
 * Helper of net/negotiation.c; pure. A line ends with LF, CR before it or not:
 * what RFC 5321 2.3.8 forbids to send is still sent.
 */
#include "net/protocols.h"

#include <stddef.h>

struct span { /* bytes of the peer; not NUL-terminated */
    const char *at;
    size_t len;
};

struct span span_skip(struct span s, size_t n); /* all of it at most */

/* Without its line end. */
struct span lines_trim(struct span line);

/* NULL: no rule is for such a line. */
const struct line_rule *lines_rule(const struct line_rule *rules,
                                   struct span line);

/* Bytes of the first line with its end and its literals (RFC 3501 4.3); 0
 * while it is not all there; more than `max`, when it is or will be longer. */
size_t lines_first(const struct line_rule *rules, struct span in, size_t max);

/* What else talks like this: "HTTP", "SSH", ...; NULL: nothing known. */
const char *lines_guess_protocol(struct span in);

#endif
