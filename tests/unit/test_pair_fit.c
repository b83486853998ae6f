/* Would a server do well with this certificate and this key? */
#include "fixture.h"

#include "forge.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/file.h"
#include "run/pair_fit.h"

#define NAME "mail.example.com"

static char top[] = "/tmp/certmend-pair-XXXXXX";
static struct machine_root root = { .fd = -1 };
static struct evaluation evaluation;
static struct look_options options;

static const char *in_top(const char *name)
{
    return arena_printf(arena, "%s/%s", top, name);
}

static void put(const char *name, const char *text, mode_t mode)
{
    struct err err;

    if (!file_write(in_top(name), text, strlen(text), FILE_PUBLIC, &err))
        fail_msg("%s", err.text);
    assert_int_equal(chmod(in_top(name), mode), 0);
}

static const char *cert_pem(const struct forged *f)
{
    size_t len = 0;
    const uint8_t *der = forge_der(arena, f, &len);

    return x509_cert_pem(arena, der, len);
}

static const char *key_text(const struct forged *f, const char *passphrase)
{
    BIO *out = BIO_new(BIO_s_mem());
    char *text = NULL;

    assert_true(PEM_write_bio_PKCS8PrivateKey(
        out, f->key, passphrase ? EVP_aes_128_cbc() : NULL, passphrase,
        passphrase ? (int)strlen(passphrase) : 0, NULL, NULL));
    long len = BIO_get_mem_data(out, &text);
    const char *copy = arena_text_n(arena, text, (size_t)len);
    BIO_free(out);
    return copy;
}

/* Of a usual length, so that nothing else is wrong with it. */
static struct forged leaf_of(const struct forged *ca, int from_days,
                             int to_days)
{
    struct forged f = forge(
        &(struct forge_order){ .cn = NAME, .issuer = ca, .ext = forge_leaf });
    time_t now = (time_t)clock_now_s();

    ASN1_TIME_set(X509_getm_notBefore(f.x), now + from_days * DAY_S);
    ASN1_TIME_set(X509_getm_notAfter(f.x), now + to_days * DAY_S);
    assert_true(X509_sign(f.x, ca->key, EVP_sha256()));
    return f;
}

static void put_all(void)
{
    struct forged ca =
        forge(&(struct forge_order){ .cn = "Root", .ext = forge_ca });
    struct forged mid = forge(&(struct forge_order){
        .cn = "Middle", .issuer = &ca, .ext = forge_ca });
    struct forged good = leaf_of(&mid, -1, 80);
    struct forged old = leaf_of(&mid, -90, -1);

    put("root.pem", cert_pem(&ca), 0644);
    put("middle.pem", cert_pem(&mid), 0644);
    put("leaf.pem", cert_pem(&good), 0644);
    put("chain.pem",
        arena_printf(arena, "%s%s", cert_pem(&good), cert_pem(&mid)), 0644);
    put("old.pem", arena_printf(arena, "%s%s", cert_pem(&old), cert_pem(&mid)),
        0644);
    put("junk.pem", "hello\n", 0644);
    put("key.pem", key_text(&good, NULL), 0600);
    put("open.pem", key_text(&good, NULL), 0644);
    put("old.key", key_text(&old, NULL), 0600);
    put("locked.pem", key_text(&good, "secret"), 0600);
    put("all.pem",
        arena_printf(arena, "%s%s%s", key_text(&good, NULL), cert_pem(&good),
                     cert_pem(&mid)),
        0600);
    forge_free(&ca);
    forge_free(&mid);
    forge_free(&good);
    forge_free(&old);
}

static int begin(void **state)
{
    struct err err;

    set_up(state);
    umask(022);
    if (!mkdtemp(top) || chmod(top, 0755) != 0)
        return -1;
    put_all();
    look_options_init(&options);
    options.ca_file = in_top("root.pem");
    return machine_root_open(arena, "/", &root, &err) &&
                   evaluation_open(arena, &options, &evaluation, &err)
               ? 0
               : -1;
}

