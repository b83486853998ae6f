/* Exim's configuration: which macro a path comes from, what is not edited and
 * why, and edits that change that one value. */
#include "conf_bench.h"
#include "fixture.h"

#include <stdio.h>

#define CERT "/etc/new/fullchain.pem"
#define KEY  "/etc/new/privkey.pem"

static struct conf_bench bench;

/* What Exim says to -bP and -bV. */
static void plant_exim(const char *config, const char *cert, const char *key)
{
    bench_put(&bench, "@/said",
              arena_printf(arena,
                           "@/%s\ntls_certificate = %s\ntls_privatekey = %s\n"
                           "exim_user = mail\ndaemon_smtp_ports = smtp\n"
                           "tls_on_connect_ports = 465\n"
                           "tls_advertise_hosts = *\n",
                           config, cert, key));
    bench_program(&bench, "@/exim4",
                  "case \"$*\" in\n"
                  "*macros*) echo _HAVE_TLS=y; echo MINE=1;;\n"
                  "*-bP*) cat @/said;;\n"
                  "*-bV*) echo 'Exim version 4.96 #2 built'\nesac\n");
}

static bool begin(const char *config, const char *cert, const char *key,
                  const char *words)
{
    bench_open(&bench, arena);
    plant_exim("exim.conf", cert, key);
    bench_put(&bench, "@/exim.conf", config);
    return bench_read(&bench, "exim", 25,
                      arena_printf(arena, "exim4 -bd %s", words));
}

/* `after`: what stands there behind the edit; NULL: refused. Where `said` is
 * NULL, Exim says the path. */
struct row {
    const char *what, *config, *said;
    const char *path, *where, *doubt;
    const char *after;
};

