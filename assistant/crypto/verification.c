#include "crypto/verification.h"

#include <string.h>

#include "crypto/anchors_store.h"
#include "crypto/chain.h"
#include "crypto/chain_subset.h"
#include "crypto/crl.h"
#include "crypto/hostname_check.h"
#include "crypto/san.h"
#include "crypto/staple.h"
#include "crypto/x509_cache.h"
#include "crypto/x509_read.h"

/* One survey being judged. */
struct judge {
    struct survey *survey;
    struct anchors *trust;
    x509_owned *parsed; /* by index in survey->certs; NULL: malformed */
    bool has_fetched;   /* a second try may help */
};

/* Facts that a saved survey left out are read again. */
static bool parse_all(struct judge *j, struct err *err)
{
    struct survey *s = j->survey;

    for (size_t i = 0; i < s->certs_len; i++) {
        struct held_cert *held = &s->certs[i];
        if (!held->cert.subject)
            x509_read(s->arena, held->cert.der, held->cert.der_len,
                      held->origin, held);
        OWN(X509) *x = NULL;
        if (!held->malformed)
            x = x509_cache_get(held->cert.der, held->cert.der_len);
        if (!sk_X509_push(j->parsed, x))
            return err_set(err, ERR_SYSTEM, "judging: %s", ssl_why());
        x = NULL;
        j->has_fetched |= held->origin == CERT_FETCHED;
    }
    return true;
}

/* What may help to build a path: the chain as sent, and on the second try
 * what was fetched. NULL: out of memory. */
static x509_stack *new_pool(const struct judge *j, const struct cell *c,
                            bool fetched)
{
    OWN(x509_stack) *pool = sk_X509_new_null();

    for (size_t i = 0; i < c->chain_len; i++) {
        X509 *x = sk_X509_value(j->parsed, (int)c->chain[i]);
        if (x && !sk_X509_push(pool, x))
            return NULL;
    }
    for (int i = 0; fetched && i < sk_X509_num(j->parsed); i++) {
        X509 *x = sk_X509_value(j->parsed, i);
        bool helps = x && j->survey->certs[i].origin == CERT_FETCHED;
        if (helps && !sk_X509_push(pool, x))
            return NULL;
    }
    x509_stack *made = pool;
    pool = NULL;
    return made;
}

/* What is not in the survey came from the anchors, and joins it. */
static size_t index_of(const struct judge *j, X509 *x)
{
    for (int i = 0; i < sk_X509_num(j->parsed); i++)
        if (sk_X509_value(j->parsed, i) == x)
            return (size_t)i;
    OWN(ssl_bytes) *der = NULL;
    int len = i2d_X509(x, &der);
    struct held_cert anchor;
    x509_read(j->survey->arena, der, len < 0 ? 0 : (size_t)len, CERT_ANCHOR,
              &anchor);
    return survey_cert_add(j->survey, &anchor);
}

/* A path without faults ends in an anchor. It is marked, even where it was
 * sent too, so that the survey can be judged again without the anchors. */
static void set_path(const struct judge *j, const x509_owned *path,
                     bool complete, struct verdict *v)
{
    int len = sk_X509_num(path);
    size_t *indices =
        arena_alloc(j->survey->arena, (size_t)len, sizeof *indices);

    for (int i = 0; i < len; i++)
        indices[i] = index_of(j, sk_X509_value(path, i));
    if (complete && len)
        j->survey->certs[indices[len - 1]].origin = CERT_ANCHOR;
    v->path = indices;
    v->path_len = (size_t)len;
}

/* A certificate in the chain that nobody can read was left out of the pool:
 * where a path is missing, it is one of the reasons. */
static void add_malformed(const struct judge *j, const struct cell *c,
                          struct verdict *v)
{
    struct trust_fault *all = arena_alloc(
        j->survey->arena, v->faults_len + c->chain_len, sizeof *all);
    size_t len = 0, known = 0;

