#ifndef CERTMEND_ACT_KEY_FILE_H
#define CERTMEND_ACT_KEY_FILE_H
/*
 * key_file - private keys out of files
 *
 * What was read is wiped before this returns; only the key itself stays. A
 * locked one is opened by the first line of a file, or by a passphrase that
 * is asked for on the terminal; errors name --passphrase-file.
 */
#include "crypto/key.h"

struct key_file {
    const char *path;
    const char *passphrase_file; /* or NULL */
    bool may_ask;                /* where there is a terminal */
};

/* A key on a token or in a TPM is told to be none that can be used. */
MUST_CHECK bool key_file_read(const struct key_file *f, struct key **out,
                              struct err *err);

#endif
