#include "base/clock.h"
#include "check_cases.h"

#define CERT(...) ((struct built_cert){ .names = HOST, __VA_ARGS__ })

/* What a case changes in a healthy survey, leaf and verdict at hand. */
typedef void change(struct survey *s, struct cert *leaf, struct cell *c);

static struct survey *changed(struct arena *a, struct built_cert spec,
                              change *what)
{
    struct survey *s = with_cert(a, HOST, spec);

    for (size_t i = 0; i < s->cells_len; i++)
        what(s, built_cert(s, s->cells[i].chain[0]), &s->cells[i]);
    return s;
}

#define CASE(id, what, ...)                                                    \
    static struct survey *id(struct arena *a)                                  \
    {                                                                          \
        return changed(a, CERT(__VA_ARGS__), what);                            \
    }

static void nothing(struct survey *s, struct cert *leaf, struct cell *c)
{
    (void)s, (void)leaf, (void)c;
}

static void set_fault(struct survey *s, struct cell *c, enum trust_code code,
                      int depth)
{
    struct trust_fault fault = { depth, code, NULL };

    c->verdict.trusted = false;
    c->verdict.faults = arena_copy(s->arena, &fault, sizeof fault);
    c->verdict.faults_len = 1;
}

#define FAULT(id, code, depth)                                                 \
    static void id(struct survey *s, struct cert *leaf, struct cell *c)        \
    {                                                                          \
        (void)leaf;                                                            \
        set_fault(s, c, code, depth);                                          \
    }

FAULT(bad_constraint, TRUST_NAME_CONSTRAINT, 1)
FAULT(bad_form, TRUST_MALFORMED, 0)
FAULT(bad_length, TRUST_PATH_LENGTH, 1)
FAULT(bad_signature, TRUST_BAD_SIGNATURE, 0)

static void shield(struct survey *s, struct cert *leaf, struct cell *c)
{
    (void)s, (void)c;
    leaf->issuer = "CN=Avast Web/Mail Shield Root,O=Avast";
}

static void staging(struct survey *s, struct cert *leaf, struct cell *c)
{
    (void)s, (void)c;
    leaf->issuer = "CN=(STAGING) Ersatz Edamame E1,O=(STAGING) Let's Encrypt";
}

/* The leaf comes from another intermediate than the one sent. */
static void other_issuer(struct survey *s, struct cert *leaf, struct cell *c)
{
    leaf->issuer = "CN=New Intermediate";
    c->verdict.path_len = 1;
    set_fault(s, c, TRUST_ISSUER_UNKNOWN, 0);
}

static void send(struct survey *s, struct cell *c, const size_t *chain,
                 size_t len)
{
    c->chain = arena_copy(s->arena, chain, len * sizeof *chain);
    c->chain_len = len;
}

static void authority_first(struct survey *s, struct cert *leaf, struct cell *c)
{
    size_t chain[] = { c->chain[1], c->chain[0] };

    (void)leaf;
    send(s, c, chain, 2);
    c->verdict.name_ok = false;
}

static void twice(struct survey *s, struct cert *leaf, struct cell *c)
{
    size_t chain[] = { c->chain[0], c->chain[1], c->chain[1] };

    (void)leaf;
    send(s, c, chain, 3);
}

static void root_early(struct survey *s, struct cert *leaf, struct cell *c)
{
    size_t chain[] = { c->chain[0], c->verdict.path[2], c->chain[1] };

    (void)leaf;
    send(s, c, chain, 3);
}

static void root_last(struct survey *s, struct cert *leaf, struct cell *c)
{
    size_t chain[] = { c->chain[0], c->chain[1], c->verdict.path[2] };

    (void)leaf;
    send(s, c, chain, 3);
}

static void old_authority(struct survey *s, struct cert *leaf, struct cell *c)
{
    (void)leaf;
    s->certs[c->verdict.path[1]].cert.not_after = TEST_NOW_S - DAY_S;
}

