#ifndef CERTMEND_MODEL_CERT_H
#define CERTMEND_MODEL_CERT_H
/*
 * cert - one X.509 certificate as plain facts
 *
 * The only view of a certificate that checks, rules and reports get to see.
 * crypto/x509_read.c fills it in; nothing here needs OpenSSL. All text has
 * been made printable; all of it lives in the survey's arena.
 */
#include "base/table.h"
#include "base/text.h"

#include <stdint.h>

enum key_type {
    KEY_UNKNOWN,
    KEY_RSA,
    KEY_EC,
    KEY_ED25519,
    KEY_ED448,
    KEY_TYPE_COUNT,
};

/* So many names of a certificate are looked through for what could be offered
 * or told. Authorities put 100 on one; a hostile server could send 200,000. */
enum { CERT_NAMES_READ = 1000 };

struct cert {
    const char *subject; /* RFC 2253 text */
    const char *issuer;
    const char *subject_cn; /* the last CN, or NULL */
    const char *issuer_cn;
    const char *serial_hex;
    const char *sha256_hex;      /* of the DER; the certificate's identity */
    const char *sha512_hex;      /* of the DER; for TLSA x 0 2 */
    const char *spki_sha256_hex; /* for TLSA 3 1 1 and "is it the same key" */
    const char *spki_sha512_hex; /* for TLSA 3 1 2 */
    const uint8_t *spki;         /* the SubjectPublicKeyInfo's DER */
    size_t spki_len;             /* bytes */
    struct text_list dns_names;  /* SAN dNSName, in certificate order; a
                                     wildcard keeps its "*." */
    struct text_list ip_names;   /* SAN iPAddress, canonical text */
    int64_t not_before;          /* Unix seconds, UTC; first valid second */
    int64_t not_after;           /* Unix seconds, UTC; last valid second */
    enum key_type key_type;
    int key_bits;
    const char *curve;     /* KEY_EC: "P-256"; else NULL */
    const char *signature; /* "sha256WithRSAEncryption" */
    bool is_ca;            /* basicConstraints CA:TRUE (v1 roots: false) */
    bool self_signed;      /* the signature verifies with its own key */
    bool has_eku;          /* extendedKeyUsage is there */
    bool server_auth;      /* no EKU, or serverAuth or anyExtendedKeyUsage */
    bool client_auth;      /* EKU clientAuth is there */
    bool must_staple;      /* RFC 7633 */
    bool cannot_sign;      /* keyUsage is there, digitalSignature not in it */
    bool ocsp_signing;     /* EKU OCSPSigning is there */
    bool pss_key;          /* the RSA key may be used for RSA-PSS alone */
    int exponent_bits;     /* of an RSA key; else 0 */
    int old_version;       /* 1 or 2, with extensions all the same; or 0 */
    bool limits_names;     /* nameConstraints is there */
    struct text_list excluded_names; /* dNSName that it excludes */
    bool san_is_loose;            /* names are there, and not marked critical */
    const char *critical_unknown; /* the first critical extension that no
                                     program knows: "1.2.3.4", "name (1.2.3.4)";
                                     or NULL */
    bool baseline;                /* its policies say that the rules of the
                                     CA/Browser Forum hold for it (BR 7.1.6.1) */
    const char *key_id_hex;       /* SKI, or NULL */
    const char *issuer_key_id_hex; /* AKI keyid, or NULL */
    const char *issuer_url;        /* first http AIA caIssuers, or NULL */
    const char *crl_url;           /* first http distribution point for all
                                      reasons (RFC 5280 4.2.1.13), or NULL */
    const uint8_t *der;
    size_t der_len; /* bytes */
};

extern const struct word key_type_words[]; /* "rsa", "ec", ... */

#endif