    for (size_t depth = 0; depth < c->chain_len; depth++) {
        while (known < v->faults_len && v->faults[known].depth <= (int)depth)
            all[len++] = v->faults[known++];
        if (j->survey->certs[c->chain[depth]].malformed)
            all[len++] = (struct trust_fault){ .depth = (int)depth,
                                               .code = TRUST_MALFORMED };
    }
    while (known < v->faults_len)
        all[len++] = v->faults[known++];
    v->faults = all;
    v->faults_len = len;
}

static struct chain_question question_of(const struct judge *j,
                                         const struct cell *c, x509_stack *pool)
{
    return (struct chain_question){
        .leaf = sk_X509_value(j->parsed, (int)c->chain[0]),
        .pool = pool,
        .at = j->survey->judged_at,
    };
}

static bool try_chain(const struct judge *j, const struct cell *c, bool fetched,
                      struct chain_answer *out, struct err *err)
{
    X509_STORE *store = NULL;
    struct arena *a = j->survey->arena;
    OWN(x509_stack) *pool = new_pool(j, c, fetched);

    if (!pool)
        return err_set(err, ERR_SYSTEM, "judging: %s", ssl_why());
    struct chain_question q = question_of(j, c, pool);
    struct chain_answer answer = { 0 };
    if (!anchors_store(j->trust, &store, err) ||
        !chain_check(a, store, &q, &answer, err))
        return false;
    OWN(x509_owned) *path = answer.path;
    if (answer.faults_len && anchors_widen(j->trust))
        return chain_check(a, store, &q, out, err);
    *out = answer;
    path = NULL;
    return true;
}

/* Python 3.13 and later take the rules to the letter, and few others do. */
static bool judge_strictly(const struct judge *j, const struct cell *c,
                           struct verdict *v, struct err *err)
{
    X509_STORE *store = NULL;
    struct chain_answer answer = { 0 };
    OWN(x509_stack) *pool = new_pool(j, c, false);

    if (!pool)
        return err_set(err, ERR_SYSTEM, "judging: %s", ssl_why());
    struct chain_question q = question_of(j, c, pool);
    q.strict = true;
    if (!anchors_store(j->trust, &store, err) ||
        !chain_check(j->survey->arena, store, &q, &answer, err))
        return false;
    OWN(x509_owned) *path = answer.path;
    if (answer.faults_len && sk_X509_num(path) == (int)v->path_len)
        v->strict = answer.faults[0];
    return true;
}

static bool judge_chain(const struct judge *j, const struct cell *c,
                        struct verdict *v, struct err *err)
{
    struct chain_answer sent = { 0 }, mended = { 0 };

    if (!try_chain(j, c, false, &sent, err))
        return false;
    OWN(x509_owned) *path = sent.path;
    v->faults = sent.faults;
    v->faults_len = sent.faults_len;
    v->trusted = sent.faults_len == 0;
    if (v->trusted || !j->has_fetched) {
        set_path(j, path, v->trusted, v);
        return !v->trusted || judge_strictly(j, c, v, err);
    }
    if (!try_chain(j, c, true, &mended, err))
        return false;
    OWN(x509_owned) *longer = mended.path;
    v->repaired = mended.faults_len == 0;
    bool got_on = v->repaired || sk_X509_num(longer) > sk_X509_num(path);
    set_path(j, got_on ? longer : path, v->repaired, v);
    return true;
}

static bool judge_subsets(const struct judge *j, const struct cell *c,
                          struct verdict *v, struct err *err)
{
    X509_STORE *store = NULL;
    OWN(x509_stack) *sent = sk_X509_new_null();

