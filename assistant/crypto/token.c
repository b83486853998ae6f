#include "crypto/token.h"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/rand.h>
#include <string.h>

enum { TOKEN_BYTES = (TOKEN_TEXT - 1) / 2 };

static void put_hex(const unsigned char *bytes, char out[TOKEN_TEXT])
{
    static const char digits[] = "0123456789abcdef";

    for (size_t i = 0; i < TOKEN_BYTES; i++) {
        out[2 * i] = digits[bytes[i] >> 4];
        out[2 * i + 1] = digits[bytes[i] & 15];
    }
    out[TOKEN_TEXT - 1] = '\0';
}

bool token_key(uint8_t out[TOKEN_KEY], struct err *err)
{
    return RAND_bytes(out, TOKEN_KEY) == 1 ||
           err_set(err, ERR_SYSTEM, "this machine has no random numbers");
}

bool token_make(char out[TOKEN_TEXT], struct err *err)
{
    uint8_t bytes[TOKEN_KEY];

    if (!token_key(bytes, err))
        return false;
    put_hex(bytes, out);
    return true;
}

void token_of(const uint8_t key[TOKEN_KEY], const char *text,
              char out[TOKEN_TEXT])
{
    unsigned char mac[EVP_MAX_MD_SIZE] = { 0 };
    unsigned len = 0;

    HMAC(EVP_sha256(), key, TOKEN_KEY, (const unsigned char *)text,
         strlen(text), mac, &len);
    put_hex(mac, out);
}

bool token_equal(const char *a, const char *b)
{
    size_t len = strlen(a);

    return len == strlen(b) && CRYPTO_memcmp(a, b, len) == 0;
}
