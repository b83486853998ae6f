/* HAProxy's configuration: which file a port and a name get, and edits that
 * change that word alone. */
#include "conf_bench.h"
#include "fixture.h"

#define NEW "/etc/new/both.pem"

static struct conf_bench bench;

static void plant(const char *config)
{
    bench_open(&bench, arena);
    bench_program(&bench, "@/haproxy",
                  "echo 'HAProxy version 2.6.12-1+deb12u4 2026/10/17'\n");
    bench_put(&bench, "@/a.cfg", config);
}

static bool begin(const char *config)
{
    plant(config);
    return bench_read(&bench, "haproxy", 465, "haproxy -Ws -f @/a.cfg");
}

/* "PORT SNI CERT KEY LINE" of each place, "off", and what is doubted. */
static const char *told(void)
{
    struct buf out;

    buf_init(&out, arena, 4096);
    for (size_t i = 0; i < bench.conf.places_len; i++) {
        const struct tls_place *p = &bench.conf.places[i];
        const char *where = bench_where(&bench, &p->cert);
        buf_printf(
            &out, "%s%s%d %s %s %s %s%s%s%s\n", p->address ? p->address : "",
            p->address ? " " : "", (int)p->port, p->sni ? p->sni : "-",
            p->cert.path ? p->cert.path : "-", p->key.path ? p->key.path : "-",
            where, p->is_off ? " off" : "", p->cert.doubt ? " " : "",
            p->cert.doubt ? p->cert.doubt : "");
    }
    return out.text;
}

#define FRONT "frontend f\n mode tcp\n "

