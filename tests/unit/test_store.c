#include "act/store_put.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "act/rollover_key.h"
#include "base/file.h"
#include "base/folder.h"
#include "crypto/cert_fit.h"
#include "forge.h"

/* A CA with an intermediate, and keys and certificates below it. */
static struct {
    struct arena *arena;
    const char *chain;           /* leaf, intermediate */
    const char *broken;          /* leaf, a stranger */
    const char *key, *other_key; /* PEM */
} kit;

static char top[] = "/tmp/certmend-store-XXXXXX";
static const char *const names[] = { "mail.example.com", "*.example.org" };

static const char *pem_of(const struct forged *f)
{
    unsigned char *der = NULL;
    int len = i2d_X509(f->x, &der);
    const char *pem = x509_cert_pem(kit.arena, der, (size_t)len);

    OPENSSL_free(der);
    return pem;
}

static const char *key_of(const struct forged *f)
{
    BIO *out = BIO_new(BIO_s_mem());
    char *text = NULL;

    assert_true(
        PEM_write_bio_PKCS8PrivateKey(out, f->key, NULL, NULL, 0, NULL, NULL));
    long len = BIO_get_mem_data(out, &text);
    const char *pem = arena_text_n(kit.arena, text, (size_t)len);
    BIO_free(out);
    return pem;
}

static int set_up(void **state)
{
    (void)state;
    kit.arena = arena_new();
    umask(022);
    struct forged root =
        forge(&(struct forge_order){ "root", .ext = forge_ca });
    struct forged above = forge(
        &(struct forge_order){ "above", .issuer = &root, .ext = forge_ca });
    struct forged leaf = forge(
        &(struct forge_order){ "leaf", .issuer = &above, .ext = forge_leaf });
    kit.chain = arena_printf(kit.arena, "%s%s", pem_of(&leaf), pem_of(&above));
    kit.broken = arena_printf(kit.arena, "%s%s", pem_of(&leaf), pem_of(&root));
    kit.key = key_of(&leaf);
    kit.other_key = key_of(&above);
    forge_free(&leaf);
    forge_free(&above);
    forge_free(&root);
    return mkdtemp(top) ? 0 : -1;
}

static int tear_down(void **state)
{
    (void)state;
    pid_t child = fork();
    if (child == 0)
        execlp("rm", "rm", "-rf", top, (char *)NULL);
    waitpid(child, NULL, 0);
    arena_free(kit.arena);
    return 0;
}

static const char *at(const char *what)
{
    return arena_printf(kit.arena, "%s/%s", top, what);
}

static struct store_new good_one(void)
{
    struct json *about = json_object(kit.arena);

    json_put_text(kit.arena, about, "schema", "test/1");
    return (struct store_new){
        .name = "mail.example.com",
        .names = names,
        .names_len = 2,
        .key_pem = kit.key,
        .chain_pem = kit.chain,
        .about = about,
    };
}

static struct store opened(const char *dir)
{
    struct store s;
    struct err err = { 0 };

    if (!store_open(kit.arena, at(dir), &s, &err))
        fail_msg("%s", err.text);
    return s;
}

static mode_t mode_of(const char *path)
{
    struct stat what;

    return stat(path, &what) == 0 ? what.st_mode & 07777 : 0;
}

static void test_put_and_find(void **state)
{
    struct store s = opened("one");
    struct store_new n = good_one();
    const struct store_entry *e = NULL;
    const char *const *list = NULL;
    size_t len = 9;
    struct err err = { 0 };

    (void)state;
    assert_true(store_find(&s, n.name, &e, &err));
    assert_null(e);
    assert_true(store_list(&s, &list, &len, &err));
    assert_int_equal(len, 0);
    assert_false(file_exists(s.dir));
    n.rollover_key_pem = kit.other_key;
    if (!store_put(&s, &n, &err))
        fail_msg("%s", err.text);
    assert_true(store_find(&s, n.name, &e, &err));
    assert_non_null(e);
    assert_int_equal(e->chain_len, 2);
    assert_string_equal(json_find_text(e->about, "schema"), "test/1");
    assert_true(store_list(&s, &list, &len, &err));
    assert_int_equal(len, 1);
    assert_string_equal(list[0], n.name);
    assert_string_equal(folder_link_read(kit.arena, e->live),
                        "../archive/mail.example.com/1");
    store_close(&s);
}

