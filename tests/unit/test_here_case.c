/*
 * What follows from what a place names, what is in it and what is shown: real
 * certificates below a planted root, each case one row.
 */
#include "run/here_case.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "fixture.h"

#include "crypto/verification.h"
#include "forge.h"

enum { NOW = 1800000000, OVER = 1790000000, NEWER = 1799000000, LEAVES = 6 };

static char top[] = "/tmp/certmend-here-XXXXXX";
static struct machine_root root;
static struct evaluation evaluation;
static struct look_options options;

static const struct forge_ext leaf_ext[] = {
    { NID_subject_alt_name, "DNS:mail.example.com" },
    { NID_ext_key_usage, "serverAuth" },
    { 0, NULL },
};
static const struct forge_ext other_ext[] = {
    { NID_subject_alt_name, "DNS:www.example.com" },
    { NID_ext_key_usage, "serverAuth" },
    { 0, NULL },
};

/* "good.full", "good.leaf" and "good.key" are files below /etc. */
static struct made {
    const char *name;
    const struct forge_ext *ext;
    bool self_signed;
    int64_t from, to; /* 0: as forged */
    struct forged it;
} leaves[LEAVES] = {
    { .name = "good", .ext = leaf_ext },
    { .name = "new", .ext = leaf_ext, .from = NEWER },
    { .name = "other", .ext = other_ext },
    { .name = "self", .ext = leaf_ext, .self_signed = true },
    { .name = "over", .ext = leaf_ext, .to = OVER },
    { .name = "late", .ext = leaf_ext, .from = NOW + 1000000 },
};
static struct forged anchor, authority;

static const char *at(const char *name)
{
    return arena_printf(arena, "%s/etc/%s", top, name);
}

static void put_certs(const char *name, X509 *const *certs, size_t len)
{
    FILE *f = fopen(at(name), "w");

    assert_non_null(f);
    for (size_t i = 0; i < len; i++)
        assert_true(PEM_write_X509(f, certs[i]));
    assert_int_equal(fclose(f), 0);
}

static void put_key(const char *name, const char *mode, EVP_PKEY *key)
{
    FILE *f = fopen(at(name), mode);

    assert_non_null(f);
    assert_true(PEM_write_PrivateKey(f, key, NULL, NULL, 0, NULL, NULL));
    assert_int_equal(fclose(f), 0);
}

static void make_leaf(struct made *m)
{
    const struct forge_order order = { .cn = m->name,
                                       .issuer =
                                           m->self_signed ? NULL : &authority,
                                       .ext = m->ext };
    EVP_PKEY *by = NULL;

    m->it = forge(&order);
    if (m->from)
        ASN1_TIME_set(X509_getm_notBefore(m->it.x), m->from);
    if (m->to)
        ASN1_TIME_set(X509_getm_notAfter(m->it.x), m->to);
    by = m->self_signed ? m->it.key : authority.key;
    assert_true(X509_sign(m->it.x, by, EVP_sha256()));
    X509 *const chain[] = { m->it.x, authority.x };
    put_certs(arena_printf(arena, "%s.full", m->name), chain, 2);
    put_certs(arena_printf(arena, "%s.leaf", m->name), chain, 1);
    put_key(arena_printf(arena, "%s.key", m->name), "w", m->it.key);
    put_certs(arena_printf(arena, "%s.both", m->name), chain, 2);
    put_key(arena_printf(arena, "%s.both", m->name), "a", m->it.key);
}

static int begin(void **state)
{
    const struct forge_order top_order = { .cn = "root", .ext = forge_ca };
    struct forge_order order = { .cn = "authority", .ext = forge_ca };
    struct err err;

    assert_int_equal(set_up(state), 0);
    assert_non_null(mkdtemp(top));
    assert_int_equal(mkdir(arena_printf(arena, "%s/etc", top), 0755), 0);
    anchor = forge(&top_order);
    order.issuer = &anchor;
    authority = forge(&order);
    for (size_t i = 0; i < LEAVES; i++)
        make_leaf(&leaves[i]);
    put_certs("root", &anchor.x, 1);
    put_certs("authority", &authority.x, 1);
    FILE *f = fopen(at("garbage"), "w");
    assert_non_null(f);
    fputs("-----BEGIN CERTIFICATE-----\nAAAA\n", f);
    fclose(f);
    look_options_init(&options);
    options.ca_file = at("root");
    return machine_root_open(arena, top, &root, &err) &&
                   evaluation_open(arena, &options, &evaluation, &err)
               ? 0
               : -1;
}

