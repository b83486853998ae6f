#include "fixture.h"

#include <stdio.h>
#include <string.h>

#include <openssl/sha.h>
#include <openssl/x509v3.h>

#include "crypto/alpn_cert.h"
#include "crypto/cert_fit.h"
#include "crypto/csr.h"
#include "crypto/x509_read.h"

static const char authorization[] = "token.thumbprint";

static X509_EXTENSION *find_identifier(X509 *x)
{
    ASN1_OBJECT *id = OBJ_txt2obj("1.3.6.1.5.5.7.1.31", 1);
    int at = X509_get_ext_by_OBJ(x, id, -1);

    ASN1_OBJECT_free(id);
    return at < 0 ? NULL : X509_get_ext(x, at);
}

/* RFC 8737 3: critical, and the digest in an OCTET STRING. */
static void check_identifier(const struct alpn_cert_pem *made)
{
    const unsigned char *at = made->der;
    X509 *x = d2i_X509(NULL, &at, (long)made->der_len);
    X509_EXTENSION *e = find_identifier(x);
    uint8_t expected[2 + SHA256_DIGEST_LENGTH] = { 4, SHA256_DIGEST_LENGTH };

    SHA256((const uint8_t *)authorization, strlen(authorization), expected + 2);
    assert_non_null(e);
    assert_int_equal(X509_EXTENSION_get_critical(e), 1);
    const ASN1_OCTET_STRING *value = X509_EXTENSION_get_data(e);
    assert_int_equal(ASN1_STRING_length(value), sizeof expected);
    assert_memory_equal(ASN1_STRING_get0_data(value), expected,
                        sizeof expected);
    X509_free(x);
}

static void test_challenge_certificates(void **state)
{
    static const struct {
        const char *name;
        bool is_ip;
    } rows[] = {
        { "mail.example.org", false },
        { "xn--bcher-kva.example.org", false },
        { "a-label-that-is-sixty-three-bytes-long-and-nothing-else-matters"
          ".example.org",
          false },
        { "192.0.2.1", true },
        { "2001:db8::1", true },
    };

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct alpn_cert_pem made;
        struct held_cert held;
        struct err err;
        if (!alpn_cert_make(arena, rows[i].name, authorization, &made, &err))
            fail_msg("%s: %s", rows[i].name, err.text);
        x509_read(arena, made.der, made.der_len, CERT_SENT, &held);
        assert_false(held.malformed);
        assert_int_equal(held.cert.dns_names.len, !rows[i].is_ip);
        assert_int_equal(held.cert.ip_names.len, rows[i].is_ip);
        assert_string_equal(rows[i].is_ip ? held.cert.ip_names.text[0]
                                          : held.cert.dns_names.text[0],
                            rows[i].name);
        assert_true(held.cert.self_signed);
        check_identifier(&made);
        key_free(made.key);
    }
}

static const char *chain_of(const struct alpn_cert_pem *leaf,
                            const struct alpn_cert_pem *above,
                            const char *const *names, size_t len)
{
    struct held_cert *items = arena_alloc(arena, 2, sizeof *items);
    struct cert_list chain = { items, 2 };

    x509_read(arena, leaf->der, leaf->der_len, CERT_SENT, &items[0]);
    x509_read(arena, above->der, above->der_len, CERT_SENT, &items[1]);
    return cert_fit_chain(arena, &chain, names, len);
}

/* Both signed themselves, by the same name. */
static void check_chains(const struct alpn_cert_pem *one,
                         const struct alpn_cert_pem *other, const char *name)
{
    const char *upper = "MAIL.example.org", *more = "more.example.org";
    const char *const both[] = { name, more };

    assert_null(chain_of(one, one, &name, 1));
    assert_null(chain_of(one, one, &upper, 1));
    assert_string_equal(chain_of(one, other, &name, 1),
                        "certificate 1 of the chain was not signed by the one "
                        "behind it");
    assert_string_equal(chain_of(one, one, both, 2),
                        "the certificate lacks the name more.example.org");
    assert_non_null(strstr(chain_of(one, one, &more, 0), "nobody ordered"));
}

static void test_fits(void **state)
{
    const char *name = "mail.example.org";
    const struct csr_request order = { .names = &name, .names_len = 1 };
    struct alpn_cert_pem one, other;
    const uint8_t *csr = NULL;
    size_t len = 0;
    struct err err;

    (void)state;
    assert_true(alpn_cert_make(arena, name, authorization, &one, &err));
    assert_true(alpn_cert_make(arena, name, authorization, &other, &err));
    assert_true(csr_make(arena, one.key, &order, &csr, &len, &err));
    assert_true(cert_fit_request(one.der, one.der_len, csr, len));
    assert_false(cert_fit_request(other.der, other.der_len, csr, len));
    assert_false(cert_fit_request(csr, len, csr, len));
    assert_false(cert_fit_request(one.der, one.der_len, csr, len / 2));
    assert_true(cert_fit_key(one.key, one.der, one.der_len));
    assert_false(cert_fit_key(one.key, other.der, other.der_len));
    check_chains(&one, &other, name);
    key_free(one.key);
    key_free(other.key);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_challenge_certificates),
        cmocka_unit_test(test_fits),
    };

    return cmocka_run_group_tests(tests, set_up, tear_down);
}
