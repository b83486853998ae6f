#include "facts/refusals.h"

#include <assert.h>
#include <string.h>

#include "facts/cell_state.h"
#include "facts/knowledge.h"

typedef const struct cert *finder(const struct survey *s, const struct cell *c,
                                  const struct cert *leaf);

static const struct cert *find_ca(const struct survey *s, const struct cell *c,
                                  const struct cert *leaf)
{
    (void)s, (void)c;
    /* Who trusts one that signed itself has chosen just that. */
    return leaf->is_ca && !leaf->self_signed ? leaf : NULL;
}

static const struct cert *find_empty(const struct survey *s,
                                     const struct cell *c,
                                     const struct cert *leaf)
{
    (void)s, (void)c;
    return !*leaf->subject && leaf->san_is_loose ? leaf : NULL;
}

static const struct cert *find_weak(const struct survey *s,
                                    const struct cell *c,
                                    const struct cert *leaf)
{
    (void)leaf;
    for (size_t i = 1; i < c->verdict.path_len; i++) {
        const struct cert *ca = &s->certs[c->verdict.path[i]].cert;
        if (cell_key_is_small(s, ca))
            return ca;
    }
    return NULL;
}

static const struct cert *find_ed(const struct survey *s, const struct cell *c,
                                  const struct cert *leaf)
{
    bool is_ed = leaf->key_type == KEY_ED25519 || leaf->key_type == KEY_ED448;

    (void)s, (void)c;
    return is_ed ? leaf : NULL;
}

static const struct cert *find_p521(const struct survey *s,
                                    const struct cell *c,
                                    const struct cert *leaf)
{
    (void)s, (void)c;
    return leaf->curve && strcmp(leaf->curve, "P-521") == 0 ? leaf : NULL;
}

static finder *const finders[] = {
    [REFUSAL_LEAF_IS_CA] = find_ca,       [REFUSAL_EMPTY_SUBJECT] = find_empty,
    [REFUSAL_WEAK_AUTHORITY] = find_weak, [REFUSAL_ED_KEY] = find_ed,
    [REFUSAL_P521_KEY] = find_p521,
};
static_assert(sizeof finders / sizeof *finders == REFUSAL_COUNT,
              "a finder for every refusal");

const struct cert *refusals_of(const struct survey *s, const struct cell *c,
                               enum refusal fault)
{
    const struct cert *leaf = cell_leaf(s, c);

    if (!leaf || !leaf->subject || !c->verdict.trusted ||
        !knowledge_of(s)->known.refused_by[fault].len)
        return NULL;
    return finders[fault](s, c, leaf);
}

bool refusals_any(const struct survey *s, const struct cell *c)
{
    for (int fault = 0; fault < REFUSAL_COUNT; fault++)
        if (refusals_of(s, c, (enum refusal)fault))
            return true;
    return false;
}

bool refusals_cannot_sign(const struct survey *s, const struct cell *c)
{
    const struct cert *leaf = cell_leaf(s, c);

    if (!leaf || !leaf->cannot_sign)
        return false;
    bool may_do_without = leaf->key_type == KEY_RSA && c->cipher &&
                          strncmp(c->cipher, "TLS_", 4) != 0 &&
                          !strstr(c->cipher, "DHE");
    return !may_do_without;
}

const struct cert *refusals_unknown(const struct survey *s,
                                    const struct cell *c)
{
    for (size_t i = 0; i < c->verdict.path_len; i++) {
        const struct cert *cert = &s->certs[c->verdict.path[i]].cert;
        if (cert->critical_unknown)
            return cert;
    }
    return NULL;
}
