#include "crypto/x509_cache.h"

#include <limits.h>
#include <string.h>

enum { KEPT = 16 };

static struct cached_cert {
    X509 *x;
    uint8_t *der; /* a copy */
    size_t len;
    enum { NOT_ASKED, SIGNS_ITSELF, DOES_NOT } itself;
} ring[KEPT];

static size_t next_place;

static struct cached_cert *find_bytes(const uint8_t *der, size_t len)
{
    for (size_t i = 0; i < KEPT; i++)
        if (ring[i].x && ring[i].len == len &&
            memcmp(ring[i].der, der, len) == 0)
            return &ring[i];
    return NULL;
}

static struct cached_cert *find_object(const X509 *x)
{
    for (size_t i = 0; i < KEPT; i++)
        if (ring[i].x == x)
            return &ring[i];
    return NULL;
}

/* The oldest makes room. No memory: it is not kept, that is all. */
static void keep(X509 *x, const uint8_t *der, size_t len)
{
    struct cached_cert *place = &ring[next_place];
    uint8_t *copy = OPENSSL_memdup(der, len);

    if (!copy)
        return;
    X509_free(place->x);
    OPENSSL_free(place->der);
    X509_up_ref(x);
    *place = (struct cached_cert){ .x = x, .der = copy, .len = len };
    next_place = (next_place + 1) % KEPT;
}

X509 *x509_cache_get(const uint8_t *der, size_t len)
{
    const struct cached_cert *kept = find_bytes(der, len);
    const unsigned char *at = der;

    if (kept) {
        X509_up_ref(kept->x);
        return kept->x;
    }
    if (!len || len > LONG_MAX)
        return NULL;
    OWN(X509) *x = d2i_X509(NULL, &at, (long)len);
    if (!x || at != der + len)
        return NULL;
    keep(x, der, len);
    X509 *whole = x;
    x = NULL;
    return whole;
}

static bool verifies_itself(X509 *x)
{
    EVP_PKEY *key = X509_get0_pubkey(x);

    return key &&
           X509_NAME_cmp(X509_get_subject_name(x), X509_get_issuer_name(x)) ==
               0 &&
           X509_verify(x, key) == 1;
}

bool x509_cache_signs_itself(X509 *x)
{
    struct cached_cert *kept = find_object(x);

    if (!kept)
        return verifies_itself(x);
    if (kept->itself == NOT_ASKED)
        kept->itself = verifies_itself(x) ? SIGNS_ITSELF : DOES_NOT;
    return kept->itself == SIGNS_ITSELF;
}