static const struct row rows[] = {
    { "plain", "tls_certificate = /etc/a.crt\n", NULL, "/etc/a.crt",
      "/exim.conf:1", NULL, "tls_certificate = " CERT "\n" },
    { "no blanks, no final newline", "tls_certificate=/a", NULL, "/a",
      "/exim.conf:1", NULL, "tls_certificate=" CERT },
    { "CRLF", "x = y\r\n\ttls_certificate =  /a \r\nz = 1\r\n", NULL, "/a",
      "/exim.conf:2", NULL,
      "x = y\r\n\ttls_certificate =  " CERT " \r\nz = 1\r\n" },
    { "a mark in front", "\xef\xbb\xbftls_certificate = /a\n", NULL, "/a",
      "/exim.conf:1", NULL, "\xef\xbb\xbftls_certificate = " CERT "\n" },
    { "quoted", "tls_certificate = \"/a b\"\n", NULL, "/a b", "/exim.conf:1",
      NULL, "tls_certificate = \"" CERT "\"\n" },
    { "hidden", "hide tls_certificate = /a\n", NULL, "/a", "/exim.conf:1", NULL,
      "hide tls_certificate = " CERT "\n" },
    { "the last counts", "tls_certificate = /a\ntls_certificate = /b\n", NULL,
      "/b", "/exim.conf:2", NULL,
      "tls_certificate = /a\ntls_certificate = " CERT "\n" },
    { "a comment", "# tls_certificate = /a\ntls_certificate = /b\n", NULL, "/b",
      "/exim.conf:2", NULL,
      "# tls_certificate = /a\ntls_certificate = " CERT "\n" },
    { "a macro", "C = /a\nx = C\ntls_certificate = C\n", NULL, "/a",
      "/exim.conf:1", NULL, "C = " CERT "\nx = C\ntls_certificate = C\n" },
    { "a macro of a macro", "A_ = /a\nBC = A_\ntls_certificate = BC\n", NULL,
      "/a", "/exim.conf:1", NULL,
      "A_ = " CERT "\nBC = A_\ntls_certificate = BC\n" },
    { "a macro that comes later",
      "C = D/a.crt\nD = /etc/x\ntls_certificate = C\n", NULL, "/etc/x/a.crt",
      "/exim.conf:1", NULL, "C = " CERT "\nD = /etc/x\ntls_certificate = C\n" },
    { "part of it is a macro", "D = /etc/x\ntls_certificate = D/a.crt\n", NULL,
      "/etc/x/a.crt", "/exim.conf:2", NULL,
      "D = /etc/x\ntls_certificate = " CERT "\n" },
    { "a macro set anew", "C = /a\nC == /b\ntls_certificate = C\n", NULL, "/b",
      "/exim.conf:2", NULL, "C = /a\nC == " CERT "\ntls_certificate = C\n" },
    { "behind a condition that does not hold",
      ".ifdef X\ntls_certificate = /a\n.else\ntls_certificate = /b\n.endif\n",
      NULL, "/b", "/exim.conf:4", NULL,
      ".ifdef X\ntls_certificate = /a\n.else\ntls_certificate = " CERT
      "\n.endif\n" },
    { "the program's own macro",
      ".ifdef _HAVE_TLS\ntls_certificate = /a\n.elifdef MINE\n"
      "tls_certificate = /b\n.endif\n",
      NULL, "/a", "/exim.conf:2", NULL,
      ".ifdef _HAVE_TLS\ntls_certificate = " CERT "\n.elifdef MINE\n"
      "tls_certificate = /b\n.endif\n" },
    { "conditions within another that does not hold",
      "tls_certificate = /a\n.ifdef X\n.ifndef X\ntls_certificate = /b\n"
      ".else\ntls_certificate = /c\n.endif\n.endif\n",
      NULL, "/a", "/exim.conf:1", NULL,
      "tls_certificate = " CERT "\n.ifdef X\n.ifndef X\ntls_certificate = /b\n"
      ".else\ntls_certificate = /c\n.endif\n.endif\n" },
    { "not in the main section", "begin acl\ntls_certificate = /a\n", "", NULL,
      "", "None is named, and Exim makes one that nobody trusts.", NULL },
    { "the end of a long line",
      "x = a \\\n  # no \\\n  tls_certificate = /a\ntls_certificate = /b\n",
      NULL, "/b", "/exim.conf:4", NULL,
      "x = a \\\n  # no \\\n  tls_certificate = /a\ntls_certificate = " CERT
      "\n" },
    { "a long line", "tls_certificate = \\\n  /a\n", "/a", NULL, "/exim.conf:1",
      "Exim itself says \"/a\".", NULL },
    { "by name", "tls_certificate = ${if eq{$tls_in_sni}{a}{/a}{/b}}\n", NULL,
      NULL, "/exim.conf:1", "It is chosen at each connection.", NULL },
    { "two", "tls_certificate = /a : /b\n", NULL, NULL, "/exim.conf:1",
      "It names more than one file.", NULL },
    { "not whole", "tls_certificate = a.crt\n", NULL, NULL, "/exim.conf:1",
      "It does not name a file by its whole path.", NULL },
    { "backslashes", "tls_certificate = \"/a\\x20b\"\n", NULL, "/a\\x20b",
      "/exim.conf:1", "It is written with backslashes.", NULL },
    { "Exim says another", "tls_certificate = /a\n", "/b", "/a", "/exim.conf:1",
      "Exim itself says \"/b\".", NULL },
    { "Exim says none", "tls_certificate = /a\n", "", "/a", "/exim.conf:1",
      "Exim itself names none.", NULL },
    { "none", "x = y\n", NULL, NULL, "",
      "None is named, and Exim makes one that nobody trusts.", NULL },
};

static void one_row(const struct row *row)
{
    const char *said = row->said ? row->said : row->path ? row->path : "";
    /* What Exim makes of it, where it is no path. */
    const char *value = strstr(row->config, "tls_certificate = ");
    if (!row->said && !row->path && value)
        said = arena_text_n(arena, value + 18, strcspn(value + 18, "\n"));

    if (!begin(row->config, said, "", ""))
        fail_msg("%s: %s", row->what, bench.err.text);
    const struct tls_place *p = &bench.conf.places[0];
    const char *doubt = row->doubt ? bench_text(&bench, row->doubt) : NULL;
    if (!same(p->cert.path, row->path) || !same(p->cert.doubt, doubt))
        fail_msg("%s: %s, %s", row->what, p->cert.path, p->cert.doubt);
    if (!same(bench_where(&bench, &p->cert), row->where))
        fail_msg("%s: at %s", row->what, bench_where(&bench, &p->cert));
    const char *after = bench_edit(&bench, p, CERT, CERT, "@/exim.conf");
    if (!same(after, row->after))
        fail_msg("%s: %s", row->what, after ? after : bench.err.text);
    bench_close(&bench);
}

static void certificate(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        one_row(&rows[i]);
}

