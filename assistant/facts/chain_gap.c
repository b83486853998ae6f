#include "facts/chain_gap.h"

#include <string.h>

static bool was_sent(const struct cell *c, size_t cert)
{
    for (size_t i = 0; i < c->chain_len; i++) {
        if (c->chain[i] == cert)
            return true;
    }
    return false;
}

static void add(struct gaps *g, const char *subject, const char *name)
{
    if (!subject || !*subject)
        return;
    g->items[g->len++] =
        (struct gap){ subject, name && *name ? name : subject };
}

struct gaps gap_list(const struct survey *s, struct arena *a,
                     const struct cell *c)
{
    const struct verdict *v = &c->verdict;
    struct gaps g = { .fetched = v->repaired };
    g.items = arena_alloc(a, v->path_len + 1, sizeof *g.items);
    if (v->trusted || !c->chain_len)
        return g;
    for (size_t i = 0; i < v->path_len; i++) {
        const struct held_cert *held = &s->certs[v->path[i]];
        if (held->origin != CERT_ANCHOR && !was_sent(c, v->path[i]))
            add(&g, held->cert.subject, held->cert.subject_cn);
    }
    size_t end = v->path_len ? v->path[v->path_len - 1] : c->chain[0];
    const struct cert *last = &s->certs[end].cert;
    if (!v->repaired && !last->self_signed)
        add(&g, last->issuer, last->issuer_cn);
    return g;
}
