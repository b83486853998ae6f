#ifndef CERTMEND_RUN_HERE_FILE_H
#define CERTMEND_RUN_HERE_FILE_H
/*
 * here_file - what is in the files that a place names, and what a chain would
 * be worth at an endpoint
 *
 * Helper of run/here_look.c.
 */
#include "crypto/x509_read.h"
#include "machine/server_conf.h"
#include "run/evaluation.h"

enum here_key {
    HERE_KEY_UNKNOWN, /* it cannot be told: a passphrase, no certificate */
    HERE_KEY_FITS,
    HERE_KEY_OTHER, /* it is another certificate's */
};

struct here_file {
    struct cert_list chain; /* len 0: there is none, see `gone` */
    const char *gone; /* why there is no certificate or no key: one sentence;
                         NULL: both are there */
    bool not_root;    /* we had no right to read it */
    bool locked;      /* the key is in a passphrase */
    size_t fits_at;   /* the certificate in the file that the key fits, from 1;
                         0: none */
    enum here_key key;
    const char *closed; /* what the service's user may not pass or read; NULL:
                           it may read both, or this cannot be told */
};

/* Reads certificate, key and chain of a place; `conf` is open. */
void here_file_read(struct arena *a, const struct server_conf *conf,
                    const struct tls_place *place, struct here_file *out);

struct here_worth {
    bool good;        /* names, dates, trust: all as they should be */
    bool lacks_chain; /* all would be, were the certificates behind it there */
    const char *why; /* what is wrong: half a sentence about "it"; NULL: good */
};

/* What `chain` would be worth in place of what was shown there. */
MUST_CHECK bool here_worth_of(struct evaluation *j, const struct survey *s,
                              const struct cell *c,
                              const struct cert_list *chain,
                              struct here_worth *out, struct err *err);

/* The same of what was shown. */
struct here_worth here_worth_shown(struct arena *a, const struct survey *s,
                                   const struct cell *c);

#endif