static void young_authority(struct survey *s, struct cert *leaf, struct cell *c)
{
    (void)leaf;
    s->certs[c->verdict.path[1]].cert.not_before = TEST_NOW_S + DAY_S;
}

static void by_the_rules(struct survey *s, struct cert *leaf, struct cell *c)
{
    (void)s, (void)c;
    leaf->baseline = true;
}

static void end_of_path(struct survey *s, struct cell *c, const char *name)
{
    struct cert *end = &s->certs[c->verdict.path[c->verdict.path_len - 1]].cert;

    end->subject = end->issuer = name;
}

/* Firefox took it off its list in May 2026. */
static void given_up(struct survey *s, struct cert *leaf, struct cell *c)
{
    (void)leaf;
    end_of_path(s, c, "CN=DigiCert Global Root CA,OU=www.digicert.com");
}

static void its_successor(struct survey *s, struct cert *leaf, struct cell *c)
{
    (void)leaf;
    end_of_path(s, c, "CN=DigiCert Global Root CA 9,OU=www.digicert.com");
}

/* Chrome takes those made until the end of July 2025. */
static void fenced(struct survey *s, struct cert *leaf, struct cell *c)
{
    (void)leaf;
    end_of_path(s, c, "OU=ePKI Root Certification Authority,O=Chunghwa");
}

static void fenced_later(struct survey *s, struct cert *leaf, struct cell *c)
{
    fenced(s, leaf, c);
    leaf->not_before = 1753999199; /* 2025-07-31T21:59:59Z */
}

/* Struck from the list here too: the root is unknown. */
static void struck_here(struct survey *s, struct cert *leaf, struct cell *c)
{
    given_up(s, leaf, c);
    c->verdict.path_len = 2;
    s->certs[c->verdict.path[1]].cert.issuer =
        "CN=DigiCert Global Root CA,OU=www.digicert.com";
    set_fault(s, c, TRUST_ISSUER_UNKNOWN, 1);
}

static void unknown_here(struct survey *s, struct cert *leaf, struct cell *c)
{
    struck_here(s, leaf, c);
    s->certs[c->verdict.path[1]].cert.issuer = "CN=Some Root";
}

static void rsa(struct survey *s, struct cert *leaf, struct cell *c)
{
    (void)s, (void)c;
    leaf->key_type = KEY_RSA;
    leaf->key_bits = 2048;
}

static void small_rsa(struct survey *s, struct cert *leaf, struct cell *c)
{
    rsa(s, leaf, c);
    leaf->key_bits = 1024;
}

static void sha1(struct survey *s, struct cert *leaf, struct cell *c)
{
    (void)s, (void)c;
    leaf->signature = "sha1WithRSAEncryption";
}

static void sha1_anchor(struct survey *s, struct cert *leaf, struct cell *c)
{
    (void)leaf;
    s->certs[c->verdict.path[2]].cert.signature = "sha1WithRSAEncryption";
}

static void for_clients(struct survey *s, struct cert *leaf, struct cell *c)
{
    leaf->server_auth = false;
    leaf->client_auth = true;
    set_fault(s, c, TRUST_PURPOSE, 0);
}

static void for_both(struct survey *s, struct cert *leaf, struct cell *c)
{
    (void)s, (void)c;
    leaf->client_auth = true;
}

static void taken_back(struct survey *s, struct cert *leaf, struct cell *c)
{
    (void)leaf;
    s->certs[c->verdict.path[1]].revocation =
        (struct revocation){ .state = REVOCATION_REVOKED, .revoked_at = 1 };
}

static void no_list(struct survey *s, struct cert *leaf, struct cell *c)
{
    (void)leaf;
    s->certs[c->chain[0]].revocation = (struct revocation){
        .state = REVOCATION_UNKNOWN,
        .why = "it names no list",
    };
}

