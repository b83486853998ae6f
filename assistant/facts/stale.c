#include "facts/stale.h"

#include <string.h>

#include "facts/cell_state.h"
#include "facts/expected_cert.h"
#include "facts/validity.h"

static bool is_old(const struct survey *s, const struct cert *leaf)
{
    return validity_is_over(s, leaf) || validity_is_due(s, leaf);
}

/* Seen as `c` was: a look without SNI tells nothing about one with it. */
static bool is_beside(const struct cell *c, const struct cell *other)
{
    return other->port != c->port && strcmp(other->address, c->address) == 0 &&
           strcmp(other->host, c->host) == 0 && (other->sni || !c->sni);
}

static bool succeeds(const struct survey *s, const struct cell *c,
                     const struct cell *other)
{
    const struct cert *old = cell_leaf(s, c);
    const struct cert *leaf = cell_leaf(s, other);

    if (s->target.expected)
        return expected_cert_is_shown(s, other);
    return old && leaf && is_old(s, old) && !is_old(s, leaf) &&
           leaf->not_before > old->not_before &&
           leaf->not_after > old->not_after;
}

const struct cell *stale_successor(const struct survey *s, const struct cell *c)
{
    if (s->target.expected && !expected_cert_is_missing(s, c))
        return NULL;
    for (size_t i = 0; i < s->cells_len; i++) {
        const struct cell *other = &s->cells[i];
        if (is_beside(c, other) && succeeds(s, c, other) &&
            cell_state(s, other) == STATE_VERIFIED)
            return other;
    }
    return NULL;
}

const struct cell *stale_successor_of(const struct survey *s,
                                      const size_t *cells, size_t len)
{
    const struct cell *found = NULL;

    for (size_t i = 0; i < len && !found; i++)
        found = stale_successor(s, &s->cells[cells[i]]);
    return found;
}

bool stale_is_behind(const struct survey *s, const struct cell *c)
{
    return s->target.expected ? expected_cert_is_missing(s, c)
                              : stale_successor(s, c) != NULL;
}
