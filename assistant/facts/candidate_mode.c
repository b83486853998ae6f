/*
 * candidate_mode - the same port, secured the other way
 */
#include "facts/candidate.h"

#include <string.h>

#include "facts/cell_state.h"

/* Another look at the same place went by STARTTLS, and was clean. */
static bool upgrades(const struct survey *s, const struct cell *asked)
{
    bool seen = false;
    for (size_t i = 0; i < s->cells_len; i++) {
        const struct cell *c = &s->cells[i];
        if (c->asked || c->port != asked->port ||
            c->security != SECURITY_STARTTLS ||
            strcmp(c->host, asked->host) != 0 ||
            strcmp(c->address, asked->address) != 0)
            continue;
        if (!cell_is_clean(s, c))
            return false;
        seen = true;
    }
    return seen;
}

bool candidate_other_mode(const struct survey *s, const struct cell *c)
{
    if (!c->asked)
        return false;
    if (c->plain_text)
        return upgrades(s, c);
    return c->wants_tls && c->verdict.name_ok && cell_is_trusted(s, c) &&
           cell_is_of_today(s, c);
}