static void not_listed(struct survey *s, struct cert *leaf, struct cell *c)
{
    (void)leaf;
    s->certs[c->chain[0]].revocation.state = REVOCATION_GOOD;
}

CASE(withdrawn, given_up, 0)
CASE(succeeded, its_successor, 0)
CASE(too_late, fenced, 0)
CASE(in_time, fenced_later, 0)
CASE(struck_root, struck_here, 0)
CASE(unheard_of, unknown_here, 0)
CASE(trusted, nothing, .issuer = BUILT_PUBLIC)
CASE(revoked, taken_back, .cn = NULL)
CASE(unlisted, no_list, .cn = NULL)
CASE(listed, not_listed, .cn = NULL)
CASE(self_signed, nothing, .issuer = BUILT_SELF)
CASE(private_root, nothing, .issuer = BUILT_PRIVATE)
CASE(private_lone, nothing, .issuer = BUILT_PRIVATE, .chain = BUILT_LEAF_ONLY)
CASE(lone, nothing, .chain = BUILT_LEAF_ONLY)
CASE(repaired, nothing, .chain = BUILT_REPAIRED)
CASE(shield_lone, shield, .chain = BUILT_LEAF_ONLY)
CASE(test_lone, staging, .chain = BUILT_LEAF_ONLY)
CASE(constrained, bad_constraint, .cn = NULL)
CASE(malformed, bad_form, .cn = NULL)
CASE(too_long, bad_length, .cn = NULL)
CASE(unsigned_by, bad_signature, .cn = NULL)
CASE(strangers, other_issuer, .cn = NULL)
CASE(reversed, authority_first, .cn = NULL)
CASE(doubled, twice, .cn = NULL)
CASE(root_between, root_early, .cn = NULL)
CASE(root_behind, root_last, .cn = NULL)
CASE(expired, nothing, .starts_in_days = -93, .ends_in_days = -3)
CASE(last_day, nothing, .starts_in_days = -1, .ends_in_days = 1)
CASE(early, nothing, .starts_in_days = 2, .ends_in_days = 92)
CASE(overdue, nothing, .starts_in_days = -70, .ends_in_days = 20)
CASE(short_lived, nothing, .starts_in_days = -3, .ends_in_days = 3)
CASE(aged, old_authority, .cn = NULL)
CASE(young, young_authority, .cn = NULL)
CASE(life_826, nothing, .starts_in_days = -1, .ends_in_days = 825)
CASE(life_825, nothing, .starts_in_days = -1, .ends_in_days = 824)
CASE(public_201, by_the_rules, .starts_in_days = -1, .ends_in_days = 200)
CASE(public_200, by_the_rules, .starts_in_days = -1, .ends_in_days = 199)
CASE(private_201, nothing, .starts_in_days = -1, .ends_in_days = 200)
CASE(public_of_2026, by_the_rules, .starts_in_days = -350, .ends_in_days = 47)
CASE(self_826, nothing, .issuer = BUILT_SELF, .starts_in_days = -1,
     .ends_in_days = 3650)
/* The second of those sent is better left out. */
static void misleading(struct survey *s, struct cert *leaf, struct cell *c)
{
    static const size_t second[] = { 1 };

    twice(s, leaf, c);
    c->verdict.leave_out = second;
    c->verdict.leave_out_len = 1;
}

CASE(misled, misleading, .cn = NULL)

static void rsa_unsigning(struct survey *s, struct cert *leaf, struct cell *c)
{
    rsa(s, leaf, c);
    leaf->cannot_sign = true;
}

static void old_exchange(struct survey *s, struct cert *leaf, struct cell *c)
{
    rsa_unsigning(s, leaf, c);
    c->tls_version = "TLSv1.2";
    c->cipher = "AES256-GCM-SHA384";
}

static void ec_unsigning(struct survey *s, struct cert *leaf, struct cell *c)
{
    (void)s, (void)c;
    leaf->cannot_sign = true;
}

