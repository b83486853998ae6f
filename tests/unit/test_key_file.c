/* Private keys in files: every form that is found on mail servers, and what
 * is said of a file that holds none. Keys are made here; the old forms are
 * written by OpenSSL as its command would. */
#include "fixture.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/pem.h>

#include "act/kept_key.h"
#include "base/file.h"
#include "base/secret.h"
#include "crypto/passphrase.h"
#include "crypto/pkey.h"

static char top[] = "/tmp/certmend-key-XXXXXX";
static EVP_PKEY *ec, *rsa;

static const char *at(const char *name)
{
    return arena_printf(arena, "%s/%s", top, name);
}

static BIO *create(const char *name)
{
    BIO *out = BIO_new_file(at(name), "w");

    assert_non_null(out);
    return out;
}

static void write_text(const char *name, const char *text)
{
    struct err err;

    assert_true(file_write(at(name), text, strlen(text), FILE_PRIVATE, &err));
}

static void write_pkcs8(const char *name, EVP_PKEY *key, const char *lock)
{
    BIO *out = create(name);

    assert_true(PEM_write_bio_PKCS8PrivateKey(
        out, key, lock ? EVP_aes_256_cbc() : NULL, lock,
        lock ? (int)strlen(lock) : 0, NULL, NULL));
    BIO_free(out);
}

static void write_old(const char *name, EVP_PKEY *key, const char *lock)
{
    BIO *out = create(name);

    assert_true(PEM_write_bio_PrivateKey_traditional(
        out, key, lock ? EVP_aes_128_cbc() : NULL,
        lock ? arena_copy(arena, lock, strlen(lock) + 1) : NULL,
        lock ? (int)strlen(lock) : 0, NULL, NULL));
    BIO_free(out);
}

/* "openssl ecparam -genkey" puts the curve before the key. */
static void write_with_parameters(const char *name)
{
    static const char curve[] = "-----BEGIN EC PARAMETERS-----\n"
                                "BggqhkjOPQMBBw==\n"
                                "-----END EC PARAMETERS-----\n";
    const char *text = NULL;
    size_t len = 0;
    struct err err;

    write_old("bare", ec, NULL);
    assert_true(file_read(arena, at("bare"), SECRET_MAX, &text, &len, &err));
    write_text(name, arena_printf(arena, "%s%s", curve, text));
}

static void write_der(const char *name, EVP_PKEY *key, bool pkcs8,
                      const char *lock)
{
    BIO *out = create(name);

    if (pkcs8)
        assert_true(i2d_PKCS8PrivateKey_bio(
            out, key, lock ? EVP_aes_256_cbc() : NULL, lock,
            lock ? (int)strlen(lock) : 0, NULL, NULL));
    else
        assert_true(i2d_PrivateKey_bio(out, key));
    BIO_free(out);
}

static void write_kind(const char *name, EVP_PKEY *key)
{
    assert_non_null(key);
    write_pkcs8(name, key, NULL);
    EVP_PKEY_free(key);
}

static int set_up_all(void **state)
{
    set_up(state);
    if (!mkdtemp(top))
        return -1;
    ec = EVP_EC_gen("P-256");
    rsa = EVP_PKEY_Q_keygen(NULL, NULL, "RSA", (size_t)2048);
    write_pkcs8("pkcs8", ec, NULL);
    write_pkcs8("pkcs8-rsa", rsa, NULL);
    write_pkcs8("pkcs8-locked", rsa, "pw");
    write_old("pkcs1", rsa, NULL);
    write_old("pkcs1-locked", rsa, "pw");
    write_old("sec1", ec, NULL);
    write_old("sec1-locked", ec, "pw");
    write_with_parameters("sec1-parameters");
    write_der("der", ec, true, NULL);
    write_der("der-old", rsa, false, NULL);
    write_der("der-locked", ec, true, "pw");
    write_kind("weak", EVP_PKEY_Q_keygen(NULL, NULL, "RSA", (size_t)1024));
    write_kind("odd", EVP_PKEY_Q_keygen(NULL, NULL, "RSA", (size_t)2056));
    write_kind("p521", EVP_EC_gen("P-521"));
    write_kind("ed25519", EVP_PKEY_Q_keygen(NULL, NULL, "ED25519"));
    write_text("right", "pw\r\nmore\n");
    write_text("wrong", "Pw\n");
    write_text("empty", "\npw\n");
    write_text("long", memset(arena_alloc(arena, 1100, 1), 'x', 1099));
    return 0;
}

