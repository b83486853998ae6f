#include "facts/tlsa_fit.h"

#include "base/buf.h"
#include "model/service.h"

enum { SHA_256 = 1, SHA_512 = 2 };

struct records {
    struct tlsa *items;
    size_t len;
};

static bool is_pkix(const struct tlsa *t)
{
    return t->usage == TLSA_PKIX_TA || t->usage == TLSA_PKIX_EE;
}

static bool is_of_leaf(const struct tlsa *t)
{
    return t->usage == TLSA_DANE_EE || t->usage == TLSA_PKIX_EE;
}

static bool has_stronger(const struct records *all, const struct tlsa *t)
{
    for (size_t i = 0; i < all->len; i++) {
        const struct tlsa *other = &all->items[i];
        if (other->usage == t->usage && other->selector == t->selector &&
            other->matching == SHA_512 && t->matching == SHA_256)
            return true;
    }
    return false;
}

static bool has_dane(const struct records *all)
{
    for (size_t i = 0; i < all->len; i++)
        if (!is_pkix(&all->items[i]))
            return true;
    return false;
}

static struct records read_usable(struct arena *a, const struct dns_answer *d)
{
    struct records all = { arena_alloc(a, d->len + 1, sizeof *all.items), 0 };

    for (size_t i = 0; i < d->len; i++) {
        struct tlsa t = tlsa_read(a, d->records[i].text);
        if (t.usable)
            all.items[all.len++] = t;
    }
    return all;
}

/* Those that a sender goes by. */
static struct records read_binding(struct arena *a, const struct dns_answer *d,
                                   uint16_t port)
{
    struct records all = read_usable(a, d);
    struct records kept = { arena_alloc(a, d->len + 1, sizeof *kept.items), 0 };
    bool only_dane = port == PORT_SMTP && has_dane(&all);

    for (size_t i = 0; i < all.len; i++) {
        const struct tlsa *t = &all.items[i];
        if (!has_stronger(&all, t) && !(only_dane && is_pkix(t)))
            kept.items[kept.len++] = *t;
    }
    return kept;
}

static bool fits(const struct tlsa *t, const struct tlsa_offer *o)
{
    if (is_of_leaf(t))
        return o->leaf && tlsa_is_of(t, o->leaf);
    for (size_t i = 0; i < o->above_len; i++)
        if (tlsa_is_of(t, &o->above[i]))
            return true;
    return false;
}

/* The root that usage 0 may name is seldom sent along. */
static bool may_fit(const struct tlsa *t, const struct tlsa_offer *o)
{
    bool has_root = o->above_len && o->above[o->above_len - 1].self_signed;

    if (is_of_leaf(t))
        return false;
    return !o->above_known || (t->usage == TLSA_PKIX_TA && !has_root);
}

enum tlsa_fit tlsa_fit(struct arena *a, const struct dns_answer *answer,
                       uint16_t port, const struct tlsa_offer *offer)
{
    struct records all = read_binding(a, answer, port);
    enum tlsa_fit worst = all.len ? TLSA_MISMATCH : TLSA_FREE;

    for (size_t i = 0; i < all.len; i++) {
        if (fits(&all.items[i], offer))
            return TLSA_FITS;
        if (may_fit(&all.items[i], offer))
            worst = TLSA_OPEN;
    }
    return worst;
}

static const char *hex(struct arena *a, const uint8_t *bytes, size_t len)
{
    struct buf text;

    buf_init(&text, a, 2 * len);
    for (size_t i = 0; i < len; i++)
        buf_printf(&text, "%02x", bytes[i]);
    return text.text;
}

const char *tlsa_of_next(struct arena *a, const struct tlsa *record,
                         const struct cert *key)
{
    const char *data = record->matching == SHA_256   ? key->spki_sha256_hex
                       : record->matching == SHA_512 ? key->spki_sha512_hex
                                                     : NULL;

    if (record->selector != 1)
        return NULL;
    if (record->matching == 0)
        data = hex(a, key->spki, key->spki_len);
    return arena_printf(a, "%d 1 %d %s", (int)record->usage, record->matching,
                        data);
}

const char *tlsa_to_publish(struct arena *a, const struct dns_answer *answer,
                            const struct cert *key)
{
    struct records all = read_usable(a, answer);

    if (!key || !key->spki_sha256_hex)
        return NULL;
    for (size_t i = 0; i < all.len; i++)
        if (all.items[i].usage == TLSA_DANE_EE && all.items[i].selector == 1 &&
            all.items[i].matching == SHA_512)
            return arena_printf(a, "3 1 2 %s", key->spki_sha512_hex);
    return tlsa_of_key(a, key);
}

bool tlsa_wants_certificate(struct arena *a, const struct dns_answer *answer,
                            uint16_t port)
{
    struct records all = read_binding(a, answer, port);

    for (size_t i = 0; i < all.len; i++)
        if (!is_of_leaf(&all.items[i]) || all.items[i].selector != 0)
            return false;
    return all.len > 0;
}
