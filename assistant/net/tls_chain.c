#include "net/tls_chain.h"

struct bytes {
    const uint8_t *at;
    size_t left;
};

/* A vector behind its length of `width` bytes (RFC 8446 3.4). */
static bool take(struct bytes *in, size_t width, struct bytes *out)
{
    size_t len = 0;

    if (in->left < width)
        return false;
    for (size_t i = 0; i < width; i++)
        len = len << 8 | in->at[i];
    if (in->left - width < len)
        return false;
    *out = (struct bytes){ in->at + width, len };
    in->at += width + len;
    in->left -= width + len;
    return true;
}

struct der_list tls_chain_read(struct arena *a, const uint8_t *body, size_t len,
                               bool is_tls13)
{
    struct bytes in = { body, len }, list, cert, unused;
    struct der_list out = { 0 };

    if (is_tls13 && !take(&in, 1, &unused)) /* certificate_request_context */
        return out;
    if (!take(&in, 3, &list))
        return out;
    while (out.len < TLS_CHAIN_MAX && take(&list, 3, &cert)) {
        out.items = arena_grow(a, out.items, out.len, sizeof *out.items);
        out.items[out.len++] = (struct der){
            .bytes = arena_copy(a, cert.at, cert.left),
            .len = cert.left,
        };
        if (is_tls13 && !take(&list, 2, &unused)) /* extensions */
            break;
    }
    return out;
}