static int end(void **state)
{
    pid_t pid = fork();

    if (pid == 0) {
        execl("/bin/rm", "rm", "-rf", top, (char *)NULL);
        _exit(127);
    }
    waitpid(pid, NULL, 0);
    machine_root_close(&root);
    evaluation_close(&evaluation);
    for (size_t i = 0; i < LEAVES; i++)
        forge_free(&leaves[i].it);
    forge_free(&authority);
    forge_free(&anchor);
    return tear_down(state);
}

/* ---- a survey with one look ---- */

static struct survey *survey_showing(const char *file)
{
    struct target t = { .kind = TARGET_HOST,
                        .input = "mail.example.com",
                        .host = "mail.example.com" };
    struct survey *s = survey_new(arena, &t, NOW);
    struct attempt worked = { .outcome = OUTCOME_OK };
    struct cell c = { .host = t.host,
                      .reference = t.host,
                      .address = "127.0.0.1",
                      .port = 587,
                      .service = "submission",
                      .sni = t.host,
                      .asked = true,
                      .connect = worked,
                      .alert = -1 };
    struct machine_file f;
    struct cert_list chain = { NULL, 0 };
    struct err err;
    size_t *places;

    s->judged_at = NOW;
    c.starttls.outcome = file ? OUTCOME_OK : OUTCOME_NOT_OFFERED;
    if (file) {
        const char *path = arena_printf(arena, "/etc/%s", file);
        assert_true(machine_file_read(arena, &root, path, 1 << 20, &f, &err) &&
                    x509_read_file(arena, f.text, f.len, path, &chain, &err));
        places = arena_alloc(arena, chain.len, sizeof *places);
        for (size_t i = 0; i < chain.len; i++)
            places[i] = survey_cert_add(s, &chain.items[i]);
        c.chain = places;
        c.chain_len = chain.len;
        c.handshake = worked;
    }
    survey_cell_add(s, &c);
    assert_true(verification_fill(s, evaluation.anchors, &err));
    return s;
}

static const struct finding_def complaint = { "x.wrong", "t", "w", "s" };

static struct findings *findings_of(bool complains)
{
    struct findings *found = arena_alloc(arena, 1, sizeof *found);

    found->arena = arena;
    if (complains) {
        struct finding *f = finding_add(found, &complaint, SEV_ERROR, "It is.");
        finding_cell(found, f, 0);
    }
    return found;
}

static struct conf_value value(const char *file, size_t line)
{
    return (struct conf_value){
        .setting = "certificate",
        .path = file ? arena_printf(arena, "/etc/%s", file) : NULL,
        .span = { .line = line },
    };
}

