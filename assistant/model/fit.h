#ifndef CERTMEND_MODEL_FIT_H
#define CERTMEND_MODEL_FIT_H
/*
 * fit - why a certificate's names do or do not cover a name
 *
 * It explains; the verdict is OpenSSL's (crypto/verdict.h), and a test proves
 * over generated pairs that the two never disagree. RFC 9525 section 6: only
 * SAN entries, DNS against dNSName, IP against iPAddress, `*` only as the
 * whole leftmost label for exactly one label, ASCII case folded.
 */
#include "model/cert.h"

enum fit_kind {
    FIT_COVERED,
    FIT_IP_AS_DNSNAME,    /* the IP stands there as a DNS name */
    FIT_IP_REFERENCE,     /* an IP was asked, and names are there */
    FIT_CN_ONLY,          /* no DNS or IP name at all, the CN would fit */
    FIT_CN_MATCHES,       /* SANs are there without it; the CN would fit */
    FIT_PARTIAL_WILDCARD, /* "m*.example.com" */
    FIT_APEX,             /* "*.example.com" for "example.com" */
    FIT_DEPTH,            /* "*.example.com" for "a.b.example.com" */
    FIT_SIBLING,          /* the same registrable domain */
    FIT_FOREIGN,          /* other domains only */
    FIT_NO_NAMES,         /* nothing to compare with */
    FIT_KIND_COUNT,
};

struct fit {
    enum fit_kind kind;
    const char *pattern; /* what covers it, or the nearest miss; may be NULL */
};

/* The word of a kind: "one-label-too-deep". For JSON. */
const char *fit_word(enum fit_kind kind);

/* One sentence without full stop: "*.example.com covers one label, ..." */
const char *fit_sentence(struct arena *a, const char *name, struct fit fit);

/* `name` in normal form, or an address. Never fails. */
struct fit fit_cert(const struct cert *c, const char *name);

/* The same for bare patterns, each taken as a dNSName or iPAddress. */
struct fit fit_patterns(const char *const *patterns, size_t len,
                        const char *name);

#endif
