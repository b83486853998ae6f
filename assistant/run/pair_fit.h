#ifndef CERTMEND_RUN_PAIR_FIT_H
#define CERTMEND_RUN_PAIR_FIT_H
/*
 * pair_fit - would a server do well with this certificate and this key
 *
 * Asked before anything is changed or reloaded: what servers call a check of
 * their configuration passes with the key of another certificate, and then the
 * port is closed, or offers no TLS. Two kinds of faults are told apart:
 *
 *   broken   a server that reads these files is worse off than before
 *   faults   it serves them, and its clients complain
 *
 * A file that cannot be read is broken, not an error of ours.
 */
#include "crypto/x509_read.h"
#include "machine/machine_file.h"
#include "run/evaluation.h"

struct pair_files {
    const struct machine_root *root;
    const char *cert, *key; /* absolute in that root; key NULL: not known */
    const char *chain; /* what stands behind the leaf; NULL: in `cert` too */
    const char *user;  /* who reads the key: "root"; NULL: not known */
};

struct pair_fit {
    struct cert_list chain;          /* leaf first; empty: it cannot be read */
    struct text_list broken, faults; /* one sentence each, with full stop */
    bool open_key; /* everybody on this machine may read the key */
};

/* Fills chain, broken and open_key. */
void pair_fit_read(struct arena *a, const struct pair_files *files,
                   struct pair_fit *out);

/* Adds to `faults` what "certmend check CERT --name NAME" calls an error.
 * A server that is shown another name's certificate has a fault of that kind,
 * too; `name` NULL: any name is right. */
MUST_CHECK bool pair_fit_judge(struct arena *a, struct evaluation *j,
                               const char *path, const char *name,
                               struct pair_fit *fit, struct err *err);

#endif
