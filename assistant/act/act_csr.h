#ifndef CERTMEND_ACT_ACT_CSR_H
#define CERTMEND_ACT_ACT_CSR_H
/*
 * act_csr - writes a private key and a certificate request
 *
 * What no public authority would sign is not written, unless it is for one's
 * own. The key is 0600 from its first byte. Nothing is ever overwritten; when
 * the request cannot be written, a key made for it is taken away again.
 */
#include "crypto/csr.h"

struct csr_file_request {
    struct csr_request order;
    const char *key_path; /* an existing key to use, or NULL: make one */
    const char
        *passphrase_file;   /* opens key_path, or locks a new key; or NULL */
    enum key_kind key_kind; /* of a new key */
    bool key_kind_asked;    /* an existing one has to be of it too */
    const char *out_key;    /* where a new key goes */
    const char *out_csr;
    bool der;        /* the request in DER; default PEM */
    bool private_ca; /* it is for an authority of one's own */
};

MUST_CHECK bool act_csr(struct arena *a, const struct csr_file_request *job,
                        struct err *err);

/* "mail.example.com", "_wildcard.example.com" for "*.example.com"; what a
 * file may be called for this name. */
const char *act_csr_file_name(struct arena *a, const char *name,
                              const char *ending);

#endif