    for (size_t i = 0; sent && i < c->chain_len; i++) {
        X509 *x = sk_X509_value(j->parsed, (int)c->chain[i]);
        /* Who meets what cannot be read may stop there. */
        if (!x)
            return true;
        if (!sk_X509_push(sent, x))
            return err_set(err, ERR_SYSTEM, "judging: %s", ssl_why());
    }
    struct chain_subset found = { 0 };
    if (!sent || !anchors_store(j->trust, &store, err) ||
        !chain_subset_find(j->survey->arena, store, sent, j->survey->judged_at,
                           &found, err))
        return false;
    OWN(X509) *anchor = found.anchor;
    v->leave_out = found.places;
    v->leave_out_len = found.len;
    /* For who judges the survey again without these anchors. */
    if (anchor) {
        size_t at = index_of(j, anchor);
        j->survey->certs[at].origin = CERT_ANCHOR;
    }
    return true;
}

/* An earlier cell that sent the same chain. */
static const struct cell *judged_alike(const struct survey *s,
                                       const struct cell *c)
{
    for (const struct cell *other = s->cells; other < c; other++)
        if (other->chain_len == c->chain_len &&
            memcmp(other->chain, c->chain, c->chain_len * sizeof *c->chain) ==
                0)
            return other;
    return NULL;
}

/* Of the cell alone, whatever others show with the same chain. */
static enum staple_state judge_staple(const struct judge *j,
                                      const struct cell *c,
                                      const struct verdict *v)
{
    const struct held_cert *leaf = &j->survey->certs[c->chain[0]];
    struct staple_question q = {
        .der = c->staple,
        .len = c->staple_len,
        .leaf = sk_X509_value(j->parsed, (int)c->chain[0]),
        .at = j->survey->judged_at,
    };

    if (!c->staple_asked || !leaf->cert.must_staple || !q.leaf)
        return STAPLE_NOT_JUDGED;
    OWN(X509) *issuer = NULL;
    if (v->path_len > 1) {
        const struct cert *above = &j->survey->certs[v->path[1]].cert;
        issuer = x509_cache_get(above->der, above->der_len);
    }
    q.issuer = issuer;
    return staple_judge(&q);
}

static bool judge_cell(const struct judge *j, struct cell *c, struct err *err)
{
    struct verdict v = { .done = c->chain_len > 0 };

    if (v.done) {
        X509 *leaf = sk_X509_value(j->parsed, (int)c->chain[0]);
        const struct cell *alike = judged_alike(j->survey, c);
        if (alike)
            v = alike->verdict;
        else if (leaf &&
                 (!judge_chain(j, c, &v, err) || !judge_subsets(j, c, &v, err)))
            return false;
        if (!alike && !v.trusted)
            add_malformed(j, c, &v);
        v.name_ok = leaf && hostname_check(leaf, c->reference);
        v.staple = judge_staple(j, c, &v);
    }
    c->verdict = v;
    return true;
}

bool verification_fill(struct survey *s, struct anchors *trust, struct err *err)
{
    OWN(x509_owned) *parsed = sk_X509_new_null();
    struct judge j = { .survey = s, .trust = trust, .parsed = parsed };

    if (!parsed)
        return err_set(err, ERR_SYSTEM, "judging: %s", ssl_why());
    if (!parse_all(&j, err))
        return false;
    for (size_t i = 0; i < s->cells_len; i++)
        if (!judge_cell(&j, &s->cells[i], err))
            return false;
    crl_fill(s);
    return true;
}

bool verification_name(const uint8_t *der, size_t len, const char *name)
{
    OWN(X509) *leaf = x509_cache_get(der, len);
    bool covered = leaf && hostname_check(leaf, name);

    ERR_clear_error();
    return covered;
}

bool verification_patterns(const char *const *patterns, size_t len,
                           const char *name)
{
    OWN(X509) *leaf = X509_new();
    OWN(GENERAL_NAMES) *names = san_new(patterns, len);
    bool covered = leaf && names &&
                   X509_add1_ext_i2d(leaf, NID_subject_alt_name, names, 0,
                                     X509V3_ADD_DEFAULT) == 1 &&
                   hostname_check(leaf, name);

    ERR_clear_error();
    return covered;
}
