#include "crypto/digest.h"

#include "base/base64.h"
#include "crypto/handles.h"

enum { SHA256_BYTES = 32 };

static void digest_of(const void *bytes, size_t len,
                      unsigned char out[SHA256_BYTES])
{
    EVP_Digest(bytes, len, out, NULL, EVP_sha256(), NULL);
}

const char *digest_sha256(struct arena *a, const void *bytes, size_t len)
{
    unsigned char digest[SHA256_BYTES] = { 0 };

    digest_of(bytes, len, digest);
    return hex_text(a, digest, sizeof digest);
}

const char *digest_sha256_base64(struct arena *a, const void *bytes, size_t len)
{
    unsigned char digest[SHA256_BYTES] = { 0 };

    digest_of(bytes, len, digest);
    return base64_text(a, digest, sizeof digest);
}
