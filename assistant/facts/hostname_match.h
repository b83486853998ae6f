#ifndef CERTMEND_FACTS_HOSTNAME_MATCH_H
#define CERTMEND_FACTS_HOSTNAME_MATCH_H
/*
 * hostname_match - why a certificate's names do or do not cover a name
 *
 * It explains; the verdict is OpenSSL's (crypto/verification.h), and a test
 * proves over generated pairs that the two never disagree. RFC 9525 section 6:
 * only SAN entries, DNS against dNSName, IP against iPAddress, `*` only as the
 * whole leftmost label for exactly one label, ASCII case folded.
 */
#include "model/cert.h"

enum hostname_match_kind {
    MATCH_COVERED,
    MATCH_IP_AS_DNSNAME,    /* the IP stands there as a DNS name */
    MATCH_IP_REFERENCE,     /* an IP was asked, and names are there */
    MATCH_CN_ONLY,          /* no DNS or IP name at all, the CN would fit */
    MATCH_CN_MATCHES,       /* SANs are there without it; the CN would fit */
    MATCH_PARTIAL_WILDCARD, /* "m*.example.com" */
    MATCH_APEX,             /* "*.example.com" for "example.com" */
    MATCH_DEPTH,            /* "*.example.com" for "a.b.example.com" */
    MATCH_SIBLING,          /* the same registrable domain */
    MATCH_FOREIGN,          /* other domains only */
    MATCH_NO_NAMES,         /* nothing to compare with */
    MATCH_KIND_COUNT,
};

struct hostname_match {
    enum hostname_match_kind kind;
    const char *pattern; /* what covers it, or the nearest miss; may be NULL */
};

/* The word of a kind: "one-label-too-deep". For JSON. */
const char *hostname_match_word(enum hostname_match_kind kind);

/* One sentence without full stop: "*.example.com covers one label, ..." */
const char *hostname_match_sentence(struct arena *a, const char *name,
                                    struct hostname_match m);

/* `name` in normal form, or an address. Never fails. */
struct hostname_match hostname_match_cert(const struct cert *c,
                                          const char *name);

/* The same for bare patterns, each taken as a dNSName or iPAddress. */
struct hostname_match hostname_match_patterns(const char *const *patterns,
                                              size_t len, const char *name);

#endif