static int tear_down_all(void **state)
{
    pid_t child = fork();

    if (child == 0)
        execlp("rm", "rm", "-rf", top, (char *)NULL);
    waitpid(child, NULL, 0);
    EVP_PKEY_free(ec);
    EVP_PKEY_free(rsa);
    return tear_down(state);
}

static void test_forms(void **state)
{
    static const struct {
        const char *file, *lock;
        bool is_rsa;
        const char *error; /* part of it; NULL: it is read */
    } rows[] = {
        { "pkcs8", NULL, false, NULL },
        { "pkcs8-rsa", NULL, true, NULL },
        { "pkcs8-rsa", "right", true, NULL },
        { "pkcs1", NULL, true, NULL },
        { "sec1", NULL, false, NULL },
        { "sec1-parameters", NULL, false, NULL },
        { "der", NULL, false, NULL },
        { "der-old", NULL, true, NULL },
        { "pkcs8-locked", "right", true, NULL },
        { "pkcs1-locked", "right", true, NULL },
        { "sec1-locked", "right", false, NULL },
        { "der-locked", "right", false, NULL },
        { "pkcs8-locked", NULL, true, "--passphrase-file" },
        { "pkcs1-locked", NULL, true, "--passphrase-file" },
        { "sec1-locked", NULL, true, "--passphrase-file" },
        { "der-locked", NULL, true, "--passphrase-file" },
        { "pkcs8-locked", "wrong", true, "--passphrase-file" },
        { "pkcs1-locked", "wrong", true, "--passphrase-file" },
        { "der-locked", "wrong", true, "--passphrase-file" },
        { "pkcs8-locked", "empty", true, "first line is empty" },
        { "pkcs8-locked", "long", true, "longer than" },
        { "pkcs8-locked", "missing", true, "--passphrase-file: " },
    };

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        const struct key_file file = { at(rows[i].file),
                                       rows[i].lock ? at(rows[i].lock) : NULL,
                                       false };
        struct key *key = NULL;
        struct err err = { ERR_NONE, "" };
        bool good = key_file_read(&file, &key, &err);
        if (good != !rows[i].error ||
            (!good && (!strstr(err.text, rows[i].error) || key)))
            fail_msg("%s, %s: %d %s", rows[i].file,
                     rows[i].lock ? rows[i].lock : "no passphrase", good,
                     err.text);
        if (good && EVP_PKEY_eq(rows[i].is_rsa ? rsa : ec, key_pkey(key)) != 1)
            fail_msg("%s: another key", rows[i].file);
        if (strstr(err.text, "pw") || strstr(err.text, "Pw"))
            fail_msg("the passphrase is in \"%s\"", err.text);
        key_free(key);
    }
}

