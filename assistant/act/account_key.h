#ifndef CERTMEND_ACT_ACCOUNT_KEY_H
#define CERTMEND_ACT_ACCOUNT_KEY_H
/*
 * account_key - the key of an ACME account in another program's file
 *
 *     PEM or DER     acme.sh, dehydrated, lego, uacme, Caddy
 *     a JWK          certbot: private_key.json
 *     acme.json      Traefik: accounts and certificates in one file
 *
 * What was read is wiped before this returns; only the key itself stays.
 */
#include "act/key_file.h"

/* `directory` is the URL of the CA's: among several accounts in one file, the
 * one with that CA is meant. */
MUST_CHECK bool account_key_read(const struct key_file *f,
                                 const char *directory, struct key **out,
                                 struct err *err);

#endif