static void test_modes(void **state)
{
    static const struct {
        const char *path;
        mode_t mode;
    } rows[] = {
        { "one", 0700 },
        { "one/live", 0700 },
        { "one/archive/mail.example.com/1", 0700 },
        { "one/live/mail.example.com/privkey.pem", 0600 },
        { "one/live/mail.example.com/privkey-next.pem", 0600 },
        { "one/live/mail.example.com/certmend.json", 0600 },
        { "one/live/mail.example.com/cert.pem", 0644 },
        { "one/live/mail.example.com/chain.pem", 0644 },
        { "one/live/mail.example.com/fullchain.pem", 0644 },
    };

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        if (mode_of(at(rows[i].path)) != rows[i].mode)
            fail_msg("%s: 0%o, not 0%o", rows[i].path,
                     (unsigned)mode_of(at(rows[i].path)),
                     (unsigned)rows[i].mode);
}

/* What somebody did by hand lasts; what nobody did is as ever. */
static void test_rights_last(void **state)
{
    static const struct {
        const char *what;
        mode_t key, folder;           /* given to the one that is live */
        mode_t next_key, next_folder; /* wanted of the next */
    } rows[] = {
        { "ours alone", 0600, 0700, 0600, 0700 },
        { "its group reads the key", 0640, 0750, 0640, 0750 },
        { "everybody may pass", 0640, 0711, 0640, 0711 },
        { "a key that all read is no wish", 0644, 0755, 0600, 0755 },
        { "its group never writes", 0660, 0770, 0640, 0750 },
    };
    struct store_new n = good_one();

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        const char *dir = arena_printf(kit.arena, "rights%zu", i);
        const char *live = arena_printf(kit.arena, "%s/live/%s", dir, n.name);
        const char *key = arena_printf(kit.arena, "%s/privkey.pem", live);
        struct store s = opened(dir);
        struct err err = { 0 };
        assert_true(store_put(&s, &n, &err));
        assert_int_equal(chmod(at(key), rows[i].key), 0);
        assert_int_equal(chmod(at(live), rows[i].folder), 0);
        assert_true(store_put(&s, &n, &err));
        if (mode_of(at(key)) != rows[i].next_key ||
            mode_of(at(live)) != rows[i].next_folder)
            fail_msg("%s: 0%o in 0%o", rows[i].what, (unsigned)mode_of(at(key)),
                     (unsigned)mode_of(at(live)));
        store_close(&s);
    }
}

static void test_versions(void **state)
{
    struct store s = opened("many");
    struct store_new n = good_one();
    struct err err = { 0 };

    (void)state;
    for (int i = 0; i < STORE_KEPT + 2; i++)
        if (!store_put(&s, &n, &err))
            fail_msg("version %d: %s", i, err.text);
    assert_string_equal(
        folder_link_read(kit.arena, at("many/live/mail.example.com")),
        "../archive/mail.example.com/5");
    assert_false(file_exists(at("many/archive/mail.example.com/2")));
    assert_true(file_exists(at("many/archive/mail.example.com/3")));
    store_close(&s);
}

/* A disk that keeps other bytes than it was given, without a word: whoever
 * waits for it to be done finds them changed. In place of the system's own. */
static const char *spoiled; /* the end of a path, or NULL: none is */

int fsync(int fd)
{
    const char *link = arena_printf(kit.arena, "/proc/self/fd/%d", fd);
    char path[4096] = "";
    ssize_t len = readlink(link, path, sizeof path - 1);

    if (spoiled && len > 0 && strstr(path, spoiled)) {
        int again = open(path, O_WRONLY | O_CLOEXEC);
        if (pwrite(again, "AAAA", 4, 100) != 4)
            abort();
        close(again);
    }
    return (int)syscall(SYS_fsync, fd);
}

/* What the disk says is what counts: the version that is live stays so. */
static void test_lying_disk(void **state)
{
    static const char *const files[] = { NULL, "/privkey.pem",
                                         "/fullchain.pem" };
    struct store s = opened("lying");
    struct store_new n = good_one();

    (void)state;
    for (size_t i = 0; i < sizeof files / sizeof *files; i++) {
        struct err err = { 0 };
        spoiled = files[i];
        bool put = store_put(&s, &n, &err);
        spoiled = NULL;
        if (put != !files[i])
            fail_msg("%s: put is %d", files[i] ? files[i] : "nothing", put);
        assert_string_equal(
            folder_link_read(kit.arena, at("lying/live/mail.example.com")),
            "../archive/mail.example.com/1");
        assert_false(file_exists(at("lying/archive/mail.example.com/2")));
    }
    store_close(&s);
}

