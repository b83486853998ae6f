#include "check/sni.h"

#include <string.h>

#include "check/role.h"
#include "facts/client_view.h"

enum { ALERT_UNRECOGNIZED_NAME = 112 }; /* RFC 6066 3 */

const struct cell *sni_bare(const struct survey *s, const struct cell *c)
{
    if (!c->sni)
        return NULL;
    for (size_t i = 0; i < s->cells_len; i++) {
        const struct cell *other = &s->cells[i];
        if (!other->sni && other->asked && other->port == c->port &&
            other->key_type == c->key_type &&
            strcmp(other->address, c->address) == 0 &&
            strcmp(other->host, c->host) == 0)
            return other;
    }
    return NULL;
}

bool sni_is_rejected(const struct survey *s, const struct cell *c)
{
    enum outcome outcome = c->handshake.outcome;

    if (!client_view_counts(s, c) || !c->sni ||
        (outcome != OUTCOME_ALERTED && outcome != OUTCOME_CLOSED))
        return false;
    const struct cell *bare = sni_bare(s, c);
    return c->alert == ALERT_UNRECOGNIZED_NAME || (bare && cell_has_tls(bare));
}