static const struct {
    const char *what, *config, *told;
} rows[] = {
    { "one file", FRONT "bind :465 ssl crt /a.pem\n",
      "465 - /a.pem /a.pem /a.cfg:3\n" },
    { "no final newline", FRONT "bind *:465 ssl crt /a.pem",
      "465 - /a.pem /a.pem /a.cfg:3\n" },
    { "CRLF", "frontend f\r\n bind :::465 v4v6 ssl crt /a.pem\r\n",
      "465 - /a.pem /a.pem /a.cfg:2\n" },
    { "listen", "listen f\nbind 192.0.2.7:465 ssl crt /a.pem alpn h2\n",
      "192.0.2.7 465 - /a.pem /a.pem /a.cfg:2\n" },
    { "several addresses", FRONT "bind :1,ipv4\\@192.0.2.7:2-3 ssl crt /a\n",
      "1 - /a /a /a.cfg:3\n192.0.2.7 2 - /a /a /a.cfg:3\n"
      "192.0.2.7 3 - /a /a /a.cfg:3\n" },
    { "no ports",
      FRONT "bind unix\\@/run/x ssl crt /a\n bind /run/y ssl crt /a\n"
            " bind abns\\@x:1 ssl crt /a\n bind quic4\\@:443 ssl "
            "crt /a\n bind :0 ssl crt /a\n bind :x ssl crt /a\n",
      "" },
    { "quoted", FRONT "bind :465 ssl crt \"/a b.pem\"\n",
      "465 - /a b.pem /a b.pem /a.cfg:3\n" },
    { "quoted within", FRONT "bind :465 ssl crt /a' 'b\n",
      "465 - /a b /a b /a.cfg:3 It is written with quotes or backslashes in "
      "it.\n" },
    { "a backslash", FRONT "bind :465 ssl crt /a\\ b\n",
      "465 - /a b /a b /a.cfg:3 It is written with quotes or backslashes in "
      "it.\n" },
    { "a comment", FRONT "# bind :1 ssl crt /a\n bind :2 ssl crt /b # crt /c\n",
      "2 - /b /b /a.cfg:4\n" },
    { "a variable", FRONT "bind :465 ssl crt \"$CERT\"\n",
      "465 - - - /a.cfg:3 There is a variable in it.\n" },
    { "crt-base", "global\n crt-base /b\n" FRONT "bind :1 ssl crt x.pem\n",
      "1 - /b/x.pem /b/x.pem /a.cfg:5\n" },
    { "no base", FRONT "bind :1 ssl crt x.pem\n",
      "1 - - - /a.cfg:3 It does not name a file by its whole path.\n" },
    { "of a store", "global\n crt-base /b\n" FRONT "bind :1 ssl crt \\@s/x\n",
      "1 - - - /a.cfg:5 It is an entry of a crt-store.\n" },
    { "a condition",
      FRONT ".if feature(X)\n bind :1 ssl crt /a\n.else\n.endif\n"
            "bind :2 ssl crt /b\n",
      "1 - /a /a /a.cfg:4 It counts under a condition, between .if and "
      ".endif.\n2 - /b /b /a.cfg:7\n" },
    { "passed through",
      FRONT "bind :465\n default_backend b\nbackend b\n server x "
            "192.0.2.1:465\n server y 192.0.2.2:465\n",
      "465 - - - /a.cfg:3 HAProxy passes this port through: the certificate is "
      "that of the server behind it (192.0.2.1:465, 192.0.2.2:465).\n" },
    { "passed through, of a listen",
      "listen l\n bind :25\n server x 127.0.0.1:10025\n",
      "25 - - - /a.cfg:2 HAProxy passes this port through: the certificate is "
      "that of the server behind it (127.0.0.1:10025).\n" },
    { "crt without ssl", FRONT "bind :1 crt /a\n",
      "1 - - - /a.cfg:3 HAProxy passes this port through: the certificate is "
      "that of the server behind it.\n" },
    { "no TLS", "defaults\n mode http\nfrontend f\n bind :80\n",
      "80 - - - /a.cfg:4 off HAProxy offers no TLS here.\n" },
    { "defaults of others",
      "defaults\n mode http\ndefaults\nfrontend f\n bind "
      ":80\n",
      "80 - - - /a.cfg:5 HAProxy passes this port through: the certificate is "
      "that of the server behind it.\n" },
    { "a certificate for the other side",
      FRONT "bind :1 ssl crt /a\nbackend b\n server x 192.0.2.1:1 ssl crt /c\n"
            " bind :2 ssl crt /d\n",
      "1 - /a /a /a.cfg:3\n" },
    { "FILE.key", FRONT "bind :1 ssl crt @/two.pem\n",
      "1 - @/two.pem @/two.pem.key /a.cfg:3\n" },
    { "a folder", FRONT "bind :1 ssl crt @/certs\n",
      "1 - @/certs/a.pem @/certs/a.pem.key /a.cfg:3 HAProxy reads every file "
      "of that folder: the certificate is one more file in it, and no line is "
      "changed.\n"
      "1 - @/certs/b.pem @/certs/b.pem /a.cfg:3 HAProxy reads every file of "
      "that folder: the certificate is one more file in it, and no line is "
      "changed.\n" },
    { "a list", FRONT "bind :1 ssl crt /a crt-list @/list\n",
      "1 - /a /a /a.cfg:3\n"
      "1 x.example.org /x /x /list:2\n"
      "1 *.example.org /x /x /list:2\n"
      "1 y.example.org /y /y /list:3\n" },
    { "a list first", FRONT "bind :1 ssl crt-list @/list\n",
      "1 - /x /x /list:2\n"
      "1 x.example.org /x /x /list:2\n"
      "1 *.example.org /x /x /list:2\n"
      "1 y.example.org /y /y /list:3\n" },
    { "strict", FRONT "bind :1 ssl strict-sni crt-list @/list\n",
      "1 x.example.org /x /x /list:2\n"
      "1 *.example.org /x /x /list:2\n"
      "1 y.example.org /y /y /list:3\n" },
    { "nothing", "", "" },
    { "no sense",
      "bind\nglobal\nbind :1 ssl crt /a\nfrontend\nbind\n bind :1 "
      "ssl crt\n.endif\n",
      "" },
};

