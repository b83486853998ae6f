#include "acme/acme_nonce.h"

#include <string.h>

#include "base/base64url.h"

void acme_nonce_keep(struct acme_nonces *n, struct arena *a, const char *text)
{
    if (!text || strlen(text) > ACME_NONCE_LEN_MAX || !base64url_letters(text))
        return;
    if (n->len == ACME_NONCES_MAX) { /* the oldest is the least good */
        memmove(n->text, n->text + 1, (n->len - 1) * sizeof *n->text);
        n->len--;
    }
    n->text[n->len++] = arena_text(a, text);
}

const char *acme_nonce_take(struct acme_nonces *n)
{
    return n->len ? n->text[--n->len] : NULL;
}
