#ifndef CERTMEND_MODEL_SURVEY_H
#define CERTMEND_MODEL_SURVEY_H
/*
 * survey - everything that was seen for one target, and no opinion about it
 *
 * This is the seam of the program. The probe writes it, crypto/verification
 * fills in what the certificates are worth, the checks read it, and it survives
 * a trip through JSON unchanged (model/survey_json.h), so any run can be saved,
 * mailed in a bug report and judged again offline.
 *
 * Text that came from a peer has been through arena_printable(). Everything
 * lives in `arena`. Cells and findings name certificates and cells by their
 * index, which never changes once given.
 */
#include "base/table.h"
#include "model/cert.h"
#include "model/dns.h"
#include "model/revocation.h"
#include "model/service.h"
#include "model/target.h"

enum outcome {
    OUTCOME_NOT_TRIED = 0,
    OUTCOME_OK,
    OUTCOME_REFUSED,     /* RST, or the protocol's own "no" (4xx, NO, -ERR) */
    OUTCOME_UNREACHABLE, /* no route, network down, not permitted here */
    OUTCOME_TIMED_OUT,
    OUTCOME_CLOSED,              /* the peer hung up */
    OUTCOME_NOT_OFFERED,         /* STARTTLS missing from the capabilities */
    OUTCOME_PROTOCOL_ERROR,      /* bytes outside the protocol */
    OUTCOME_PLAINTEXT_INJECTION, /* clear text behind the go-ahead
                                    (CVE-2011-0411) */
    OUTCOME_ALERTED,             /* fatal TLS alert; see cell.alert */
    OUTCOME_UNTRUSTED, /* the certificate of a web server, by its own rules */
    OUTCOME_COUNT,
};

struct attempt {
    enum outcome outcome;
    const char *detail; /* what the peer or the system said, or NULL */
    int32_t elapsed_ms;
};

/* One complaint about the chain as sent; time plays no part in it. */
enum trust_code {
    TRUST_ISSUER_UNKNOWN, /* the issuer was neither sent nor is it known */
    TRUST_SELF_SIGNED,    /* the leaf signed itself */
    TRUST_ROOT_UNKNOWN,   /* the root was sent, and nobody here trusts it */
    TRUST_BAD_SIGNATURE,
    TRUST_PURPOSE,  /* not meant for servers */
    TRUST_NOT_A_CA, /* an issuer that may not issue */
    TRUST_PATH_LENGTH,
    TRUST_NAME_CONSTRAINT,
    TRUST_MALFORMED, /* cannot be read, or a rule of RFC 5280 is broken */
    TRUST_OTHER,     /* see detail */
    TRUST_CODE_COUNT,
};

struct trust_fault {
    int depth; /* 0 is the leaf */
    enum trust_code code;
    const char *detail; /* for the curious; never judged by */
};

/* What is stapled to a certificate that demands it (RFC 7633). */
enum staple_state {
    STAPLE_NOT_JUDGED, /* nothing demands it, or none was asked for */
    STAPLE_NONE,
    STAPLE_GOOD,
    STAPLE_UNREADABLE, /* or the authority's "I cannot say" */
    STAPLE_OF_ANOTHER, /* speaks of other certificates */
    STAPLE_EXPIRED,
    STAPLE_EARLY, /* from later on */
    STAPLE_REVOKED,
    STAPLE_UNKNOWN, /* the authority does not know the certificate */
    STAPLE_FORGED,  /* not signed by the authority or in its name */
    STAPLE_STATE_COUNT,
};

enum { STAPLE_MAX = 64 * 1024 }; /* bytes; real ones have 500 to 2000 */

struct verdict { /* crypto/verification.c fills it in; pure checks read it */
    bool done;
    bool name_ok;  /* the leaf covers cell.reference */
    bool trusted;  /* the chain as sent leads to an anchor; dates aside */
    bool repaired; /* it does once the fetched certificates are added */
    const struct trust_fault *faults; /* nearest the leaf first */
    size_t faults_len;
    struct trust_fault strict; /* the first that is found where the rules are
                                  taken to the letter (X509_V_FLAG_X509_STRICT),
                                  of a trusted path; detail NULL: none */
    const size_t *leave_out;   /* places in cell.chain: with them some program
                                  goes astray, without them none */
    size_t leave_out_len;
    const size_t *path; /* certs from the leaf to the anchor, or as far as it
                           could be built (with the fetched ones if repaired) */
    size_t path_len;
    enum staple_state staple;
};