static const struct row {
    const char *what;
    const char *shown; /* a file; NULL: no TLS */
    bool complains;
    const char *cert, *key, *chain; /* what the place names */
    const char *over;               /* what would count else */
    bool is_off;
    const char *stock[4]; /* lie on the machine, too */
    enum here_kind kind;
    const char *wanted; /* file */
    const char *why;    /* a part of it */
} rows[] = {
    { .what = "well",
      .shown = "good.full",
      .cert = "good.full",
      .key = "good.key",
      .kind = HERE_RIGHT },
    { .what = "well, and another lies about",
      .shown = "good.full",
      .cert = "good.full",
      .key = "good.key",
      .stock = { "new.full", "new.key" },
      .kind = HERE_RIGHT },
    { .what = "well, in two files",
      .shown = "good.full",
      .cert = "good.leaf",
      .key = "good.key",
      .chain = "authority",
      .kind = HERE_RIGHT },
    { .what = "no TLS, and nobody minds",
      .cert = "good.full",
      .key = "good.key",
      .is_off = true,
      .kind = HERE_RIGHT },
    { .what = "a newer one came, all is well",
      .shown = "good.full",
      .cert = "new.full",
      .key = "new.key",
      .kind = HERE_NEEDS_RELOAD },
    { .what = "an older one came: of both the newer is shown",
      .shown = "new.full",
      .cert = "good.full",
      .key = "good.key",
      .kind = HERE_RIGHT },
    { .what = "the old one has ended",
      .shown = "over.full",
      .complains = true,
      .cert = "good.full",
      .key = "good.key",
      .kind = HERE_NEEDS_RELOAD },
    { .what = "nothing is shown, and the files are in order",
      .complains = true,
      .cert = "good.full",
      .key = "good.key",
      .kind = HERE_NEEDS_RELOAD },
    { .what = "the chain came into the file",
      .shown = "good.leaf",
      .complains = true,
      .cert = "good.full",
      .key = "good.key",
      .kind = HERE_NEEDS_RELOAD },
    { .what = "another name's file, the right one is here",
      .shown = "other.full",
      .complains = true,
      .cert = "other.full",
      .key = "other.key",
      .stock = { "good.full", "good.key" },
      .kind = HERE_NAMES_OTHER,
      .wanted = "good.full",
      .why = "it is for www.example.com, not for mail.example.com" },
    { .what = "the one that ends last is taken",
      .shown = "other.full",
      .complains = true,
      .cert = "other.full",
      .key = "other.key",
      .stock = { "over.both", "self.both", "good.both", "late.both" },
      .kind = HERE_NAMES_OTHER,
      .wanted = "good.both" },
    { .what = "one without its key is none",
      .shown = "other.full",
      .complains = true,
      .cert = "other.full",
      .key = "other.key",
      .stock = { "good.full" },
      .kind = HERE_FILE_IS_SAME },
    { .what = "self-signed",
      .shown = "self.leaf",
      .complains = true,
      .cert = "self.leaf",
      .key = "self.key",
      .kind = HERE_FILE_IS_SAME,
      .why = "it signed itself" },
    { .what = "self-signed, and nobody minds",
      .shown = "self.leaf",
      .cert = "self.leaf",
      .key = "self.key",
      .stock = { "good.full", "good.key" },
      .kind = HERE_RIGHT },
    { .what = "ended, and nothing came after it",
      .shown = "over.full",
      .complains = true,
      .cert = "over.full",
      .key = "over.key",
      .kind = HERE_FILE_IS_SAME,
      .why = "it ended on" },
    { .what = "ended, and the next has not begun",
      .shown = "over.full",
      .complains = true,
      .cert = "late.full",
      .key = "late.key",
      .kind = HERE_FILE_IS_SAME,
      .why = "it begins on" },
    { .what = "another line wins",
      .shown = "other.full",
      .complains = true,
      .cert = "other.full",
      .key = "other.key",
      .over = "good.full",
      .stock = { "good.full", "good.key" },
      .kind = HERE_OVERRIDDEN,
      .wanted = "good.full" },
    { .what = "another line wins, and is as bad",
      .shown = "other.full",
      .complains = true,
      .cert = "other.full",
      .key = "other.key",
      .over = "over.full",
      .stock = { "good.full", "good.key", "over.full", "over.key" },
      .kind = HERE_NAMES_OTHER,
      .wanted = "good.full" },
    { .what = "switched off",
      .complains = true,
      .cert = "good.full",
      .key = "good.key",
      .is_off = true,
      .stock = { "good.full", "good.key" },
      .kind = HERE_NO_TLS,
      .wanted = "good.full" },
    { .what = "nothing is named", .complains = true, .kind = HERE_NO_TLS },
    { .what = "a file that is not there",
      .complains = true,
      .cert = "gone",
      .key = "good.key",
      .stock = { "good.full", "good.key" },
      .kind = HERE_NOT_THERE,
      .wanted = "good.full",
      .why = "/etc/gone" },
    { .what = "no key there, and all is well until it reads again",
      .shown = "good.full",
      .cert = "good.full",
      .key = "gone",
      .kind = HERE_NOT_THERE,
      .why = "/etc/gone" },
    { .what = "no certificate in it",
      .complains = true,
      .cert = "garbage",
      .key = "good.key",
      .kind = HERE_NOT_THERE,
      .why = "/etc/garbage" },
    { .what = "the key of another",
      .complains = true,
      .cert = "good.full",
      .key = "other.key",
      .stock = { "good.full", "good.key" },
      .kind = HERE_KEY_DIFFERS,
      .wanted = "good.full" },
    { .what = "no key in the certificate's file",
      .complains = true,
      .cert = "good.full",
      .key = "good.full",
      .kind = HERE_NOT_THERE,
      .why = "no private key" },
    { .what = "the leaf alone",
      .shown = "good.leaf",
      .complains = true,
      .cert = "good.leaf",
      .key = "good.key",
      .stock = { "good.full", "good.key" },
      .kind = HERE_CHAIN_MISSING,
      .wanted = "good.full" },
    { .what = "the leaf alone, and no chain is here",
      .shown = "good.leaf",
      .complains = true,
      .cert = "good.leaf",
      .key = "good.key",
      .kind = HERE_CHAIN_MISSING },
    { .what = "well until it reads again",
      .shown = "good.full",
      .cert = "other.full",
      .key = "other.key",
      .kind = HERE_NEXT_IS_WORSE,
      .why = "it is for www.example.com" },
};

