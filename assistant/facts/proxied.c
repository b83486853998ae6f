#include "facts/proxied.h"

#include <string.h>

#include "facts/client_view.h"
#include "facts/knowledge.h"
#include "model/name.h"
#include "model/service.h"

static const char *owner_of(const struct survey *s, const char *address)
{
    const struct known *k = &knowledge_of(s)->known;

    for (size_t i = 0; i < k->proxies_len; i++)
        for (size_t n = 0; n < k->proxies[i].ranges.len; n++)
            if (name_ip_is_in(address, k->proxies[i].ranges.text[n]))
                return k->proxies[i].name;
    return NULL;
}

/* It takes no connection. That there is no way there says nothing of it. */
static bool is_shut(const struct cell *c)
{
    return c->connect.outcome == OUTCOME_REFUSED ||
           c->connect.outcome == OUTCOME_TIMED_OUT;
}

static bool is_open_for_mail(const struct survey *s, const struct cell *c)
{
    return client_view(s, c) && c->port != PORT_HTTPS &&
           c->connect.outcome == OUTCOME_OK;
}

const char *proxied_by(const struct survey *s, const struct cell *c)
{
    if (!client_view_counts(s, c) || c->port == PORT_HTTPS || !is_shut(c))
        return NULL;
    for (size_t i = 0; i < s->cells_len; i++) {
        const struct cell *other = &s->cells[i];
        if (strcmp(other->host, c->host) == 0 && is_open_for_mail(s, other))
            return NULL;
    }
    return owner_of(s, c->address);
}