static void unstapled(struct survey *s, struct cert *leaf, struct cell *c)
{
    (void)s, (void)leaf;
    c->verdict.staple = STAPLE_NONE;
}

static void with_staple(struct survey *s, struct cert *leaf, struct cell *c)
{
    (void)s, (void)leaf;
    c->verdict.staple = STAPLE_GOOD;
}

static void stale_staple(struct survey *s, struct cert *leaf, struct cell *c)
{
    (void)s, (void)leaf;
    c->verdict.staple = STAPLE_EXPIRED;
}

static void demand(struct survey *s, struct cert *leaf, struct cell *c)
{
    (void)leaf;
    s->certs[c->verdict.path[1]].cert.critical_unknown = "1.2.3.4";
    set_fault(s, c, TRUST_OTHER, 1);
}

static void as_authority(struct survey *s, struct cert *leaf, struct cell *c)
{
    (void)s, (void)c;
    leaf->is_ca = true;
}

static void loose(struct survey *s, struct cert *leaf, struct cell *c)
{
    (void)s, (void)c;
    leaf->san_is_loose = true;
}

static void ed25519(struct survey *s, struct cert *leaf, struct cell *c)
{
    (void)s, (void)c;
    leaf->key_type = KEY_ED25519;
    leaf->curve = NULL;
}

static void p521(struct survey *s, struct cert *leaf, struct cell *c)
{
    (void)s, (void)c;
    leaf->curve = "P-521";
    leaf->key_bits = 521;
}

static void weak_authority(struct survey *s, struct cert *leaf, struct cell *c)
{
    rsa(s, &s->certs[c->verdict.path[1]].cert, c);
    s->certs[c->verdict.path[1]].cert.key_bits = 1024;
    (void)leaf;
}

CASE(unsigning, rsa_unsigning, .cn = NULL)
CASE(unsigning_ec, ec_unsigning, .cn = NULL)
CASE(exchanged, old_exchange, .cn = NULL)
CASE(demanding, demand, .cn = NULL)
CASE(staple_missing, unstapled, .cn = HOST)
CASE(staple_there, with_staple, .cn = HOST)
CASE(staple_stale, stale_staple, .cn = HOST)
CASE(leaf_as_ca, as_authority, .cn = HOST)
CASE(nobody, loose, .cn = NULL)
CASE(somebody, loose, .cn = HOST)
CASE(edwards, ed25519, .cn = HOST)
CASE(large_curve, p521, .cn = HOST)
CASE(weak_above, weak_authority, .cn = HOST)
CASE(small, small_rsa, .cn = NULL)
CASE(fair, rsa, .cn = NULL)
CASE(weak, sha1, .cn = NULL)
CASE(weak_root, sha1_anchor, .cn = NULL)
CASE(clients, for_clients, .cn = NULL)
CASE(both, for_both, .cn = NULL)