/* One look at one (host, address, port, SNI, key type). */
struct cell {
    const char *host;      /* the name looked at */
    const char *reference; /* what its certificate has to cover */
    const char *address;   /* canonical text */
    uint16_t port;         /* host order */
    const char *service;   /* row of services[] */
    enum security security;
    const char *sni;        /* as sent; NULL: none was sent */
    enum key_type key_type; /* only this was offered; KEY_UNKNOWN: any */
    bool asked;             /* false: looked at only to prove a fix */
    struct attempt connect;
    struct attempt greeting; /* NOT_TRIED where TLS starts at once */
    struct attempt starttls; /* likewise */
    struct attempt handshake;
    struct attempt inside; /* within TLS: greeting, where none came before it,
                              and capabilities; NOT_TRIED: not listened for */
    const char *put_off;   /* what it said before, "421 busy", when it was asked
                              a second time; or NULL */
    const char *banner;    /* the greeting's text, or NULL */
    const char *greeted_as; /* host name in greeting or EHLO answer, or NULL */
    const char *const *capabilities; /* as offered before TLS */
    size_t capabilities_len;
    const char *const *inside_capabilities; /* as offered within TLS */
    size_t inside_capabilities_len;
    bool plain_text; /* clear text came where TLS should have started */
    bool wants_tls;  /* silence where a greeting was due, then TLS worked */
    int alert;       /* TLS alert number (RFC 8446 6), -1: none */
    const char *tls_version; /* "TLSv1.3", or NULL */
    const char *cipher;
    const size_t *chain; /* certs as sent: leaf first, no repair */
    size_t chain_len;
    bool staple_asked;     /* an OCSP response was asked for, and the handshake
                              worked; false in older surveys */
    const uint8_t *staple; /* as sent (RFC 6066 8), cut at STAPLE_MAX; NULL:
                              none came */
    size_t staple_len;
    struct verdict verdict;
};

enum cert_origin {
    CERT_SENT,         /* by a server, or read from the file asked about */
    CERT_FETCHED,      /* from the address written in a certificate (AIA) */
    CERT_ANCHOR,       /* from the trusted roots */
    CERT_HYPOTHETICAL, /* made up by prove/ to see what a fix would do */
    CERT_ORIGIN_COUNT,
};

struct held_cert {
    struct cert cert;
    enum cert_origin origin;
    bool malformed; /* only cert.der and cert.sha256_hex mean anything */
    struct revocation revocation;
};

/* One HTTP(S) request made for the survey. */
struct fetch {
    const char *url;
    const char *address; /* the address asked, or NULL: whichever */
    struct attempt attempt;
    int status;           /* HTTP status, 0: none came */
    const char *location; /* of a redirect, or NULL */
    const char *date;     /* by the server's clock, as it said it, or NULL */
    const uint8_t *body;
    size_t body_len; /* bytes; cut at FETCH_MAX, a list at FETCH_LIST_MAX */
};

enum {
    FETCH_MAX = 256 * 1024,
    FETCH_LIST_MAX = 20 * 1024 * 1024, /* of revoked certificates */
};

/* A certificate that is to be ordered, whatever the looks call for. */
struct ordered {
    struct text_list names;       /* none: only what the faults call for */
    struct text_list authorities; /* the CA in CAA records; none: unknown */
    const char *method;           /* "http-01"; NULL: not settled */
    const char *account;          /* ACME account URL, or NULL: not known */
    const char *shown; /* what this machine showed at http01_url() while the
                          looks were taken; NULL: nothing */
};

struct knowledge;

struct mail_ways;

struct survey {
    struct arena *arena;
    struct target target;
    const struct knowledge *knowledge; /* facts/knowledge.h; NULL: built in */
    struct ordered ordered;
    int64_t taken_at;     /* Unix seconds: when we looked */
    int64_t judged_at;    /* Unix seconds: taken_at, or --now */
    bool has_no_route;    /* this computer had no way to the Internet */
    const char *resolver; /* "127.0.0.1:5353" when one was given, or NULL */
    struct dns_answer *answers;
    size_t answers_len;
    struct cell *cells;
    size_t cells_len;
    struct held_cert *certs;
    size_t certs_len;
    struct fetch *fetches;
    size_t fetches_len;
    const struct mail_ways *ways; /* filled in by facts/mail_ways.c for a mail
                                     domain, not saved; or NULL */
};

extern const struct word outcome_words[];     /* "worked", "timed-out" ... */
extern const struct word trust_words[];       /* "issuer-unknown" ... */
extern const struct word cert_origin_words[]; /* "sent", "fetched" ... */

struct survey *survey_new(struct arena *a, const struct target *t,
                          int64_t taken_at);

/* Append. What they are given is copied (not deeply: text stays shared). */
struct cell *survey_cell_add(struct survey *s, const struct cell *c);
void survey_answer_add(struct survey *s, const struct dns_answer *answer);
void survey_fetch_add(struct survey *s, const struct fetch *f);
/* The same certificate is kept once, under its first origin. The index. */
size_t survey_cert_add(struct survey *s, const struct held_cert *cert);

/* What the resolver said; NULL: that question was not asked. */
const struct dns_answer *survey_answer(const struct survey *s, const char *name,
                                       enum dns_type type);
const struct fetch *survey_fetch(const struct survey *s, const char *url);

/* The leaf of a cell, or NULL: no certificate came, or it is malformed. */
const struct cert *cell_leaf(const struct survey *s, const struct cell *c);

/* The leaf of a cell that was asked for, unless another such cell before it
 * showed the same: for who reads the names of each certificate once. */
const struct cert *survey_new_leaf(const struct survey *s, size_t cell);

/* "192.0.2.1:587", "[2001:db8::1]:465". */
const char *cell_where(struct arena *a, const struct cell *c);

/* All of a host's A and AAAA addresses, in answer order; an address literal
 * is its own. */
struct text_list survey_addresses(const struct survey *s, struct arena *a,
                                  const char *host);

#endif
