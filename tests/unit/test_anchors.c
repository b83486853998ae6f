#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "crypto/verification.h"
#include "crypto/x509_read.h"
#include "forge.h"

/* A folder with root.pem, an issuer's and a leaf's files, and hashed names. */
struct yard {
    struct arena *arena;
    char dir[64];
    struct forged root, issuer, leaf;
};

static const char *path_in(const struct yard *y, const char *name)
{
    return arena_printf(y->arena, "%s/%s", y->dir, name);
}

static void write_certs(const struct yard *y, const char *name, X509 *first,
                        X509 *second)
{
    BIO *out = BIO_new_file(path_in(y, name), "w");

    assert_non_null(out);
    assert_true(PEM_write_bio_X509(out, first));
    if (second)
        assert_true(PEM_write_bio_X509(out, second));
    BIO_free(out);
}

static int set_up(void **state)
{
    struct yard *y = calloc(1, sizeof *y);

    *state = y;
    y->arena = arena_new();
    y->root = forge(&(struct forge_order){ .cn = "root", .ext = forge_ca });
    y->issuer = forge(&(struct forge_order){
        .cn = "issuer", .issuer = &y->root, .ext = forge_ca });
    y->leaf = forge(&(struct forge_order){
        .cn = "leaf", .issuer = &y->issuer, .ext = forge_leaf });
    strcpy(y->dir, "/tmp/certmend-anchors-XXXXXX");
    assert_non_null(mkdtemp(y->dir));
    write_certs(y, "root.pem", y->root.x, NULL);
    write_certs(y, "issuer.pem", y->issuer.x, NULL);
    write_certs(y, "both.pem", y->issuer.x, y->root.x);
    assert_int_equal(mkdir(path_in(y, "hashed"), 0700), 0);
    assert_int_equal(mkdir(path_in(y, "empty"), 0700), 0);
    write_certs(y,
                arena_printf(y->arena, "hashed/%08lx.0",
                             X509_subject_name_hash(y->root.x)),
                y->root.x, NULL);
    setenv("SSL_CERT_DIR", path_in(y, "empty"), 1);
    unsetenv("SSL_CERT_FILE");
    return 0;
}

static int tear_down(void **state)
{
    struct yard *y = *state;
    char hashed[32];

    snprintf(hashed, sizeof hashed, "hashed/%08lx.0",
             X509_subject_name_hash(y->root.x));
    const char *files[] = { "root.pem", "issuer.pem", "both.pem", hashed };
    for (size_t i = 0; i < sizeof files / sizeof *files; i++)
        unlink(path_in(y, files[i]));
    rmdir(path_in(y, "hashed"));
    rmdir(path_in(y, "empty"));
    rmdir(y->dir);
    forge_free(&y->root);
    forge_free(&y->issuer);
    forge_free(&y->leaf);
    arena_free(y->arena);
    free(y);
    return 0;
}

static size_t add(const struct yard *y, struct survey *s,
                  const struct forged *f)
{
    struct held_cert held;
    size_t len = 0;
    const uint8_t *der = forge_der(y->arena, f, &len);

    x509_read(y->arena, der, len, CERT_SENT, &held);
    return survey_cert_add(s, &held);
}

/* The leaf, with or without its issuer, judged with these anchors. */
static bool is_trusted(const struct yard *y, struct anchors *trust, bool whole)
{
    struct target target = { .kind = TARGET_HOST, .host = "mail.example.com" };
    struct survey *s = survey_new(y->arena, &target, FORGE_FROM + 1);
    size_t chain[] = { add(y, s, &y->leaf), add(y, s, &y->issuer) };
    struct cell *c =
        survey_cell_add(s, &(struct cell){ .reference = "mail.example.com",
                                           .chain = chain,
                                           .chain_len = whole ? 2 : 1 });
    struct err err;

    if (!verification_fill(s, trust, &err))
        fail_msg("%s", err.text);
    return c->verdict.trusted;
}