static void key(void **state)
{
    static const struct {
        const char *what, *config, *said, *path, *after;
    } keys[] = {
        { "its own", "tls_certificate = /a\ntls_privatekey = /k\n", "/k", "/k",
          "tls_certificate = " CERT "\ntls_privatekey = " KEY "\n" },
        { "one file becomes two", "x = 1\n tls_certificate = /a\ny = 2\n", "",
          "/a",
          "x = 1\n tls_certificate = " CERT "\n tls_privatekey = " KEY
          "\ny = 2\n" },
        { "the same, in the last line", "tls_certificate = /a", "", "/a",
          "tls_certificate = " CERT "\ntls_privatekey = " KEY },
        { "one macro for both",
          "C = /a\ntls_certificate = C\ntls_privatekey = C\n", "/a", "/a",
          NULL },
    };

    (void)state;
    for (size_t i = 0; i < sizeof keys / sizeof *keys; i++) {
        if (!begin(keys[i].config, "/a", keys[i].said, ""))
            fail_msg("%s: %s", keys[i].what, bench.err.text);
        const struct tls_place *p = &bench.conf.places[0];
        assert_string_equal(p->key.path, keys[i].path);
        const char *after = bench_edit(&bench, p, CERT, KEY, "@/exim.conf");
        if (!same(after, keys[i].after))
            fail_msg("%s: %s", keys[i].what, after ? after : bench.err.text);
        bench_close(&bench);
    }
}

/* A path that Exim would take for more than that. */
static void paths_that_are_refused(void **state)
{
    static const char *const paths[] = {
        "/a b",  "/a:b", "/etc/C/x.pem", "/a\n/b", "/$x", "/${x}",
        "/a\"b", "/a#b", "/a\\b",        "a.pem",  "",    "/\xc3\xa4",
    };

    (void)state;
    assert_true(begin("C = /a\ntls_certificate = C\n", "/a", "", ""));
    for (size_t i = 0; i < sizeof paths / sizeof *paths; i++)
        if (bench_edit(&bench, &bench.conf.places[0], paths[i], paths[i],
                       "@/exim.conf"))
            fail_msg("\"%s\" is put in", paths[i]);
    bench_close(&bench);
}

static void as_it_was_started(void **state)
{
    static const char config[] = "tls_certificate = C\n";

    (void)state;
    assert_true(begin(config, "/c", "", "-q30m -DC=/c -oX 25 -C @/exim.conf"));
    const struct tls_place *p = &bench.conf.places[0];
    assert_string_equal(p->cert.path, "/c");
    assert_string_equal(p->cert.doubt, "It is given where Exim is started.");
    const char *const *check = bench.conf.kind->check(arena, &bench.conf);
    assert_string_equal(check[1], "-DC=/c");
    assert_string_equal(check[2], "-C");
    assert_string_equal(check[3], bench_text(&bench, "@/exim.conf"));
    assert_string_equal(check[4], "-bV");
    assert_null(check[5]);
    assert_string_equal(bench.conf.user, "mail");
    assert_string_equal(bench.conf.version, "4.96");
    bench_close(&bench);
}

/* One pair for every port on which it was told to listen. */
static void its_ports(void **state)
{
    static const struct {
        const char *words;
        size_t len;
        uint16_t last;
    } starts[] = {
        { "-bd", 1, 25 },
        { "-bd -oX 25:465:submission", 3, 587 },
        { "-bd -oX 465;127.0.0.1.99;[::1]:98", 3, 98 },
        { "-bd -oX 25:smtp:99999999999", 1, 25 },
    };

    (void)state;
    for (size_t i = 0; i < sizeof starts / sizeof *starts; i++) {
        assert_true(begin("tls_certificate = /a\n", "/a", "", starts[i].words));
        const struct server_conf *c = &bench.conf;
        if (c->places_len != starts[i].len ||
            c->places[c->places_len - 1].port != starts[i].last)
            fail_msg("%s: %zu, %u", starts[i].words, c->places_len,
                     (unsigned)c->places[c->places_len - 1].port);
        const char *after = bench_edit(&bench, &c->places[c->places_len - 1],
                                       CERT, CERT, "@/exim.conf");
        assert_string_equal(after, "tls_certificate = " CERT "\n");
        bench_close(&bench);
    }
}