static void test_no_key(void **state)
{
    static const struct {
        const char *file, *text; /* NULL: it is there, or is not */
        const char *error;
    } rows[] = {
        { "missing", NULL, "No such file" },
        { "pkcs11:token=x;object=mail", NULL, "are not supported" },
        { "tpm2:0x81000001", NULL, "are not supported" },
        { ".", NULL, "a file was wanted" },
        { "pipe", NULL, "a file was wanted" },
        { "huge", NULL, "longer than 65536" },
        { "none", "", "no private key in it" },
        { "words", "-----BEGIN PRIVATE KEY-----\nAAAA\n",
          "no private key in it" },
        { "cert", "-----BEGIN CERTIFICATE-----\nAAAA\n",
          "it is a certificate;" },
        { "csr", "-----BEGIN CERTIFICATE REQUEST-----\nAAAA\n",
          "it is a certificate request;" },
        { "public", "-----BEGIN PUBLIC KEY-----\nAAAA\n", "public half" },
        { "ssh", "-----BEGIN OPENSSH PRIVATE KEY-----\nAAAA\n", "SSH" },
        { "tss2", "-----BEGIN TSS2 PRIVATE KEY-----\nAAAA\n", "TPM" },
        { "token", "-----BEGIN PKCS#11 PROVIDER URI-----\nAAAA\n", "token" },
    };
    char *big =
        memset(arena_alloc(arena, SECRET_MAX + 2, 1), 'x', SECRET_MAX + 1);

    (void)state;
    write_text("huge", big);
    assert_int_equal(mkfifo(at("pipe"), 0600), 0);
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        bool is_url = strchr(rows[i].file, ':');
        const struct key_file file = { is_url ? rows[i].file : at(rows[i].file),
                                       NULL, false };
        struct key *key = NULL;
        struct err err = { ERR_NONE, "" };
        if (rows[i].text)
            write_text(rows[i].file, rows[i].text);
        if (key_file_read(&file, &key, &err) ||
            !strstr(err.text, rows[i].error))
            fail_msg("%s: %s", rows[i].file, err.text);
    }
}

/* What is left where a secret was: nothing. */
static void test_wiped(void **state)
{
    static struct secret file;
    struct passphrase p;
    struct err err;

    (void)state;
    assert_true(secret_read(at("pkcs8"), &file, &err));
    assert_non_null(strstr(file.text, "PRIVATE KEY"));
    secret_wipe(&file, sizeof file);
    for (size_t i = 0; i < sizeof file.text; i++)
        assert_int_equal(file.text[i], 0);
    assert_true(secret_read(at("pkcs8"), &file, &err));
    assert_false(secret_read(at("huge"), &file, &err));
    assert_int_equal(file.text[0], 0);
    assert_true(passphrase_read(at("right"), &p, &err));
    assert_string_equal(p.text, "pw");
    passphrase_wipe(&p);
    assert_int_equal(p.text[0], 0);
}

/* ---- which key an order takes ---- */

/* A folder of live/ with these keys in it; NULL: none. */
static void stock(const char *name, const char *live, const char *next)
{
    const char *const files[] = { "privkey.pem", "privkey-next.pem" };
    const char *const from[] = { live, next };

    mkdir(at("live"), 0700);
    mkdir(at(arena_printf(arena, "live/%s", name)), 0700);
    for (size_t i = 0; i < 2; i++)
        if (from[i] && link(at(from[i]), at(arena_printf(arena, "live/%s/%s",
                                                         name, files[i]))) != 0)
            fail_msg("%s: no %s", name, files[i]);
}

