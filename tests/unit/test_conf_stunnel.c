/* stunnel's configuration: whose certificate and key count, and edits that
 * change those alone. */
#include "conf_bench.h"
#include "fixture.h"

#define CERT "/etc/new/fullchain.pem"
#define KEY  "/etc/new/privkey.pem"

static struct conf_bench bench;

static bool begin(const char *config)
{
    bench_open(&bench, arena);
    bench_program(&bench, "@/stunnel4", "exit 1\n");
    bench_put(&bench, "@/a.conf", config);
    return bench_read(&bench, "stunnel", 465, "stunnel4 @/a.conf");
}

/* "PORT SNI CERT KEY" of each place. */
static const char *told(void)
{
    struct buf out;

    buf_init(&out, arena, 4096);
    for (size_t i = 0; i < bench.conf.places_len; i++) {
        const struct tls_place *p = &bench.conf.places[i];
        buf_printf(&out, "%d %s %s %s\n", (int)p->port, p->sni ? p->sni : "-",
                   p->cert.path ? p->cert.path : "-",
                   p->key.path ? p->key.path : "-");
    }
    return out.text;
}

static void places(void **state)
{
    static const struct {
        const char *what, *config, *told;
    } rows[] = {
        { "one", "[m]\naccept = 465\ncert = /c\nkey = /k\nconnect = 25\n",
          "465 - /c /k\n" },
        { "one file", "[m]\naccept=:::465\ncert=/c", "465 - /c /c\n" },
        { "by its name", "[m]\naccept = 127.0.0.1:imaps\ncert = /c\n",
          "993 - /c /c\n" },
        { "capitals", "[m]\nACCEPT = 465\nCert = /c\n", "465 - /c /c\n" },
        { "of all",
          "cert = /g\nkey = /h\n[a]\naccept = 1\n[b]\naccept = 2\n"
          "cert = /c\n",
          "1 - /g /h\n2 - /c /h\n" },
        { "not of those before",
          "[a]\naccept = 1\ncert = /a\n[b]\naccept = 2\n",
          "1 - /a /a\n2 - - -\n" },
        { "the last counts", "[m]\naccept = 1\ncert = /a\ncert = /b\n",
          "1 - /b /b\n" },
        { "comments",
          "; cert = /x\n[m]\n# accept = 1\naccept = 2\n ;x=y\n"
          "cert = /c ; no comment\n",
          "2 - /c ; no comment /c ; no comment\n" },
        { "a client", "[m]\nclient = yes\naccept = 25\ncert = /c\n", "" },
        { "no port of its own", "[m]\nexec = /x\ncert = /c\n", "" },
        { "a file of the system", "[m]\naccept = /run/s\ncert = /c\n", "" },
        { "too large a port", "[m]\naccept = 70000\ncert = /c\n", "" },
        { "by name",
          "[m]\naccept = 465\ncert = /c\n[o]\nsni = m:o.example.org\n"
          "cert = /o\n[s]\nsni = m:*.example.net\ncert = /s\n",
          "465 - /c /c\n465 o.example.org /o /o\n465 *.example.net /s /s\n" },
        { "a name of nobody",
          "[o]\nsni = m:x\ncert = /o\n[m]\naccept = 1\n"
          "cert = /c\n",
          "1 - /c /c\n" },
        { "not whole", "[m]\naccept = 1\ncert = c.pem\n", "1 - - -\n" },
        { "CRLF", "[m]\r\naccept = 1\r\ncert = /c\r\n", "1 - /c /c\n" },
        { "a mark", "\xef\xbb\xbf[m]\naccept = 1\ncert = /c\n", "1 - /c /c\n" },
        { "included", "include = @/d\n[z]\naccept = 9\ncert = /z\n",
          "1 - /one /one\n2 - /two /two\n9 - /z /z\n" },
        { "nothing", "", "" },
        { "no sense", "[\n]\n=\n = x\n[]\n", "" },
    };

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        bench_open(&bench, arena);
        bench_program(&bench, "@/stunnel4", "exit 1\n");
        bench_put(&bench, "@/a.conf", rows[i].config);
        bench_put(&bench, "@/d/2.conf", "[b]\naccept = 2\ncert = /two\n");
        bench_put(&bench, "@/d/1.conf", "[a]\naccept = 1\ncert = /one\n");
        bench_put(&bench, "@/d/.0", "[x]\naccept = 7\ncert = /x\n");
        if (!bench_read(&bench, "stunnel", 465, "stunnel4 @/a.conf"))
            fail_msg("%s: %s", rows[i].what, bench.err.text);
        if (!same(told(), rows[i].told))
            fail_msg("%s: %s", rows[i].what, told());
        bench_close(&bench);
    }
}

static void edits(void **state)
{
    static const struct {
        const char *what, *config, *key, *after;
    } rows[] = {
        { "two values", "[m]\n accept = 465\n cert = /c\n key = /k\n", KEY,
          "[m]\n accept = 465\n cert = " CERT "\n key = " KEY "\n" },
        { "one file", "[m]\naccept = 465\ncert = /c\n", CERT,
          "[m]\naccept = 465\ncert = " CERT "\n" },
        { "one file becomes two", "[m]\r\naccept = 465\r\n\tcert = /c", KEY,
          "[m]\r\naccept = 465\r\n\tcert = " CERT "\r\n\tkey = " KEY },
        { "of all", "cert = /c\nkey = /k\n[m]\naccept = 465\n", KEY,
          "cert = " CERT "\nkey = " KEY "\n[m]\naccept = 465\n" },
        { "blanks behind it", "[m]\naccept = 465\ncert=/c \t\n", CERT,
          "[m]\naccept = 465\ncert=" CERT " \t\n" },
        { "it is so already",
          "[m]\naccept = 1\ncert = " CERT "\nkey = " KEY "\n", KEY,
          "[m]\naccept = 1\ncert = " CERT "\nkey = " KEY "\n" },
        { "none", "[m]\naccept = 465\n", KEY, NULL },
        { "not whole", "[m]\naccept = 465\ncert = c.pem\n", CERT, NULL },
        { "no plain path", "[m]\naccept = 465\ncert = /c\n", "/a\nb", NULL },
    };

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        if (!begin(rows[i].config))
            fail_msg("%s: %s", rows[i].what, bench.err.text);
        const char *after = bench_edit(&bench, &bench.conf.places[0], CERT,
                                       rows[i].key, "@/a.conf");
        if (!same(after, rows[i].after))
            fail_msg("%s: %s", rows[i].what, after ? after : bench.err.text);
        bench_close(&bench);
    }
}