static void test_ca_file(void **state)
{
    static const struct {
        const char *file;
        bool whole, lone; /* trusted with and without the issuer sent */
    } rows[] = {
        { "root.pem", true, false },
        { "issuer.pem", false, false }, /* it is no root */
        { "both.pem", true, true },     /* it helps */
    };
    const struct yard *y = *state;

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct anchors *trust = NULL;
        struct err err;
        if (!anchors_new(path_in(y, rows[i].file), &trust, &err))
            fail_msg("%s", err.text);
        if (is_trusted(y, trust, true) != rows[i].whole ||
            is_trusted(y, trust, false) != rows[i].lone)
            fail_msg("%s: wanted %d and %d", rows[i].file, rows[i].whole,
                     rows[i].lone);
        anchors_free(trust);
    }
}

static void test_bad_ca_file(void **state)
{
    const struct yard *y = *state;
    struct anchors *trust = NULL;
    struct err err;

    assert_false(anchors_new(path_in(y, "nowhere.pem"), &trust, &err));
    assert_non_null(strstr(err.text, "nowhere.pem"));
    assert_null(trust);
}

static void test_system_folder(void **state)
{
    const struct yard *y = *state;
    struct anchors *trust = NULL, *with = NULL;
    struct held_cert other;
    struct err err;
    size_t len = 0;
    const uint8_t *der = forge_der(y->arena, &y->root, &len);

    setenv("SSL_CERT_DIR", path_in(y, "hashed"), 1);
    assert_true(anchors_new(NULL, &trust, &err));
    assert_true(is_trusted(y, trust, true));
    assert_false(is_trusted(y, trust, false));
    anchors_free(trust);

    /* One more root beside a system that has not been asked yet. */
    x509_read(y->arena, der, len, CERT_SENT, &other);
    assert_true(anchors_new(NULL, &trust, &err));
    assert_true(anchors_with(trust, &other.cert, &with, &err));
    assert_true(is_trusted(y, with, true));
    anchors_free(with);
    anchors_free(trust);
}

static void test_system_file(void **state)
{
    const struct yard *y = *state;
    struct anchors *trust = NULL;
    struct err err;

    setenv("SSL_CERT_FILE", path_in(y, "root.pem"), 1);
    assert_true(anchors_new(NULL, &trust, &err));
    assert_true(is_trusted(y, trust, true));
    anchors_free(trust);
}

/* A folder with other roots comes first, and the file is read after all. */
static void test_system_folder_and_file(void **state)
{
    const struct yard *y = *state;
    const char *stranger = path_in(y, "empty/00000000.0");
    struct anchors *trust = NULL, *with = NULL;
    struct held_cert issuer;
    struct err err;
    size_t len = 0;
    const uint8_t *der = forge_der(y->arena, &y->issuer, &len);

    write_certs(y, "empty/00000000.0", y->issuer.x, NULL);
    setenv("SSL_CERT_FILE", path_in(y, "root.pem"), 1);
    assert_true(anchors_new(NULL, &trust, &err));
    x509_read(y->arena, der, len, CERT_SENT, &issuer);
    assert_true(anchors_with(trust, &issuer.cert, &with, &err));
    assert_true(is_trusted(y, with, false));
    assert_true(is_trusted(y, trust, true));
    assert_false(is_trusted(y, trust, false));
    anchors_free(with);
    anchors_free(trust);
    unlink(stranger);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)

/* A saved survey may call anything an anchor. */
static void test_survey_of_a_stranger(void **state)
{
    static const uint8_t no_certificate[] = "0";
    const struct yard *y = *state;
    struct target t = { .kind = TARGET_HOST, .host = "mail.example.com" };
    struct survey *s = survey_new(y->arena, &t, FORGE_FROM);
    struct held_cert held = { .origin = CERT_ANCHOR,
                              .cert = { .der = no_certificate, .der_len = 1 } };
    struct anchors *anchors = NULL;
    struct err err;

    survey_cert_add(s, &held);
    if (!anchors_from_survey(s, &anchors, &err))
        fail_msg("%s", err.text);
    anchors_free(anchors);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_ca_file),
        TEST(test_bad_ca_file),
        TEST(test_system_folder),
        TEST(test_system_file),
        TEST(test_system_folder_and_file),
        TEST(test_survey_of_a_stranger),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
