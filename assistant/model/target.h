#ifndef CERTMEND_MODEL_TARGET_H
#define CERTMEND_MODEL_TARGET_H
/*
 * target - what the user asked us to look at
 */
#include "base/table.h"
#include "model/name.h"

#include <stdint.h>

enum target_kind {
    TARGET_HOST,   /* a name, or an address: `host` is then its text */
    TARGET_DOMAIN, /* a mail domain: its MX hosts are looked at */
    TARGET_FILE,   /* a certificate in a file */
    TARGET_KIND_COUNT,
};

/* Who connects; decides severity (RFC 7817, RFC 3207, RFC 9525). */
enum role { ROLE_MUA, ROLE_MX, ROLE_HTTPS, ROLE_COUNT };

struct target {
    enum target_kind kind;
    const char *input;   /* as typed, printable; a password is masked */
    const char *label;   /* whose it is, as a list says, or NULL; not saved */
    const char *host;    /* normal form; TARGET_FILE: NULL */
    const char *domain;  /* TARGET_DOMAIN: the mail domain; else NULL */
    const char *path;    /* TARGET_FILE; else NULL */
    const char *service; /* a row of the protocol table, or NULL */
    uint16_t port;       /* host order; 0: every port we know */
    enum role role;
    const char *name; /* the reference identity when it is not host, or NULL */
    const char *sni;  /* sent instead of host, or NULL */
    bool no_sni;      /* send none */
    const char *expected; /* SHA-256 of the certificate that should be served,
                             lower-case hex, or NULL */
    struct target_expected {
        const char *file;     /* its absolute path */
        const char *serial;   /* lower-case hex */
        int64_t begins, ends; /* Unix seconds */
    } expected_as;            /* of `expected`; empty where it is not known */
    bool revocation;          /* the authorities' lists are fetched too */
    bool host_is_ip;
    const char *const *corrections; /* what was put right, in sentences */
    size_t corrections_len;
};

extern const struct word role_words[]; /* "mua", "mx", "https" */

/* The name a certificate has to carry for this target; never NULL except for
 * a file without --name. */
const char *target_reference(const struct target *t);

/*
 * Reads a host, host:port, [v6]:port, URL, address or user@domain, and puts
 * right what people paste around it. Services named by a URL's scheme are
 * kept in `service`, unchecked words are an error. A path to an existing file
 * is the caller's business (cmd/). role is ROLE_MUA until somebody says more.
 */
MUST_CHECK bool target_parse(struct arena *a, const char *text,
                             struct target *out, struct err *err);

#endif