static int finish(void **state)
{
    evaluation_close(&evaluation);
    machine_root_close(&root);
    int left = system(arena_printf(arena, "rm -rf %s", top));
    tear_down(state);
    return left;
}

static const struct {
    const char *what, *cert, *key, *chain, *user, *name;
    const char *broken, *fault; /* parts of a sentence; NULL: none is there */
    bool open;
} rows[] = {
    { .what = "all is well", .cert = "chain.pem", .key = "key.pem" },
    { .what = "one file", .cert = "all.pem", .key = "all.pem" },
    { .what = "the chain in a file of its own",
      .cert = "leaf.pem",
      .key = "key.pem",
      .chain = "middle.pem" },
    { .what = "the key of another",
      .cert = "chain.pem",
      .key = "old.key",
      .broken = "belongs to another certificate" },
    { .what = "no certificate in it",
      .cert = "junk.pem",
      .key = "key.pem",
      .broken = "junk.pem" },
    { .what = "no key in it",
      .cert = "chain.pem",
      .key = "junk.pem",
      .broken = "junk.pem" },
    { .what = "no such certificate",
      .cert = "none.pem",
      .key = "key.pem",
      .broken = "none.pem" },
    { .what = "no such key",
      .cert = "chain.pem",
      .key = "none.pem",
      .broken = "none.pem" },
    { .what = "a locked key",
      .cert = "chain.pem",
      .key = "locked.pem",
      .fault = "locked with a passphrase" },
    { .what = "everybody reads the key",
      .cert = "chain.pem",
      .key = "open.pem",
      .open = true },
    { .what = "its user does not get to read the key",
      .cert = "chain.pem",
      .key = "key.pem",
      .user = "nobody",
      .broken = "nobody" },
    { .what = "its user does",
      .cert = "chain.pem",
      .key = "open.pem",
      .user = "nobody",
      .open = true },
    { .what = "a link is missing",
      .cert = "leaf.pem",
      .key = "key.pem",
      .fault = "leaf.pem: " },
    { .what = "it is over",
      .cert = "old.pem",
      .key = "old.key",
      .fault = "old.pem: " },
    { .what = "of another name",
      .cert = "chain.pem",
      .key = "key.pem",
      .name = "imap.example.com",
      .fault = "chain.pem: " },
};

static bool holds(const struct text_list *list, const char *part)
{
    for (size_t i = 0; part && i < list->len; i++)
        if (strstr(list->text[i], part))
            return true;
    return !part && !list->len;
}

static void test_rows(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        const struct pair_files files = {
            .root = &root,
            .cert = in_top(rows[i].cert),
            .key = in_top(rows[i].key),
            .chain = rows[i].chain ? in_top(rows[i].chain) : NULL,
            .user = rows[i].user,
        };
        struct pair_fit fit;
        struct err err;
        if (rows[i].user && geteuid() != 0)
            continue;
        pair_fit_read(arena, &files, &fit);
        if (!pair_fit_judge(arena, &evaluation, files.cert,
                            rows[i].name ? rows[i].name : NAME, &fit, &err))
            fail_msg("%s: %s", rows[i].what, err.text);
        if (!holds(&fit.broken, rows[i].broken))
            fail_msg("%s: broken: %s", rows[i].what,
                     fit.broken.len ? fit.broken.text[0] : "nothing");
        if (!holds(&fit.faults, rows[i].fault))
            fail_msg("%s: faults: %s", rows[i].what,
                     fit.faults.len ? fit.faults.text[0] : "none");
        if (fit.open_key != rows[i].open)
            fail_msg("%s: open %d", rows[i].what, fit.open_key);
    }
}

int main(void)
{
    static const struct CMUnitTest tests[] = { cmocka_unit_test(test_rows) };

    return cmocka_run_group_tests(tests, begin, finish);
}
