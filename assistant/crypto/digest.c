#include "crypto/digest.h"

#include "crypto/handles.h"

const char *digest_sha256(struct arena *a, const void *bytes, size_t len)
{
    unsigned char digest[EVP_MAX_MD_SIZE];
    unsigned digest_len = 0;

    EVP_Digest(bytes, len, digest, &digest_len, EVP_sha256(), NULL);
    return hex_text(a, digest, digest_len);
}
