#ifndef CERTMEND_CRYPTO_PASSPHRASE_H
#define CERTMEND_CRYPTO_PASSPHRASE_H
/*
 * passphrase - what locks a private key: from a file, or asked for
 *
 * Never on a command line, in a log or in an error. The caller wipes it.
 */
#include "base/err.h"

#include <stddef.h>

enum { PASSPHRASE_MAX = 1024 };

struct passphrase {
    char text[PASSPHRASE_MAX + 1];
};

/* The first line of a file. */
MUST_CHECK bool passphrase_read(const char *path, struct passphrase *out,
                                struct err *err);

/* There is a person at a terminal. */
bool passphrase_can_ask(void);

/* Asks on the terminal, without echo. */
MUST_CHECK bool passphrase_ask(const char *prompt, struct passphrase *out,
                               struct err *err);

void passphrase_wipe(struct passphrase *p);

#endif