/* Nobody else gets a key that does not fit. */
static void what_others_have(void **state)
{
    static const struct {
        const char *what, *config, *after;
    } rows[] = {
        { "nothing in common",
          "[m]\naccept = 1\ncert = /a\n[n]\naccept = 2\ncert = /b\n",
          "[m]\naccept = 1\ncert = /a\n[n]\naccept = 2\ncert = " CERT
          "\nkey = " KEY "\n" },
        { "the key alone",
          "key = /k\n[m]\naccept = 1\ncert = /a\n[n]\naccept = 2\n"
          "cert = /b\n",
          "key = /k\n[m]\naccept = 1\ncert = /a\n[n]\naccept = 2\n"
          "cert = " CERT "\nkey = " KEY "\n" },
        { "the certificate alone",
          "cert = /a\n[m]\naccept = 1\nkey = /k\n[n]\naccept = 2\n"
          "key = /l\n",
          NULL },
        { "both", "cert = /a\nkey = /k\n[m]\naccept = 1\n[n]\naccept = 2\n",
          "cert = " CERT "\nkey = " KEY
          "\n[m]\naccept = 1\n[n]\naccept = 2\n" },
    };

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        assert_true(begin(rows[i].config));
        const char *after =
            bench_edit(&bench, &bench.conf.places[1], CERT, KEY, "@/a.conf");
        if (!same(after, rows[i].after))
            fail_msg("%s: %s", rows[i].what, after ? after : bench.err.text);
        bench_close(&bench);
    }
}

/* What would count without it is known. */
static void wins_over(void **state)
{
    (void)state;
    assert_true(begin("cert = /g\n[m]\naccept = 1\ncert = /a\ncert = /b\n"));
    const struct conf_value *cert = &bench.conf.places[0].cert;
    assert_string_equal(cert->path, "/b");
    assert_string_equal(cert->over->path, "/a");
    assert_int_equal(cert->over->span.line, 4);
    assert_string_equal(cert->over->over->path, "/g");
    assert_null(cert->over->over->over);
    bench_close(&bench);
}

static void reload(void **state)
{
    static const struct {
        const char *config, *verb;
    } rows[] = {
        { "[m]\naccept = 1\ncert = /c\n", "reload" },
        { "setuid = stunnel4\n[m]\naccept = 1\ncert = /c\n", "restart" },
        { "chroot = /var/lib/s\n[m]\naccept = 1\ncert = /c\n", "restart" },
    };

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        assert_true(begin(rows[i].config));
        assert_null(bench.conf.kind->check);
        bench.listener.unit = NULL;
        const char *const *words = bench.conf.kind->reload(arena, &bench.conf);
        assert_string_equal(words[0], "service");
        assert_string_equal(words[2], rows[i].verb);
        bench.listener.unit = "stunnel\x40mail.service";
        words = bench.conf.kind->reload(arena, &bench.conf);
        assert_string_equal(words[0], "systemctl");
        assert_string_equal(words[1], rows[i].verb);
        assert_string_equal(words[2], "stunnel\x40mail.service");
        assert_null(words[3]);
        bench_close(&bench);
    }
}

static void hostile(void **state)
{
    static const struct {
        const char *what, *config, *other, *err;
    } rows[] = {
        { "itself", "include = @/d\n", "include = @/d\n", "includes itself" },
        { "not whole", "include = d\n", "", "@/a.conf:1" },
        { "a page", "x = \x01\n[m]\naccept = 1\ncert = \x1b[31m/c\n", "",
          NULL },
    };
    struct buf text;

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        bench_open(&bench, arena);
        bench_program(&bench, "@/stunnel4", "exit 1\n");
        bench_put(&bench, "@/a.conf", rows[i].config);
        bench_put(&bench, "@/d/x", rows[i].other);
        bool good = bench_read(&bench, "stunnel", 465, "stunnel4 @/a.conf");
        if (good != !rows[i].err ||
            (!good && !strstr(bench.err.text, bench_text(&bench, rows[i].err))))
            fail_msg("%s: %s", rows[i].what, bench.err.text);
        bench_close(&bench);
    }
    buf_init(&text, arena, 1024 * 1024);
    for (int i = 0; i < 5000; i++)
        buf_text(&text, "[s]\naccept = 1\ncert = /c\n");
    assert_false(begin(text.text));
    assert_non_null(strstr(bench.err.text, "too many services"));
    bench_close(&bench);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(places, set_up, tear_down),
        cmocka_unit_test_setup_teardown(edits, set_up, tear_down),
        cmocka_unit_test_setup_teardown(what_others_have, set_up, tear_down),
        cmocka_unit_test_setup_teardown(wins_over, set_up, tear_down),
        cmocka_unit_test_setup_teardown(reload, set_up, tear_down),
        cmocka_unit_test_setup_teardown(hostile, set_up, tear_down),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