static void places(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        plant(rows[i].config);
        bench_put(&bench, "@/two.pem", "");
        bench_put(&bench, "@/two.pem.key", "");
        bench_put(&bench, "@/certs/b.pem", "");
        bench_put(&bench, "@/certs/a.pem", "");
        bench_put(&bench, "@/certs/a.pem.key", "");
        bench_put(&bench, "@/certs/a.pem.ocsp", "");
        bench_put(&bench, "@/certs/.c.pem", "");
        bench_put(&bench, "@/list",
                  "# /n\n/x [alpn h2 ocsp-update on] x.example.org "
                  "*.example.org !z.example.org\n\n");
        bench_put(&bench, "@/list",
                  "# /n\n/x [alpn h2 ocsp-update on] x.example.org "
                  "*.example.org !z.example.org\n/y y.example.org\n");
        if (!bench_read(&bench, "haproxy", 465, "haproxy -Ws -f @/a.cfg"))
            fail_msg("%s: %s", rows[i].what, bench.err.text);
        if (!same(told(), bench_text(&bench, rows[i].told)))
            fail_msg("%s: %s", rows[i].what, told());
        assert_string_equal(bench.conf.version, "2.6.12-1+deb12u4");
        bench_close(&bench);
    }
}

static void edits(void **state)
{
    static const struct {
        const char *what, *config, *key, *after;
    } changes[] = {
        { "one file", FRONT "bind :1 ssl crt /a.pem alpn h2 # x\n", NEW,
          FRONT "bind :1 ssl crt " NEW " alpn h2 # x\n" },
        { "the key beside it", FRONT "bind :1 ssl crt /a.pem\n", NEW ".key",
          NULL },
        { "two files", FRONT "bind :1 ssl crt /a.pem\n", "/etc/new/key", NULL },
        { "no final newline, CR LF", "listen f\r\n\tbind :1 ssl crt \"/a\"",
          NEW, "listen f\r\n\tbind :1 ssl crt \"" NEW "\"" },
        { "others stay", FRONT "bind :1 ssl crt /a\n bind :2 ssl crt /a\n", NEW,
          FRONT "bind :1 ssl crt " NEW "\n bind :2 ssl crt /a\n" },
        { "ports of one line", FRONT "bind :1,:2 ssl crt /a\n", NEW,
          FRONT "bind :1,:2 ssl crt " NEW "\n" },
        { "a folder", FRONT "bind :1 ssl crt @/certs\n", NEW, NULL },
        { "a backslash", FRONT "bind :1 ssl crt /a\\ b\n", NEW, NULL },
        { "passed through", FRONT "bind :1\n", NEW, NULL },
    };

    (void)state;
    for (size_t i = 0; i < sizeof changes / sizeof *changes; i++) {
        plant(changes[i].config);
        bench_put(&bench, "@/certs/a.pem", "");
        if (!bench_read(&bench, "haproxy", 1, "haproxy -Ws -f @/a.cfg"))
            fail_msg("%s: %s", changes[i].what, bench.err.text);
        const char *after = bench_edit(&bench, &bench.conf.places[0], NEW,
                                       changes[i].key, "@/a.cfg");
        if (!same(after, changes[i].after))
            fail_msg("%s: %s", changes[i].what, after ? after : bench.err.text);
        bench_close(&bench);
    }
}

static void edit_of_a_list(void **state)
{
    (void)state;
    plant(FRONT "bind :1 ssl crt-list @/list\n");
    bench_put(&bench, "@/list", "/x x.example.org\n/y [alpn h2] y\n");
    assert_true(bench_read(&bench, "haproxy", 1, "haproxy -f @/a.cfg"));
    const struct tls_place *y = tls_place_for(&bench.conf, 1, "y");
    assert_string_equal(bench_edit(&bench, y, NEW, NEW, "@/list"),
                        "/x x.example.org\n" NEW " [alpn h2] y\n");
    bench_close(&bench);
}