const struct check_case cases_trust[] = {
    { "trust.self_signed", SEV_ERROR, "signed by itself", self_signed, trusted,
      false },
    { "trust.private_ca", SEV_ERROR, "a root nobody knows", private_root, lone,
      true },
    { "trust.interception", SEV_ERROR, "a mail shield", shield_lone, lone,
      true },
    { "trust.test_ca", SEV_ERROR, "staging", test_lone, lone, true },
    { "trust.distrusted_root", SEV_WARNING, "a root struck by some", withdrawn,
      succeeded, false },
    { "trust.distrusted_root", SEV_WARNING, "made too late for a root",
      too_late, in_time, false },
    { "trust.distrusted_root", SEV_ERROR, "a root struck here too", struck_root,
      unheard_of, true },
    { "name.constraint_violation", SEV_ERROR, "outside its names", constrained,
      trusted, false },
    { "cert.v1_or_malformed", SEV_ERROR, "broken form", malformed, trusted,
      false },
    { "path.too_long", SEV_ERROR, "one authority too many", too_long, trusted,
      false },
    { "chain.incomplete", SEV_ERROR, "the leaf alone", lone, trusted, false },
    { "chain.incomplete", SEV_ERROR, "the leaf alone, the rest was fetched",
      repaired, trusted, false },
    { "chain.incomplete", SEV_ERROR, "a private leaf without its root",
      private_lone, private_root, true },
    { "chain.wrong_intermediate", SEV_ERROR, "a stranger beside the leaf",
      strangers, trusted, false },
    { "chain.wrong_intermediate", SEV_ERROR, "the right name, the wrong key",
      unsigned_by, lone, true },
    { "chain.leaf_not_first", SEV_ERROR, "the authority first", reversed,
      self_signed, true },
    { "chain.misordered", SEV_INFO, "no order", root_between, root_behind,
      false },
    { "chain.extra", SEV_INFO, "the root sent", root_behind, trusted, false },
    { "chain.extra", SEV_INFO, "one sent twice", doubled, trusted, false },
    { "chain.misleading", SEV_WARNING, "a twin first", misled, doubled, false },
    { "cert.expired", SEV_ERROR, "three days ago", expired, last_day, false },
    { "cert.not_yet_valid", SEV_ERROR, "from the day after tomorrow", early,
      trusted, false },
    { "cert.renewal_overdue", SEV_WARNING, "20 of 90 days left", overdue,
      short_lived, false },
    { "intermediate.expired", SEV_ERROR, "the authority's", aged, trusted,
      false },
    { "intermediate.not_yet_valid", SEV_ERROR, "the authority's, from tomorrow",
      young, trusted, false },
    { "cert.lifetime_too_long", SEV_WARNING, "826 days, of anybody", life_826,
      life_825, false },
    { "cert.lifetime_too_long", SEV_WARNING, "201 days, of a public authority",
      public_201, public_200, false },
    { "cert.lifetime_too_long", SEV_WARNING, "201 days, of another authority",
      public_201, private_201, false },
    { "cert.lifetime_too_long", SEV_WARNING, "397 days, given when 398 were",
      public_201, public_of_2026, false },
    { "cert.lifetime_too_long", SEV_WARNING, "nobody trusts it anyway",
      life_826, self_826, true },
    { "ku.mismatch", SEV_ERROR, "an RSA key that may not sign", unsigning,
      exchanged, false },
    { "ku.mismatch", SEV_ERROR, "an EC key that may not sign", unsigning_ec,
      trusted, false },
    { "cert.critical_unknown", SEV_ERROR, "the authority's demands something",
      demanding, trusted, false },
    { "staple.must_missing", SEV_WARNING, "no staple came", staple_missing,
      staple_there, false },
    { "staple.must_missing", SEV_WARNING, "one out of date came", staple_stale,
      trusted, false },
    { "trust.strict_profile", SEV_WARNING, "CA:TRUE", leaf_as_ca, trusted,
      false },
    { "trust.strict_profile", SEV_WARNING, "no subject", nobody, somebody,
      false },
    { "trust.strict_profile", SEV_WARNING, "Ed25519", edwards, trusted, false },
    { "trust.strict_profile", SEV_WARNING, "P-521", large_curve, trusted,
      false },
    { "trust.strict_profile", SEV_WARNING, "the authority's key", weak_above,
      fair, false },
    { "key.small", SEV_ERROR, "1,024 bits", small, fair, false },
    { "cert.revoked", SEV_ERROR, "an authority was taken back", revoked, listed,
      false },
    { "revocation.unknown", SEV_INFO, "no list", unlisted, listed, false },
    { "sig.weak", SEV_ERROR, "SHA-1", weak, weak_root, false },
    { "eku.no_server", SEV_ERROR, "for clients only", clients, both, false },
    { NULL, SEV_INFO, NULL, NULL, NULL, false },
};