static void test_choice(void **state)
{
    static const struct {
        const char *what, *live, *next; /* files in the store */
        const char *file, *key_type;
        bool keep;
        enum kept_key_source source;
        const char *is;    /* file of the key that is taken */
        const char *error; /* part of it; then there is no key */
    } rows[] = {
        { "new", NULL, NULL, NULL, NULL, false, KEPT_KEY_NONE, NULL, NULL },
        { "new beside an old one", "pkcs8", NULL, NULL, NULL, false,
          KEPT_KEY_NONE, NULL, NULL },
        { "new, of a type", "pkcs8", NULL, NULL, "rsa2048", false,
          KEPT_KEY_NONE, NULL, NULL },
        { "kept", "pkcs8", NULL, NULL, NULL, true, KEPT_KEY_LIVE, "pkcs8",
          NULL },
        { "kept, its type said", "pkcs8", NULL, NULL, "ec256", true,
          KEPT_KEY_LIVE, "pkcs8", NULL },
        { "kept, another type said", "pkcs8", NULL, NULL, "rsa2048", true,
          KEPT_KEY_NONE, NULL, "--key-type rsa2048" },
        { "kept, and there is none", NULL, NULL, NULL, NULL, true,
          KEPT_KEY_NONE, NULL, "--key FILE" },
        { "kept, and it is weak", "weak", NULL, NULL, NULL, true, KEPT_KEY_NONE,
          NULL, "1024 bits" },
        { "the next one", "pkcs8", "pkcs1", NULL, NULL, false, KEPT_KEY_NEXT,
          "pkcs1", NULL },
        { "the next one goes before keeping", "pkcs8", "pkcs1", NULL, NULL,
          true, KEPT_KEY_NEXT, "pkcs1", NULL },
        { "given", NULL, NULL, "pkcs1", NULL, false, KEPT_KEY_FILE, "pkcs1",
          NULL },
        { "given, in place of the store's", "pkcs8", NULL, "pkcs1", NULL, false,
          KEPT_KEY_FILE, "pkcs1", NULL },
        { "given, its type said", NULL, NULL, "pkcs1", "rsa2048", false,
          KEPT_KEY_FILE, "pkcs1", NULL },
        { "given, another type said", NULL, NULL, "pkcs1", "ec256", false,
          KEPT_KEY_NONE, NULL, "--key-type ec256" },
        { "given and kept, one key", "pkcs8", NULL, "sec1", NULL, true,
          KEPT_KEY_FILE, "pkcs8", NULL },
        { "given and kept, none there", NULL, NULL, "sec1", NULL, true,
          KEPT_KEY_FILE, "pkcs8", NULL },
        { "given and kept, two keys", "pkcs8", NULL, "pkcs1", NULL, true,
          KEPT_KEY_NONE, NULL, "two keys" },
        { "given, and a next one waits", "pkcs8", "pkcs1", "sec1", NULL, false,
          KEPT_KEY_NONE, NULL, "acme next-key" },
        { "given, and it is the next one", "pkcs8", "pkcs1", "pkcs8-rsa", NULL,
          false, KEPT_KEY_FILE, "pkcs1", NULL },
        { "given, weak", NULL, NULL, "weak", NULL, false, KEPT_KEY_NONE, NULL,
          "1024 bits" },
        { "given, an odd size", NULL, NULL, "odd", NULL, false, KEPT_KEY_NONE,
          NULL, "2056 bits" },
        { "given, another curve", NULL, NULL, "p521", NULL, false,
          KEPT_KEY_NONE, NULL, "secp521r1" },
        { "given, no CA's kind", NULL, NULL, "ed25519", NULL, false,
          KEPT_KEY_NONE, NULL, "ED25519" },
        { "given, none", NULL, NULL, "cert", NULL, false, KEPT_KEY_NONE, NULL,
          "no private key" },
    };

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        const struct store s = { arena, arena_text(arena, top), -1 };
        const struct kept_key_request wanted = {
            .name = arena_printf(arena, "n%zu.example.org", i),
            .file.path = rows[i].file ? at(rows[i].file) : NULL,
            .keep = rows[i].keep,
            .key_type = rows[i].key_type,
        };
        struct kept_key got = { .source = KEPT_KEY_NONE };
        struct err err = { ERR_NONE, "" };
        stock(wanted.name, rows[i].live, rows[i].next);
        bool good = kept_key_find(&s, &wanted, &got, &err);
        if (good != !rows[i].error ||
            (!good && !strstr(err.text, rows[i].error)) ||
            got.source != rows[i].source || !got.key != !rows[i].is)
            fail_msg("%s: %d, source %d: %s", rows[i].what, good,
                     (int)got.source, err.text);
        if (rows[i].is) {
            EVP_PKEY *right = strncmp(rows[i].is, "pkcs8", 5) == 0 ? ec : rsa;
            if (EVP_PKEY_eq(right, key_pkey(got.key)) != 1)
                fail_msg("%s: another key", rows[i].what);
        }
        kept_key_free(&got);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_forms),
        cmocka_unit_test(test_no_key),
        cmocka_unit_test(test_wiped),
        cmocka_unit_test(test_choice),
    };

    return cmocka_run_group_tests(tests, set_up_all, tear_down_all);
}
