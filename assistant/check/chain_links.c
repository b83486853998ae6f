#include "check/chain_links.h"

#include <string.h>

#include "facts/distrusted.h"
#include "facts/knowledge.h"

bool chain_links_misled(const struct cell *c)
{
    return c->verdict.leave_out_len > 0;
}

bool chain_links_have(const struct cell *c, enum trust_code code)
{
    for (size_t i = 0; i < c->verdict.faults_len; i++)
        if (c->verdict.faults[i].code == code)
            return !chain_links_misled(c);
    return false;
}

static const struct cert *cert_at(const struct survey *s, const struct cell *c,
                                  int depth)
{
    bool is_there = depth >= 0 && (size_t)depth < c->verdict.path_len;

    return is_there ? &s->certs[c->verdict.path[depth]].cert : NULL;
}

const struct cert *chain_links_faulty(const struct survey *s,
                                      const struct cell *c,
                                      enum trust_code code)
{
    for (size_t i = 0; i < c->verdict.faults_len; i++)
        if (c->verdict.faults[i].code == code)
            return cert_at(s, c, c->verdict.faults[i].depth);
    return NULL;
}

static bool issues_none(const struct cell *c, int depth)
{
    for (size_t i = 0; i < c->verdict.faults_len; i++)
        if (c->verdict.faults[i].depth == depth &&
            c->verdict.faults[i].code == TRUST_NOT_A_CA)
            return true;
    return false;
}

const struct cert *chain_links_misused(const struct survey *s,
                                       const struct cell *c)
{
    for (size_t i = 0; !chain_links_misled(c) && i < c->verdict.faults_len;
         i++) {
        const struct trust_fault *fault = &c->verdict.faults[i];
        if (fault->code == TRUST_PURPOSE && !issues_none(c, fault->depth))
            return cert_at(s, c, fault->depth);
    }
    return NULL;
}

bool chain_links_fit(const struct cert *child, const struct cert *parent)
{
    if (!child->issuer || !parent->subject ||
        strcmp(child->issuer, parent->subject) != 0)
        return false;
    const char *wanted = child->issuer_key_id_hex, *had = parent->key_id_hex;
    return !wanted || !had || strcmp(wanted, had) == 0;
}

const struct cert *chain_links_end(const struct survey *s, const struct cell *c)
{
    size_t end = c->verdict.path_len ? c->verdict.path[c->verdict.path_len - 1]
                                     : c->chain[0];

    return &s->certs[end].cert;
}

/* Some issuer on the way up has one of the words in its name. */
static bool issued_by(const struct survey *s, const struct cell *c,
                      const struct text_list *words)
{
    for (size_t i = 0; i < c->chain_len; i++)
        if (known_has_word(s->certs[c->chain[i]].cert.issuer, words))
            return true;
    return known_has_word(chain_links_end(s, c)->issuer, words);
}

static bool has_test_authority(const struct survey *s, const struct cell *c)
{
    return issued_by(s, c, &knowledge_of(s)->known.test_authorities);
}

static bool is_intercepted(const struct survey *s, const struct cell *c)
{
    return issued_by(s, c, &knowledge_of(s)->known.interceptors);
}

/* A self-signed leaf may well call itself an authority: `openssl req -x509`
 * does so unasked. An authority before somebody else's leaf is a mix-up. */
static bool leaf_comes_later(const struct survey *s, const struct cell *c)
{
    if (!c->chain_len || !s->certs[c->chain[0]].cert.is_ca)
        return false;
    for (size_t i = 1; i < c->chain_len; i++) {
        const struct held_cert *held = &s->certs[c->chain[i]];
        if (!held->malformed && !held->cert.is_ca)
            return true;
    }
    return false;
}

/* Authorities were sent, and none of them issued the leaf. */
static bool sent_unrelated(const struct survey *s, const struct cell *c)
{
    const struct cert *leaf = &s->certs[c->chain[0]].cert;
    bool unrelated = false;

    for (size_t i = 1; i < c->chain_len; i++) {
        const struct held_cert *held = &s->certs[c->chain[i]];
        if (held->malformed)
            continue;
        if (chain_links_fit(leaf, &held->cert))
            return false;
        unrelated = unrelated || (held->cert.is_ca && !held->cert.self_signed);
    }
    return unrelated;
}

/* The path ends in a root that nobody here knows: it was sent, or fetched from
 * the address in a certificate. A path to a known root may be untrusted for
 * another reason, such as the certificate's purpose. */
static bool ends_in_unknown_root(const struct survey *s, const struct cell *c)
{
    if (chain_links_have(c, TRUST_ROOT_UNKNOWN))
        return true;
    size_t len = c->verdict.path_len;
    return len > 1 && chain_links_have(c, TRUST_ISSUER_UNKNOWN) &&
           s->certs[c->verdict.path[len - 1]].origin == CERT_FETCHED &&
           chain_links_end(s, c)->self_signed;
}

enum link_fault chain_links_fault(const struct survey *s, const struct cell *c)
{
    if (leaf_comes_later(s, c))
        return LINK_LEAF_NOT_FIRST;
    if (c->verdict.trusted || !c->chain_len || chain_links_misled(c))
        return LINK_OK;
    if (chain_links_have(c, TRUST_SELF_SIGNED))
        return LINK_SELF_SIGNED;
    bool unknown = chain_links_have(c, TRUST_ISSUER_UNKNOWN);
    bool rootless = ends_in_unknown_root(s, c);
    if ((unknown || rootless) && is_intercepted(s, c))
        return LINK_INTERCEPTED;
    if ((unknown || rootless) && has_test_authority(s, c))
        return LINK_TEST_CA;
    if ((unknown || rootless) && distrusted_holds(s, c))
        return LINK_DISTRUSTED;
    if (chain_links_have(c, TRUST_BAD_SIGNATURE))
        return LINK_WRONG_INTERMEDIATE;
    if (unknown && sent_unrelated(s, c))
        return LINK_WRONG_INTERMEDIATE;
    if (rootless)
        return LINK_PRIVATE_CA;
    return unknown || c->verdict.repaired ? LINK_INCOMPLETE : LINK_OK;
}
