#include "probe/variants.h"

#include <string.h>

#include "crypto/x509_read.h"
#include "probe/scan_steps.h"

static struct scan *new_look(const struct scan *l, const char *sni,
                             enum key_type key_type)
{
    struct scan *variant = arena_alloc(l->arena, 1, sizeof *variant);

    *variant = (struct scan){
        .service = l->service,
        .place = l->place,
        .arena = l->arena,
        .means = l->means,
        .done = l->done,
        .arg = l->arg,
    };
    variant->cell = scan_steps_unseen(&l->cell);
    variant->cell.sni = sni;
    variant->cell.key_type = key_type;
    return variant;
}

/* Servers with two certificates prefer the shorter ECDSA one; who gets that
 * cannot see whether there is another for clients without it. */
static bool has_ecdsa(const struct scan *l)
{
    struct held_cert leaf;

    if (l->cell.handshake.outcome != OUTCOME_OK || !l->chain.len)
        return false;
    x509_read(l->arena, l->chain.items[0].bytes, l->chain.items[0].len,
              CERT_SENT, &leaf);
    return !leaf.malformed && leaf.cert.key_type == KEY_EC;
}

static bool same_leaf(const struct scan *a, const struct scan *b)
{
    if (!a->chain.len || !b->chain.len)
        return false;
    const struct der *x = &a->chain.items[0], *y = &b->chain.items[0];
    return x->len == y->len && memcmp(x->bytes, y->bytes, x->len) == 0;
}

bool variants_settle(const struct scan *other, const struct scan *l)
{
    bool asked_rsa = false;

    for (const struct scan *t = other->variant; t; t = t->variant)
        asked_rsa = asked_rsa || t->cell.key_type == KEY_RSA;
    return asked_rsa && strcmp(other->cell.address, l->cell.address) == 0 &&
           same_leaf(other, l);
}

struct scan *variants(struct scan *l)
{
    bool is_wanted = l->wants_variant || l->wants_rsa;
    if (!is_wanted || l->cell.wants_tls || !scan_met_tls(l))
        return NULL;
    struct scan **end = &l->variant;
    if (l->wants_variant) {
        *end = new_look(l, NULL, KEY_UNKNOWN);
        end = &(*end)->variant;
    }
    if (l->wants_rsa && has_ecdsa(l))
        *end = new_look(l, l->cell.sni, KEY_RSA);
    return l->variant;
}

/* A server that has no such key says so, in whatever way. */
static bool is_lost(const struct scan *l)
{
    enum outcome outcome = l->cell.handshake.outcome;

    return outcome == OUTCOME_NOT_TRIED || outcome == OUTCOME_TIMED_OUT;
}

/* That a server has one certificate only, whatever is asked for, is the rule
 * and not worth a cell. */
bool variants_is_news(const struct scan *first, const struct scan *l)
{
    if (l->cell.key_type == KEY_UNKNOWN || is_lost(l))
        return true;
    return l->cell.handshake.outcome == OUTCOME_OK && l->chain.len &&
           first->chain.len && !same_leaf(first, l);
}
