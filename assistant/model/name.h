#ifndef CERTMEND_MODEL_NAME_H
#define CERTMEND_MODEL_NAME_H
/*
 * name - host names and IP addresses as text
 *
 * The door to libidn2 and libpsl: tables, no I/O. Inside the program a name is
 * an A-label in lower case without trailing dot ("normal form"); an address is
 * in canonical text (RFC 5952 for IPv6, no brackets, no zone).
 */
#include "base/arena.h"

#include <stdint.h>

enum name_kind {
    NAME_BAD,  /* neither; see name_read.why */
    NAME_HOST, /* a DNS host name */
    NAME_IP4,
    NAME_IP6,
    NAME_KIND_COUNT,
};

/* What had to be put right before the text was a name. Bits. */
enum name_repair {
    NAME_REPAIR_NONE = 0,
    NAME_REPAIR_CASE = 1,      /* folded to lower case; not worth a word */
    NAME_REPAIR_BLANKS = 2,    /* spaces around it, no-break spaces too */
    NAME_REPAIR_DOT = 4,       /* one trailing dot */
    NAME_REPAIR_IDN = 8,       /* U-labels became A-labels (IDNA2008) */
    NAME_REPAIR_BRACKETS = 16, /* [2001:db8::1] */
};

struct name_read {
    enum name_kind kind;
    const char *text; /* normal form; NULL when kind is NAME_BAD */
    unsigned repairs; /* of enum name_repair */
    const char *why;  /* NAME_BAD: "an empty label", in words; else NULL */
};

/*
 * Reads a reference name as a person typed it: RFC 1123 2.1 labels of letters,
 * digits, hyphen and (tolerated) underscore, 1..63 bytes each, 253 in all;
 * UTS 46 non-transitional then IDNA2008 for U-labels, round trip checked. An
 * all-numeric last label is no host name. inet_aton forms are refused.
 */
struct name_read name_read(struct arena *a, const char *text, size_t len);

/* Takes blanks off both ends, no-break and zero-width ones too. */
void name_trim(const char **text, size_t *len);

/* "*.example.com" or a host in normal form; NULL when it is neither. For
 * names that people want in a certificate. */
const char *name_read_pattern(struct arena *a, const char *text);

bool name_is_wildcard(const char *name); /* "*.example.com" */
const char *name_base(const char *name); /* what stands behind its "*."; any
                                            other name is its own base */

bool name_is_ip(const char *text);
/* 4 or 16 bytes in network order; 0 when `text` is no address. */
size_t name_ip_bytes(const char *text, uint8_t out[16]);
/* Canonical text of 4 or 16 bytes; NULL for any other length. */
const char *name_ip_text(struct arena *a, const uint8_t *bytes, size_t len);
bool name_ip_is_private(const char *ip); /* not reachable from outside:
                                            RFC 6890 special purpose */
bool name_ip_is_loopback(const char *ip);
/* "192.0.2.0/24" or "2001:db8::/32"; no bit is set behind the prefix. */
bool name_is_ip_range(const char *text);
bool name_ip_is_in(const char *ip, const char *range);

/*
 * How near to us an address is. An address that carries another one (mapped,
 * NAT64, 6to4, Teredo) is as near as that.
 */
enum ip_reach {
    IP_PUBLIC,
    IP_PRIVATE, /* of a network of our own: RFC 1918, ULA, CGNAT, ... */
    IP_LINK,    /* of this link */
    IP_OWN,     /* this machine */
    IP_NOWHERE, /* unspecified, multicast, where a machine in a cloud is told
                   its secrets; no address at all */
};

enum ip_reach name_ip_reach(const char *ip);
enum ip_reach name_ip_farther(enum ip_reach one, enum ip_reach other);

/* May what was said at an address of the one kind send us to the other? A
 * stranger must not name a router or a service of this machine. */
bool name_ip_may_lead(enum ip_reach from, enum ip_reach to);

/* Public Suffix List. NULL where there is none (a single label, an IP). */
const char *name_domain(struct arena *a, const char *host); /* registrable */
bool name_is_public_suffix(const char *host);
bool name_same_domain(const char *a, const char *b); /* registrable, both */
/* Its last label is a top-level domain, or one reserved for names that are not
 * public: text with a dot in it that may well be a host. */
bool name_has_known_end(const char *host);
bool name_is_internal(const char *host); /* single label, .local, .lan,
                                            .internal, .home.arpa, ... */

/* The name as people write it: U-labels where it has A-labels. */
const char *name_for_people(struct arena *a, const char *host);

/* "1.0.10.127.in-addr.arpa" (RFC 1035 3.5), ".ip6.arpa" (RFC 3596 2.5). */
const char *name_reverse(struct arena *a, const char *ip);

/* Below `zone`: "a.example.com" is, "example.com" itself is not. */
bool name_is_below(const char *host, const char *zone);
size_t name_labels(const char *host);

#endif
