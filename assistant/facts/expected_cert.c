#include "facts/expected_cert.h"

#include <string.h>

bool expected_cert_is_shown(const struct survey *s, const struct cell *c)
{
    const struct cert *leaf = cell_leaf(s, c);

    return s->target.expected && leaf &&
           strcmp(leaf->sha256_hex, s->target.expected) == 0;
}

bool expected_cert_is_missing(const struct survey *s, const struct cell *c)
{
    if (!s->target.expected || !cell_leaf(s, c))
        return false;
    for (size_t i = 0; i < s->cells_len; i++) {
        const struct cell *other = &s->cells[i];
        bool same_place =
            other->port == c->port && strcmp(other->host, c->host) == 0 &&
            strcmp(other->address, c->address) == 0 && !other->sni == !c->sni;
        if (same_place && expected_cert_is_shown(s, other))
            return false;
    }
    return true;
}
