#include "facts/client_view.h"

#include <string.h>

#include "model/name.h"

bool client_view(const struct survey *s, const struct cell *c)
{
    return c->sni || s->target.no_sni || s->target.kind == TARGET_FILE ||
           name_is_ip(c->host);
}

bool client_view_asked(const struct survey *s, const struct cell *c)
{
    return c->asked && client_view(s, c);
}

bool client_view_counts(const struct survey *s, const struct cell *c)
{
    return c->key_type == KEY_UNKNOWN && client_view_asked(s, c);
}

bool client_view_here(const struct survey *s, const struct cell *c)
{
    const char *reference = target_reference(&s->target);
    if (c->asked || s->target.kind != TARGET_HOST || !s->target.port)
        return client_view_asked(s, c);
    return client_view(s, c) && strcmp(c->host, s->target.host) == 0 &&
           reference && c->reference && strcmp(c->reference, reference) == 0;
}
