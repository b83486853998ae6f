#include "facts/client_view.h"

#include <string.h>

#include "model/name.h"

bool client_view(const struct survey *s, const struct cell *c)
{
    bool as_usual = c->sni || s->target.no_sni ||
                    s->target.kind == TARGET_FILE || name_is_ip(c->host);

    return as_usual && (c->key_type == KEY_UNKNOWN || c->chain_len);
}

bool client_view_asked(const struct survey *s, const struct cell *c)
{
    return c->asked && client_view(s, c);
}

bool client_view_counts(const struct survey *s, const struct cell *c)
{
    return c->key_type == KEY_UNKNOWN && client_view_asked(s, c);
}

/* The look of every day at the same place. */
static bool is_usual_of(const struct survey *s, const struct cell *usual,
                        const struct cell *c)
{
    return client_view_counts(s, usual) && usual->chain_len &&
           usual->port == c->port && strcmp(usual->host, c->host) == 0 &&
           strcmp(usual->address, c->address) == 0;
}

bool client_view_lost(const struct survey *s, const struct cell *c)
{
    enum outcome outcome = c->handshake.outcome;
    bool came_to_nothing =
        outcome == OUTCOME_NOT_TRIED || outcome == OUTCOME_TIMED_OUT;

    if (!c->asked || !came_to_nothing || client_view(s, c))
        return false;
    for (size_t i = 0; i < s->cells_len; i++)
        if (is_usual_of(s, &s->cells[i], c))
            return true;
    return false;
}

bool client_view_here(const struct survey *s, const struct cell *c)
{
    const char *reference = target_reference(&s->target);
    if (c->asked || s->target.kind != TARGET_HOST || !s->target.port)
        return client_view_asked(s, c);
    return client_view(s, c) && strcmp(c->host, s->target.host) == 0 &&
           reference && c->reference && strcmp(c->reference, reference) == 0;
}
