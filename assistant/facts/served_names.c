#include "facts/served_names.h"

#include <string.h>

#include "facts/candidate.h"
#include "facts/cell_state.h"
#include "facts/client_view.h"
#include "facts/validity.h"
#include "model/name.h"

bool served_is_replaced(const struct survey *s, const struct cell *c)
{
    return client_view_asked(s, c) && cell_has_tls(c) &&
           !validity_is_fresh(s, c);
}

const struct cert *served_leaf(const struct survey *s, size_t cell)
{
    const struct cell *c = &s->cells[cell];

    if (!c->chain_len || !served_is_replaced(s, c))
        return NULL;
    for (const struct cell *other = s->cells; other < c; other++)
        if (other->chain_len && other->chain[0] == c->chain[0] &&
            served_is_replaced(s, other))
            return NULL;
    return cell_leaf(s, c);
}

bool served_is_own(const struct survey *s, const struct cert *leaf)
{
    const char *asked = target_reference(&s->target);

    if (!asked)
        return false;
    if (name_is_ip(asked))
        return true;
    for (size_t i = 0; i < leaf->dns_names.len && i < CERT_NAMES_READ; i++) {
        const char *name = leaf->dns_names.text[i];
        if (name_same_domain(name_base(name), asked))
            return true;
    }
    return false;
}
