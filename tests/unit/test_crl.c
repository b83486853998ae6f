#include "fixture.h"

#include <string.h>

#include "crypto/crl.h"
#include "crypto/x509_read.h"
#include "forge.h"

#define URL "http://crl.example.com/7.crl"

enum { NOW = FORGE_FROM + 1000, LISTED = 7, REASON_KEY = 1 };

static const struct forge_ext with_list[] = {
    { NID_subject_alt_name, "DNS:mail.example.com" },
    { NID_crl_distribution_points, "URI:" URL },
    { 0, NULL },
};
static const struct forge_ext without_list[] = {
    { NID_subject_alt_name, "DNS:mail.example.com" },
    { 0, NULL },
};

/* How a list is made. */
struct list {
    const char *what;
    const char *ext; /* a further critical extension as hex DER, or NULL */
    int nid;         /* its kind */
    enum { BY_ISSUER, BY_STRANGER } signer;
    int64_t from, until; /* beside NOW; 0, 0: an hour around it */
    bool on_it;
    size_t cut; /* bytes taken from its end */
    enum revocation_state expected;
};

/* IssuingDistributionPoint: fullName URL; another; onlyContainsUserCerts,
 * onlyContainsCACerts, indirectCRL (RFC 5280 5.2.5). */
#define SCOPE_OWN                                                              \
    "3022a020a01e861c687474703a2f2f63726c2e6578616d706c652e636f6d2f372e6372"   \
    "6c"
#define SCOPE_OTHER                                                            \
    "3022a020a01e861c687474703a2f2f63726c2e6578616d706c652e636f6d2f382e6372"   \
    "6c"
#define SCOPE_USER     "30038101ff"
#define SCOPE_CA       "30038201ff"
#define SCOPE_INDIRECT "30038401ff"

static const struct list lists[] = {
    { .what = "it is not on it", .expected = REVOCATION_GOOD },
    { .what = "it is on it", .on_it = true, .expected = REVOCATION_REVOKED },
    { .what = "its own shard",
      .ext = SCOPE_OWN,
      .nid = NID_issuing_distribution_point,
      .expected = REVOCATION_GOOD },
    { .what = "another shard",
      .ext = SCOPE_OTHER,
      .nid = NID_issuing_distribution_point,
      .expected = REVOCATION_UNKNOWN },
    { .what = "for servers and people",
      .ext = SCOPE_USER,
      .nid = NID_issuing_distribution_point,
      .expected = REVOCATION_GOOD },
    { .what = "for authorities",
      .ext = SCOPE_CA,
      .nid = NID_issuing_distribution_point,
      .expected = REVOCATION_UNKNOWN },
    { .what = "of other authorities too",
      .ext = SCOPE_INDIRECT,
      .nid = NID_issuing_distribution_point,
      .expected = REVOCATION_UNKNOWN },
    { .what = "a list of changes",
      .ext = "020101",
      .nid = NID_delta_crl,
      .expected = REVOCATION_UNKNOWN },
    { .what = "signed by a stranger",
      .signer = BY_STRANGER,
      .on_it = true,
      .expected = REVOCATION_UNKNOWN },
    { .what = "over",
      .from = -20,
      .until = -10,
      .expected = REVOCATION_UNKNOWN },
    { .what = "of tomorrow",
      .from = 10,
      .until = 20,
      .expected = REVOCATION_UNKNOWN },
    { .what = "cut", .cut = 1, .expected = REVOCATION_UNKNOWN },
    { .what = "empty", .cut = SIZE_MAX, .expected = REVOCATION_UNKNOWN },
};

static void put_entry(X509_CRL *crl, X509 *x, int64_t when)
{
    X509_REVOKED *entry = X509_REVOKED_new();
    ASN1_TIME *date = ASN1_TIME_set(NULL, when);
    ASN1_ENUMERATED *reason = ASN1_ENUMERATED_new();

    ASN1_ENUMERATED_set(reason, REASON_KEY);
    X509_REVOKED_set_serialNumber(entry, X509_get_serialNumber(x));
    X509_REVOKED_set_revocationDate(entry, date);
    X509_REVOKED_add1_ext_i2d(entry, NID_crl_reason, reason, 0, 0);
    assert_true(X509_CRL_add0_revoked(crl, entry));
    ASN1_ENUMERATED_free(reason);
    ASN1_TIME_free(date);
}

static void put_extension(X509_CRL *crl, const struct list *l)
{
    long len = 0;
    unsigned char *der = OPENSSL_hexstr2buf(l->ext, &len);
    ASN1_OCTET_STRING *value = ASN1_OCTET_STRING_new();
    ASN1_OCTET_STRING_set(value, der, (int)len);
    X509_EXTENSION *ext = X509_EXTENSION_create_by_NID(NULL, l->nid, 1, value);

    assert_true(X509_CRL_add_ext(crl, ext, -1));
    X509_EXTENSION_free(ext);
    ASN1_OCTET_STRING_free(value);
    OPENSSL_free(der);
}