/* Nothing is touched: neither is the store made, nor the live one turned. */
static void test_refuses(void **state)
{
    static const char *const less[] = { "mail.example.com" };
    static const char *const more[] = { "mail.example.com", "*.example.org",
                                        "www.example.org" };
    struct store_new good = good_one();
    struct store_new key = good, fewer = good, extra = good, broken = good,
                     junk = good;

    (void)state;
    key.key_pem = kit.other_key;
    fewer.names = less;
    fewer.names_len = 1;
    extra.names = more;
    extra.names_len = 3;
    broken.chain_pem = kit.broken;
    junk.chain_pem = "-----BEGIN CERTIFICATE-----\n!\n";
    const struct {
        const char *what;
        const struct store_new *n;
        const char *says;
    } rows[] = {
        { "another key", &key, "private key is not that" },
        { "a name too many", &fewer, "nobody ordered, *.example.org" },
        { "a name missing", &extra, "lacks the name www.example.org" },
        { "a broken chain", &broken,
          "certificate 1 of the chain was not signed" },
        { "no certificate", &junk, "mail.example.com" },
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct store s = opened("refused");
        struct err err = { 0 };
        if (store_put(&s, rows[i].n, &err))
            fail_msg("%s: was taken", rows[i].what);
        if (!strstr(err.text, rows[i].says))
            fail_msg("%s: \"%s\" lacks \"%s\"", rows[i].what, err.text,
                     rows[i].says);
        assert_false(file_exists(at("refused")));
    }
}

static void test_not_ours(void **state)
{
    struct store s = opened("taken");
    struct store_new n = good_one();
    struct err err = { 0 };

    (void)state;
    assert_true(
        folder_make(at("taken/live/mail.example.com"), FOLDER_PRIVATE, &err));
    assert_false(store_put(&s, &n, &err));
    assert_non_null(strstr(err.text, "is not a link of ours"));
    store_close(&s);

    assert_true(folder_make(at("open"), FOLDER_PRIVATE, &err));
    assert_int_equal(chmod(at("open"), 0777), 0);
    assert_false(store_open(kit.arena, at("open"), &s, &err));
    assert_non_null(strstr(err.text, "written by everybody"));
    assert_true(file_write(at("file"), "x", 1, FILE_PUBLIC, &err));
    assert_false(store_open(kit.arena, at("file"), &s, &err));
}

static void test_lock(void **state)
{
    struct store s = opened("one"), other = opened("one");
    struct err err = { 0 };

    (void)state;
    assert_true(store_lock(&s, &err));
    assert_false(store_lock(&other, &err));
    const char *number = arena_printf(kit.arena, "%ld", (long)getpid());
    assert_non_null(strstr(err.text, "another certmend is at work"));
    assert_non_null(strstr(err.text, number));
    store_close(&s);
    assert_true(store_lock(&other, &err));
    store_close(&other);
}

static void test_next_key(void **state)
{
    struct store s = opened("dane");
    struct store_new n = good_one();
    struct rollover_key first, again;
    const char *live = NULL;
    struct err err = { 0 };

    (void)state;
    assert_false(rollover_key_make(&s, n.name, KEY_KIND_EC256, &first, &err));
    assert_non_null(strstr(err.text, "there is no first one"));
    assert_true(store_put(&s, &n, &err));
    if (!rollover_key_make(&s, n.name, KEY_KIND_EC256, &first, &err))
        fail_msg("%s", err.text);
    assert_true(first.is_new);
    assert_int_equal(strlen(first.tlsa), strlen("3 1 1 ") + 64);
    assert_true(rollover_key_make(&s, n.name, KEY_KIND_EC384, &again, &err));
    assert_false(again.is_new);
    assert_string_equal(first.tlsa, again.tlsa);
    assert_true(rollover_key_live(&s, n.name, &live, &err));
    assert_string_not_equal(live, first.tlsa);
    assert_int_equal(mode_of(first.path), 0600);
    store_close(&s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_put_and_find), cmocka_unit_test(test_modes),
        cmocka_unit_test(test_rights_last),  cmocka_unit_test(test_versions),
        cmocka_unit_test(test_refuses),      cmocka_unit_test(test_not_ours),
        cmocka_unit_test(test_lock),         cmocka_unit_test(test_next_key),
        cmocka_unit_test(test_lying_disk),
    };

    return cmocka_run_group_tests(tests, set_up, tear_down);
}
