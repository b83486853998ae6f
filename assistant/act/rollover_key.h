#ifndef CERTMEND_ACT_ROLLOVER_KEY_H
#define CERTMEND_ACT_ROLLOVER_KEY_H
/*
 * rollover_key - the key of the certificate after this one, for DANE
 *
 * TLSA records have to know a key before a server shows it (RFC 7671 8.1, 8.4).
 * So the next key is made now and waits beside the live one, as
 * privkey-next.pem; its record is published beside the old one; the next
 * order takes it.
 */
#include "act/store.h"
#include "crypto/key.h"

struct rollover_key {
    const char *path;
    const char *tlsa; /* "3 1 1 9f86..." */
    bool is_new;      /* made just now */
};

/* Wants store_lock(). One that waits already is told, and not replaced. */
MUST_CHECK bool rollover_key_make(const struct store *s, const char *name,
                                  enum key_kind kind, struct rollover_key *out,
                                  struct err *err);

/* The live key's record; what is to stay until the next one is live. */
MUST_CHECK bool rollover_key_live(const struct store *s, const char *name,
                                  const char **tlsa, struct err *err);

#endif