static void several_files(void **state)
{
    (void)state;
    plant("frontend a\n bind :1 ssl crt /a\n");
    bench_put(&bench, "@/d/2.cfg", "frontend c\n bind :3 ssl crt x\n");
    bench_put(&bench, "@/d/1.cfg",
              "global\n crt-base /base\nfrontend b\n"
              " bind :2 ssl crt x\n");
    bench_put(&bench, "@/d/0.txt", "frontend d\n bind :4 ssl crt /d\n");
    bench_put(&bench, "@/z.cfg", "frontend z\n bind :5 ssl crt /z\n");
    assert_true(bench_read(
        &bench, "haproxy", 1,
        "haproxy -sf 12 -x sockpair\\@3 -Ws -f @/a.cfg -f @/d -p /x -- "
        "@/z.cfg"));
    assert_string_equal(told(), "1 - /a /a /a.cfg:2\n"
                                "2 - /base/x /base/x /d/1.cfg:4\n"
                                "3 - /base/x /base/x /d/2.cfg:2\n"
                                "5 - /z /z /z.cfg:2\n");
    const char *const *check = bench.conf.kind->check(arena, &bench.conf);
    static const char *const wanted[] = { "@/haproxy", "-c",  "-f", "@/a.cfg",
                                          "-f",        "@/d", "-f", "@/z.cfg" };
    for (size_t i = 0; i < sizeof wanted / sizeof *wanted; i++)
        assert_string_equal(check[i], bench_text(&bench, wanted[i]));
    assert_null(check[sizeof wanted / sizeof *wanted]);
    bench_close(&bench);
}

/* The master is told where there is one; else the service. */
static void reload(void **state)
{
    static const struct {
        const char *what, *words, *unit, *told;
    } ways[] = {
        { "a master", "haproxy -Ws -f @/a.cfg -p @/it's", NULL,
          "sh -c kill -USR2 $(cat '@/it'\\''s')" },
        { "its file is not there", "haproxy -Ws -f @/a.cfg -p @/none", NULL,
          "service haproxy reload" },
        { "no master", "haproxy -f @/a.cfg -D -p @/it's", NULL,
          "service haproxy reload" },
        { "a unit", "haproxy -Ws -f @/a.cfg -p @/it's", "h.service",
          "systemctl reload h.service" },
    };

    (void)state;
    for (size_t i = 0; i < sizeof ways / sizeof *ways; i++) {
        struct buf out;
        plant(FRONT "bind :1 ssl crt /a\n");
        bench_put(&bench, "@/it's", "12\n");
        assert_true(bench_read(&bench, "haproxy", 1, ways[i].words));
        bench.listener.unit = ways[i].unit;
        const char *const *words = bench.conf.kind->reload(arena, &bench.conf);
        buf_init(&out, arena, 4096);
        for (; *words; words++)
            buf_printf(&out, "%s%s", out.len ? " " : "", *words);
        if (!same(out.text, bench_text(&bench, ways[i].told)))
            fail_msg("%s: %s", ways[i].what, out.text);
        bench_close(&bench);
    }
}

static void hostile(void **state)
{
    static const struct {
        const char *what, *config, *words, *err;
    } bad[] = {
        { "an open quote", "frontend f\n bind \":1 ssl crt /a\n",
          "haproxy -f @/a.cfg", "@/a.cfg:2" },
        { "not whole", "", "haproxy -f a.cfg", "no whole path" },
        { "not there", "", "haproxy -f @/none.cfg", "@/none.cfg" },
        { "a list that is not there", FRONT "bind :1 ssl crt-list @/none\n",
          "haproxy -f @/a.cfg", "@/none" },
    };
    struct buf text;

    (void)state;
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        plant(bad[i].config);
        assert_false(bench_read(&bench, "haproxy", 1, bad[i].words));
        if (!strstr(bench.err.text, bench_text(&bench, bad[i].err)))
            fail_msg("%s: %s", bad[i].what, bench.err.text);
        bench_close(&bench);
    }
    buf_init(&text, arena, 1024 * 1024);
    buf_text(&text, "frontend f\n");
    for (int i = 0; i < 1000; i++)
        buf_text(&text, "bind :1-65535 ssl crt /a\n");
    assert_false(begin(text.text));
    assert_non_null(strstr(bench.err.text, "more than"));
    bench_close(&bench);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(places, set_up, tear_down),
        cmocka_unit_test_setup_teardown(edits, set_up, tear_down),
        cmocka_unit_test_setup_teardown(edit_of_a_list, set_up, tear_down),
        cmocka_unit_test_setup_teardown(several_files, set_up, tear_down),
        cmocka_unit_test_setup_teardown(reload, set_up, tear_down),
        cmocka_unit_test_setup_teardown(hostile, set_up, tear_down),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