static struct here_finding judge(const struct row *r, struct err *err)
{
    struct here_stock stock = { .arena = arena, .root = &root };
    struct report *report = arena_alloc(arena, 1, sizeof *report);
    struct here_search *search = arena_alloc(arena, 1, sizeof *search);
    struct here_conf *conf = arena_alloc(arena, 1, sizeof *conf);
    struct machine_file *file = arena_alloc(arena, 1, sizeof *file);
    struct tls_place place = { .port = 587, .is_off = r->is_off };
    struct conf_value over = value(r->over, 12);
    struct here_finding f = { .kind = HERE_KIND_COUNT };
    const size_t cell = 0;

    file->path = "/etc/x.conf";
    conf->conf = (struct server_conf){
        .root = root, .files = file, .files_len = 1, .user = "root"
    };
    place.cert = value(r->cert, 20);
    place.key = value(r->key, 21);
    place.chain = value(r->chain, 22);
    if (r->over)
        place.cert.over = &over;
    for (size_t i = 0; i < 4 && r->stock[i]; i++)
        here_stock_file(&stock, arena_printf(arena, "/etc/%s", r->stock[i]));
    *report = (struct report){ .survey = survey_showing(r->shown),
                               .findings = findings_of(r->complains) };
    *search = (struct here_search){ arena, &evaluation, report, &stock };
    struct here_case c = { .search = search,
                           .conf = conf,
                           .place = &place,
                           .cells = &cell,
                           .cells_len = 1 };
    if (place.cert.path)
        here_file_read(arena, &conf->conf, &place, &c.file);
    if (!here_case_judge(&c, &f, err))
        fail_msg("%s: %s", r->what, err->text);
    return f;
}

static void tells_what_is_the_matter(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        const struct row *r = &rows[i];
        struct err err = { 0 };
        struct here_finding f = judge(r, &err);
        const char *wanted =
            r->wanted ? arena_printf(arena, "/etc/%s", r->wanted) : NULL;
        if (f.kind != r->kind || !same(f.wanted_cert, wanted) ||
            (r->why && (!f.why || !strstr(f.why, r->why))) ||
            (wanted && !f.wanted_key))
            fail_msg("%s: %s, wanted %s, why %s", r->what,
                     table_text(here_kind_words, (int)f.kind), f.wanted_cert,
                     f.why);
    }
}

static void says_who_loses(void **state)
{
    struct err err = { 0 };

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        if (rows[i].kind == HERE_OVERRIDDEN)
            assert_string_equal(judge(&rows[i], &err).loses, "/etc/x.conf:12");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(tells_what_is_the_matter),
        cmocka_unit_test(says_who_loses),
    };

    return cmocka_run_group_tests(tests, begin, end);
}
