#include "crypto/chain_subset.h"

#include "crypto/chain.h"

/* One chain as sent, its leaf first. */
struct sent_chain {
    struct arena *arena;
    X509_STORE *store;
    const x509_stack *certs;
    int64_t at; /* Unix seconds */
};

/* RFC 5280 4.2.1.1: key ids count where both have one. */
static bool is_issuer(X509 *child, X509 *parent)
{
    const ASN1_OCTET_STRING *wanted = X509_get0_authority_key_id(child);
    const ASN1_OCTET_STRING *had = X509_get0_subject_key_id(parent);

    return X509_NAME_cmp(X509_get_issuer_name(child),
                         X509_get_subject_name(parent)) == 0 &&
           (!wanted || !had || ASN1_OCTET_STRING_cmp(wanted, had) == 0);
}

static bool is_in_date(const X509 *x, int64_t at)
{
    time_t now = (time_t)at;

    return X509_cmp_time(X509_get0_notBefore(x), &now) < 0 &&
           X509_cmp_time(X509_get0_notAfter(x), &now) > 0;
}

/* Those that are not left out; bit 0 is the leaf's. NULL: out of memory. */
static x509_stack *subset(const struct sent_chain *c, unsigned left_out)
{
    OWN(x509_stack) *pool = sk_X509_new_null();

    for (int i = 1; pool && i < sk_X509_num(c->certs); i++)
        if (!(left_out & 1u << i) &&
            !sk_X509_push(pool, sk_X509_value(c->certs, i)))
            return NULL;
    x509_stack *made = pool;
    pool = NULL;
    return made;
}

static X509 *first_issuer(const x509_stack *pool, X509 *of,
                          const x509_stack *taken)
{
    for (int i = 0; i < sk_X509_num(pool); i++) {
        X509 *x = sk_X509_value(pool, i);
        bool is_taken = x == of;
        for (int k = 0; k < sk_X509_num(taken); k++)
            is_taken = is_taken || sk_X509_value(taken, k) == x;
        if (!is_taken && is_issuer(of, x))
            return x;
    }
    return NULL;
}

/* Always the first that fits, and never back. NULL: out of memory. */
static x509_stack *walk(X509 *leaf, const x509_stack *pool)
{
    OWN(x509_stack) *taken = sk_X509_new_null();
    X509 *next = leaf;

    while (taken && (next = first_issuer(pool, next, taken)))
        if (!sk_X509_push(taken, next))
            return NULL;
    x509_stack *made = taken;
    taken = NULL;
    return made;
}

/* The leaf's own dates are told elsewhere. */
static bool leads_home(const struct sent_chain *c, x509_stack *pool,
                       X509 **anchor, struct err *err)
{
    struct chain_question q = { .leaf = sk_X509_value(c->certs, 0),
                                .pool = pool,
                                .at = c->at };
    struct chain_answer answer = { 0 };

    if (!chain_check(c->arena, c->store, &q, &answer, err))
        return false;
    OWN(x509_owned) *path = answer.path;
    bool yes = answer.faults_len == 0;
    for (int i = 1; i < sk_X509_num(path); i++)
        yes = yes && is_in_date(sk_X509_value(path, i), c->at);
    X509_free(*anchor);
    *anchor = yes ? sk_X509_pop(path) : NULL;
    return true;
}

/* *anchor: where every program comes out; NULL: one of them does not. */
static bool try_without(const struct sent_chain *c, unsigned left_out,
                        X509 **anchor, struct err *err)
{
    OWN(x509_stack) *pool = subset(c, left_out);
    OWN(x509_stack) *first =
        pool ? walk(sk_X509_value(c->certs, 0), pool) : NULL;

    if (!first)
        return err_set(err, ERR_SYSTEM, "trying a chain: %s", ssl_why());
    return leads_home(c, pool, anchor, err) &&
           (!*anchor || leads_home(c, first, anchor, err));
}

static int count_of(unsigned bits)
{
    int count = 0;

    for (; bits; bits &= bits - 1)
        count++;
    return count;
}

static void set_places(struct arena *a, unsigned left_out,
                       struct chain_subset *out)
{
    size_t *places =
        arena_alloc(a, (size_t)count_of(left_out) + 1, sizeof *places);

    for (size_t i = 1; left_out >> i; i++)
        if (left_out & 1u << i)
            places[out->len++] = i;
    out->places = places;
}

bool chain_subset_find(struct arena *a, X509_STORE *store,
                       const x509_stack *sent, int64_t at,
                       struct chain_subset *out, struct err *err)
{
    const struct sent_chain c = { a, store, sent, at };
    int count = sk_X509_num(sent);
    OWN(X509) *anchor = NULL;

    *out = (struct chain_subset){ 0 };
    if (count < 3 || count > CHAIN_SUBSET_MAX)
        return true;
    if (!try_without(&c, 0, &anchor, err))
        return false;
    for (int less = 1; !anchor && less < count; less++)
        for (unsigned left_out = 2; !anchor && left_out < 1u << count;
             left_out += 2) {
            if (count_of(left_out) != less)
                continue;
            if (!try_without(&c, left_out, &anchor, err))
                return false;
            if (anchor)
                set_places(a, left_out, out);
        }
    if (out->len) {
        out->anchor = anchor;
        anchor = NULL;
    }
    return true;
}