static void included(void **state)
{
    static const struct {
        const char *what, *config, *other, *path;
        const char *err; /* part of it */
    } files[] = {
        { "one", ".include @/other\n", "tls_certificate = /a\n", "/a", NULL },
        { "by a macro", "D = @\n.include D/other\n", "tls_certificate = /a\n",
          "/a", NULL },
        { "quoted", ".include \"@/other\"\n", "tls_certificate = /a\n", "/a",
          NULL },
        { "conditions go on",
          ".include @/other\ntls_certificate = /b\n.endif\n",
          "tls_certificate = /a\n.ifdef X\n", "/a", NULL },
        { "if it exists", ".include_if_exists @/none\ntls_certificate = /a\n",
          "", "/a", NULL },
        { "not there", ".include @/none\n", "", NULL, "@/exim.conf:1: @/none" },
        { "itself", ".include @/other\n", ".include @/exim.conf\n", NULL,
          "includes itself" },
        { "of many", ".include @/*\n", "", NULL, "no whole path" },
        { "not whole", ".include other\n", "", NULL, "@/exim.conf:1" },
        { "an end too many", ".endif\n", "", NULL, "was not begun" },
        { "another branch of nothing", "\n.else\n", "", NULL, "@/exim.conf:2" },
    };

    (void)state;
    for (size_t i = 0; i < sizeof files / sizeof *files; i++) {
        bench_open(&bench, arena);
        plant_exim("exim.conf", "/a", "");
        bench_put(&bench, "@/exim.conf", files[i].config);
        bench_put(&bench, "@/other", files[i].other);
        bool good = bench_read(&bench, "exim", 25, "exim4");
        if (good != !files[i].err)
            fail_msg("%s: %s", files[i].what, bench.err.text);
        if (good)
            assert_string_equal(bench.conf.places[0].cert.path, files[i].path);
        else if (!strstr(bench.err.text, bench_text(&bench, files[i].err)))
            fail_msg("%s: %s", files[i].what, bench.err.text);
        bench_close(&bench);
    }
}

/* Macros that double, conditions in one another: it ends, and says so. */
static void without_measure(void **state)
{
    struct buf text;

    (void)state;
    buf_init(&text, arena, 1024 * 1024);
    buf_text(&text, "A0_ = /xxxxxxxxxxxxxxx\n");
    for (int i = 1; i < 60; i++)
        buf_printf(&text, "A%d_ = A%d_A%d_\n", i, i - 1, i - 1);
    buf_text(&text, "tls_certificate = A59_\n");
    assert_true(begin(text.text, "/a", "", ""));
    assert_null(bench.conf.places[0].cert.path);
    bench_close(&bench);

    buf_init(&text, arena, 1024 * 1024);
    for (int i = 0; i < 1000; i++)
        buf_text(&text, ".ifdef X\n");
    assert_false(begin(text.text, "/a", "", ""));
    assert_non_null(strstr(bench.err.text, "too many conditions"));
    bench_close(&bench);

    buf_init(&text, arena, 1024 * 1024);
    for (int i = 0; i < 20000; i++)
        buf_printf(&text, "M%d_ = x\n", i);
    assert_false(begin(text.text, "/a", "", ""));
    assert_non_null(strstr(bench.err.text, "macros"));
    bench_close(&bench);
}

static void of_a_program(void **state)
{
    (void)state;
    assert_true(begin("# This file was generated by x.\ntls_certificate = /a\n",
                      "/a", "", ""));
    assert_null(bench.conf.places[0].cert.doubt);
    assert_non_null(bench.conf.print_only);
    bench_close(&bench);
}

/* Exim's own complaint is told. */
static void broken(void **state)
{
    (void)state;
    bench_open(&bench, arena);
    bench_program(&bench, "@/exim4", "echo 'error in line 3' >&2; exit 1\n");
    assert_false(bench_read(&bench, "exim", 25, "exim4"));
    assert_string_equal(bench.err.text,
                        "Exim cannot be asked what it uses: error in line 3");
    bench_close(&bench);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(certificate, set_up, tear_down),
        cmocka_unit_test_setup_teardown(key, set_up, tear_down),
        cmocka_unit_test_setup_teardown(paths_that_are_refused, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(as_it_was_started, set_up, tear_down),
        cmocka_unit_test_setup_teardown(its_ports, set_up, tear_down),
        cmocka_unit_test_setup_teardown(included, set_up, tear_down),
        cmocka_unit_test_setup_teardown(without_measure, set_up, tear_down),
        cmocka_unit_test_setup_teardown(of_a_program, set_up, tear_down),
        cmocka_unit_test_setup_teardown(broken, set_up, tear_down),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