static struct fetch served(const struct list *l, const struct forged *issuer,
                           EVP_PKEY *key, X509 *x)
{
    bool dated = l->from || l->until;
    X509_CRL *crl = X509_CRL_new();
    ASN1_TIME *from = ASN1_TIME_set(NULL, NOW + (dated ? l->from : -3600));
    ASN1_TIME *until = ASN1_TIME_set(NULL, NOW + (dated ? l->until : 3600));
    unsigned char *der = NULL;

    X509_CRL_set_version(crl, 1);
    X509_CRL_set_issuer_name(crl, X509_get_subject_name(issuer->x));
    X509_CRL_set1_lastUpdate(crl, from);
    X509_CRL_set1_nextUpdate(crl, until);
    if (l->on_it)
        put_entry(crl, x, NOW - LISTED);
    if (l->ext)
        put_extension(crl, l);
    assert_true(X509_CRL_sign(crl, key, EVP_sha256()));
    size_t len = (size_t)i2d_X509_CRL(crl, &der);
    struct fetch f = {
        .url = URL,
        .attempt = { .outcome = OUTCOME_OK },
        .status = 200,
        .body = arena_copy(arena, der, len),
        .body_len = l->cut > len ? 0 : len - l->cut,
    };
    OPENSSL_free(der);
    ASN1_TIME_free(from);
    ASN1_TIME_free(until);
    X509_CRL_free(crl);
    return f;
}

static size_t held(struct survey *s, const struct forged *f)
{
    struct held_cert made;
    size_t len = 0;
    const uint8_t *der = forge_der(arena, f, &len);

    x509_read(arena, der, len, CERT_SENT, &made);
    return survey_cert_add(s, &made);
}

/* A leaf below its issuer, judged already but for the list. */
static struct survey *seen(const struct forged *leaf,
                           const struct forged *issuer)
{
    struct target t = { .input = "x", .host = "x", .revocation = true };
    struct survey *s = survey_new(arena, &t, NOW);
    size_t *path = arena_alloc(arena, 2, sizeof *path);

    path[0] = held(s, leaf);
    path[1] = held(s, issuer);
    survey_cell_add(s, &(struct cell){
                           .chain = path,
                           .chain_len = 1,
                           .verdict = { .path = path, .path_len = 2 },
                       });
    return s;
}

static void every_list_is_weighed(void **state)
{
    (void)state;
    struct forged issuer =
        forge(&(struct forge_order){ .cn = "issuer", .ext = forge_ca });
    struct forged leaf = forge(&(struct forge_order){
        .cn = "leaf", .issuer = &issuer, .ext = with_list });

    for (size_t i = 0; i < sizeof lists / sizeof *lists; i++) {
        const struct list *l = &lists[i];
        struct survey *s = seen(&leaf, &issuer);
        EVP_PKEY *key = l->signer == BY_ISSUER ? issuer.key : leaf.key;
        struct fetch f = served(l, &issuer, key, leaf.x);
        survey_fetch_add(s, &f);
        crl_fill(s);
        const struct revocation *r = &s->certs[0].revocation;
        if (r->state != l->expected)
            fail_msg("%s: expected %d, got %d (%s)", l->what, l->expected,
                     r->state, r->why ? r->why : "no reason");
        if (r->state == REVOCATION_REVOKED) {
            assert_int_equal(r->revoked_at, NOW - LISTED);
            assert_string_equal(r->reason, "keyCompromise");
        }
    }
    forge_free(&leaf);
    forge_free(&issuer);
}

static void nothing_is_said_without_a_list(void **state)
{
    (void)state;
    struct forged issuer =
        forge(&(struct forge_order){ .cn = "issuer", .ext = forge_ca });
    struct forged leaf = forge(&(struct forge_order){
        .cn = "leaf", .issuer = &issuer, .ext = with_list });
    struct forged bare = forge(&(struct forge_order){
        .cn = "bare", .issuer = &issuer, .ext = without_list });
    struct survey *s = seen(&leaf, &issuer);

    crl_fill(s);
    assert_int_equal(s->certs[0].revocation.state, REVOCATION_NOT_ASKED);
    survey_fetch_add(s, &(struct fetch){ .url = URL, .status = 404 });
    crl_fill(s);
    assert_int_equal(s->certs[0].revocation.state, REVOCATION_UNKNOWN);
    s = seen(&bare, &issuer);
    crl_fill(s);
    assert_int_equal(s->certs[0].revocation.state, REVOCATION_UNKNOWN);
    s->target.revocation = false;
    s->certs[0].revocation.state = REVOCATION_NOT_ASKED;
    crl_fill(s);
    assert_int_equal(s->certs[0].revocation.state, REVOCATION_NOT_ASKED);
    forge_free(&bare);
    forge_free(&leaf);
    forge_free(&issuer);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(every_list_is_weighed, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(nothing_is_said_without_a_list, set_up,
                                        tear_down),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
