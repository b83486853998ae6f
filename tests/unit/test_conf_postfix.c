/* main.cf and master.cf: what each port shows, by which line, and edits of
 * exactly that. */
#include "conf_rows.h"

#include "machine/conf_postfix.h"

#define SMTP "smtp inet n - y - - smtpd\n"
#define PAIR                                                                   \
    "smtpd_tls_security_level = may\nsmtpd_tls_cert_file=/o/c\n"               \
    "smtpd_tls_key_file=/o/k\n"
#define ON   "smtpd_tls_security_level=may\n"
#define SAME NULL

static const struct conf_rows stand = {
    .software = "postfix",
    .first = "/etc/postfix/main.cf",
    .other = "/etc/postfix/master.cf",
    .dir = "/etc/postfix",
    .map = "/etc/postfix/sni",
    .map_text = "# names\nmail.example.com /s/k,\n  /s/c\n"
                ".below.example /s/all\n",
};

static bool read_both(const char *main, size_t len, const char *master,
                      struct server_conf *conf, struct err *err)
{
    return rows_read(&stand, main, len, master, conf, err);
}

static const struct conf_row rows[] = {
    { "a pair", PAIR, SMTP, 25, NULL, "/o/c", "/o/k", 2,
      "smtpd_tls_security_level = may\nsmtpd_tls_cert_file=/n/c\n"
      "smtpd_tls_key_file=/n/k\n",
      SAME, NULL },
    { "the last of two counts", ON "smtpd_tls_cert_file = /o/a\n" PAIR, SMTP,
      25, NULL, "/o/c", "/o/k", 4,
      ON "smtpd_tls_cert_file = /o/a\nsmtpd_tls_security_level = may\n"
         "smtpd_tls_cert_file=/n/c\nsmtpd_tls_key_file=/n/k\n",
      SAME, NULL },
    { "CRLF", ON "smtpd_tls_cert_file = /o/c \r\nsmtpd_tls_key_file=/o/k\r\n",
      SMTP, 25, NULL, "/o/c", "/o/k", 2,
      ON "smtpd_tls_cert_file = /n/c \r\nsmtpd_tls_key_file=/n/k\r\n", SAME,
      NULL },
    { "no final newline",
      ON "smtpd_tls_key_file=/o/k\nsmtpd_tls_cert_file=/o/c", SMTP, 25, NULL,
      "/o/c", "/o/k", 3, ON "smtpd_tls_key_file=/n/k\nsmtpd_tls_cert_file=/n/c",
      SAME, NULL },
    { "the value in the next line",
      ON
      "smtpd_tls_cert_file =\n# here\n\n   /o/c\nsmtpd_tls_key_file = /o/k\n",
      SMTP, 25, NULL, "/o/c", "/o/k", 5,
      ON
      "smtpd_tls_cert_file =\n# here\n\n   /n/c\nsmtpd_tls_key_file = /n/k\n",
      SAME, NULL },
    { "a key that is in the certificate's file",
      ON "smtpd_tls_cert_file = /o/c\n# x\n", SMTP, 25, NULL, "/o/c", "/o/c", 2,
      ON "smtpd_tls_cert_file = /n/c\nsmtpd_tls_key_file = /n/k\n# x\n", SAME,
      NULL },
    { "and says so",
      ON "smtpd_tls_cert_file = /o/c\r\n"
         "smtpd_tls_key_file = $smtpd_tls_cert_file\r\n",
      SMTP, 25, NULL, "/o/c", "/o/c", 2,
      ON "smtpd_tls_cert_file = /n/c\r\nsmtpd_tls_key_file = /n/k\r\n", SAME,
      NULL },
    { "none at all, no final newline", ON "a = b", SMTP, 25, NULL, NULL, NULL,
      0, ON "a = b\nsmtpd_tls_cert_file = /n/c\nsmtpd_tls_key_file = /n/k",
      SAME, NULL },
    { "an empty one", ON "smtpd_tls_cert_file =\n", SMTP, 25, NULL, NULL, NULL,
      2, ON "smtpd_tls_cert_file = /n/c\nsmtpd_tls_key_file = /n/k\n", SAME,
      NULL },
    { "the word none", ON "smtpd_tls_cert_file = none\n", SMTP, 25, NULL, NULL,
      NULL, 2, ON "smtpd_tls_cert_file = /n/c\nsmtpd_tls_key_file = /n/k\n",
      SAME, NULL },
    { "no TLS", "smtpd_tls_cert_file=/o/c\nsmtpd_tls_key_file=/o/k\n", SMTP, 25,
      NULL, "/o/c", "/o/k", 1,
      "smtpd_tls_cert_file=/n/c\nsmtpd_tls_security_level = may\n"
      "smtpd_tls_key_file=/n/k\n",
      SAME, NULL },
    { "no TLS, and so it was decided",
      "smtpd_tls_cert_file=/o/c\nsmtpd_tls_key_file=/o/k\n"
      "smtpd_tls_security_level = none\n",
      SMTP, 25, NULL, "/o/c", "/o/k", 1,
      "smtpd_tls_cert_file=/n/c\nsmtpd_tls_key_file=/n/k\n"
      "smtpd_tls_security_level = may\n",
      SAME, NULL },
    { "names in it",
      "d = /o\nn = ${d}\n" ON "smtpd_tls_cert_file = $n/c\n"
      "smtpd_tls_key_file = $(n)/k\n",
      SMTP, 25, NULL, "/o/c", "/o/k", 4,
      "d = /o\nn = ${d}\n" ON "smtpd_tls_cert_file = /n/c\n"
      "smtpd_tls_key_file = /n/k\n",
      SAME, NULL },
    { "names in a circle", "d = $n\nn = $d\n" ON "smtpd_tls_cert_file = $n/c\n",
      SMTP, 25, NULL, NULL, NULL, 4, SAME, SAME, "only Postfix can tell" },
    { "a condition", ON "smtpd_tls_cert_file = ${x?/o/c}\n", SMTP, 25, NULL,
      NULL, NULL, 2, SAME, SAME, "/etc/postfix/main.cf:2" },
    { "a comment in the value", ON "smtpd_tls_cert_file = /o/\n# why\n c\n",
      SMTP, 25, NULL, "/o/ c", "/o/ c", 2, SAME, SAME,
      "a line's end stands in this value" },
    { "a chain", "smtpd_tls_chain_files = /o/k, /o/c\n" PAIR, SMTP, 25, NULL,
      "/o/c", "/o/k", 1, "smtpd_tls_chain_files = /n/k, /n/c\n" PAIR, SAME,
      NULL },
    { "a chain over lines",
      ON "smtpd_tls_chain_files =\n  # key\n  /o/k,\n  # chain\n  /o/c\nx=y\n",
      SMTP, 25, NULL, "/o/c", "/o/k", 6,
      ON "smtpd_tls_chain_files =\n  # key\n  /n/k,\n  # chain\n  /n/c\nx=y\n",
      SAME, NULL },
    { "a chain in one file", ON "smtpd_tls_chain_files = /o/all\n", SMTP, 25,
      NULL, "/o/all", "/o/all", 2, ON "smtpd_tls_chain_files = /n/k,/n/c\n",
      SAME, NULL },
    { "a chain of many", ON "smtpd_tls_chain_files = /o/k /o/c /o/i\n", SMTP,
      25, NULL, "/o/c", "/o/k", 2, SAME, SAME, "more than a key" },
    { "two kinds of keys", PAIR "smtpd_tls_eccert_file = /o/e\n", SMTP, 25,
      NULL, "/o/c", "/o/k", 2, SAME, SAME, "smtpd_tls_eccert_file" },
    { "of the service", PAIR,
      SMTP "submission inet n - y - - smtpd\n"
           "# why\n"
           "  -o smtpd_tls_cert_file=/o/s\n"
           "\t-o { smtpd_tls_key_file = /o/t } -o x=y\n"
           "# later\n",
      587, NULL, "/o/s", "/o/t", 4, SAME,
      SMTP "submission inet n - y - - smtpd\n"
           "# why\n"
           "  -o smtpd_tls_cert_file=/n/c\n"
           "\t-o { smtpd_tls_key_file = /n/k } -o x=y\n"
           "# later\n",
      NULL },
    { "the certificate of the service alone", PAIR,
      SMTP "587 inet n - y - - smtpd\n  -o smtpd_tls_cert_file=/o/s\n"
           "  -o x=y",
      587, NULL, "/o/s", "/o/k", 3, SAME,
      SMTP "587 inet n - y - - smtpd\n  -o smtpd_tls_cert_file=/n/c\n"
           "  -o smtpd_tls_key_file=/n/k\n  -o x=y",
      NULL },
    { "in its first line", PAIR,
      SMTP "587 inet n - y - - smtpd -osmtpd_tls_key_file=/o/s\n", 587, NULL,
      "/o/c", "/o/s", 2, SAME,
      SMTP "587 inet n - y - - smtpd -osmtpd_tls_key_file=/n/k "
           "-o smtpd_tls_cert_file=/n/c\n",
      NULL },
    { "what the service has stands over a chain",
      "smtpd_tls_chain_files=/o/x\n" PAIR,
      SMTP "465 inet n - y - - smtpd\n -o smtpd_tls_wrappermode=yes\n"
           " -o {smtpd_tls_chain_files=/o/k, /o/c}\n",
      465, NULL, "/o/c", "/o/k", 4, SAME,
      SMTP "465 inet n - y - - smtpd\n -o smtpd_tls_wrappermode=yes\n"
           " -o {smtpd_tls_chain_files=/n/k, /n/c}\n",
      NULL },
    { "an address", PAIR, "[::1]:smtp inet n - y - - smtpd\n", 25, NULL, "/o/c",
      "/o/k", 2,
      "smtpd_tls_security_level = may\nsmtpd_tls_cert_file=/n/c\n"
      "smtpd_tls_key_file=/n/k\n",
      SAME, NULL },
    { "behind postscreen", PAIR,
      "smtp inet n - y - 1 postscreen\nsmtpd pass - - y - - smtpd\n"
      " -o smtpd_tls_cert_file=/o/p -o smtpd_tls_key_file=/o/q\n",
      25, NULL, "/o/p", "/o/q", 3, SAME, SAME, "postscreen" },
    { "a screen that shows the same", PAIR,
      "smtp inet n - y - 1 postscreen\nsmtpd pass - - y - - smtpd\n", 25, NULL,
      "/o/c", "/o/k", 2,
      "smtpd_tls_security_level = may\nsmtpd_tls_cert_file=/n/c\n"
      "smtpd_tls_key_file=/n/k\n",
      SAME, NULL },
    { "by name", PAIR "tls_server_sni_maps = hash:/etc/postfix/sni\n", SMTP, 25,
      "mail.example.com", "/s/c", "/s/k", 3, SAME, SAME,
      "postmap -F hash:/etc/postfix/sni" },
    { "below a name", PAIR "tls_server_sni_maps = hash:/etc/postfix/sni\n",
      SMTP, 25, "*.below.example", "/s/all", "/s/all", 4, SAME, SAME,
      "postmap" },
    { "in a map that is not read", PAIR "tls_server_sni_maps = pgsql:/x\n",
      SMTP, 25, NULL, "/o/c", "/o/k", 2, SAME, SAME, "looked up in pgsql:/x" },
    { "white space in front is left out", "  a\n" PAIR, SMTP, 25, NULL, "/o/c",
      "/o/k", 3,
      "  a\nsmtpd_tls_security_level = may\nsmtpd_tls_cert_file=/n/c\n"
      "smtpd_tls_key_file=/n/k\n",
      SAME, NULL },
};

static void reads_and_edits(void **state)
{
    (void)state;
    rows_hold(&stand, rows, sizeof rows / sizeof *rows);
}

static void is_refused(void **state)
{
    static const struct conf_bad_row bad[] = {
        { "no setting", "a = b\nc d\n", SMTP, "main.cf:2" },
        { "a byte-order mark", "\xef\xbb\xbf# x\n", SMTP, "main.cf:1" },
        { "no name", " = x\n= y\n", SMTP, "main.cf:2" },
        { "too few columns", "", SMTP "x inet n - y\n", "master.cf:2" },
        { "an option without a value", "", SMTP " -o\n", "master.cf:1" },
        { "no end of a group", "", SMTP " -o { a = b\n", "master.cf:1" },
        { "goes on with none", "", "  -o a=b\n", "master.cf:1" },
    };

    (void)state;
    rows_fail(&stand, bad, sizeof bad / sizeof *bad);
}

static void zero_byte(void **state)
{
    static const char text[] = "x = a\0b\n" PAIR;
    static const char bad[] = ON "smtpd_tls_cert_file = /o/c\0x\n";
    struct server_conf conf;
    struct conf_edits edits = { .len = 0 };
    struct err err;
    size_t len = 0;

    (void)state;
    assert_true(read_both(text, sizeof text - 1, SMTP, &conf, &err));
    struct conf_change change = { conf.places, "/n/c", "/n/k", NULL };
    if (!conf.kind->edit(arena, &conf, &change, &edits, &err))
        fail_msg("%s", err.text);
    const char *now = stage_after(&conf, &edits, "/etc/postfix/main.cf", &len);
    assert_int_equal(len, sizeof text - 1);
    assert_memory_equal(now, "x = a\0b\n", 8);
    assert_non_null(strstr(now + 8, "cert_file=/n/c\nsmtpd_tls_key_file=/n/k"));

    assert_true(read_both(bad, sizeof bad - 1, SMTP, &conf, &err));
    change.place = conf.places;
    assert_false(conf.kind->edit(arena, &conf, &change, &edits, &err));
    assert_non_null(strstr(err.text, "main.cf:2: a zero byte"));
}

static void odd_paths(void **state)
{
    static const char *const paths[] = { "n/c",   "/n c", "/n$c", "/n\nx = y",
                                         "/n,/m", "/n{",  "/" };
    struct server_conf conf;
    struct err err;

    (void)state;
    assert_true(read_both(PAIR, strlen(PAIR), SMTP, &conf, &err));
    rows_refuse_paths(&conf, paths, sizeof paths / sizeof *paths, "main.cf:2");
}

/* What a person believes to count, where the last of two does. */
static void stands_twice(void **state)
{
    static const char main[] = "d = /o\nsmtpd_tls_cert_file = $d/first\n"
                               "smtpd_tls_cert_file = $d/second\n" PAIR;
    static const char master[] =
        SMTP "587 inet n - y - - smtpd\n -o smtpd_tls_cert_file=/o/s\n";
    struct server_conf conf;
    struct err err;

    (void)state;
    assert_true(read_both(main, strlen(main), master, &conf, &err));
    const struct conf_value *over = rows_place(&conf, 25, NULL)->cert.over;
    assert_non_null(over);
    assert_string_equal(over->path, "/o/second");
    assert_int_equal(over->span.line, 3);
    over = rows_place(&conf, 587, NULL)->cert.over;
    assert_non_null(over);
    assert_string_equal(over->path, "/o/c");
    assert_true(read_both(PAIR, strlen(PAIR), SMTP, &conf, &err));
    assert_null(rows_place(&conf, 25, NULL)->cert.over);
}

static void large(void **state)
{
    struct server_conf conf;
    struct conf_edits edits = { .len = 0 };
    struct err err;
    struct buf text;
    size_t len = 0;

    (void)state;
    buf_init(&text, arena, CONF_FILE_MAX);
    for (int i = 0; i < 20000; i++)
        buf_printf(&text, "x%d = a b\n  # %d\n  c d\r\n\n", i, i);
    buf_text(&text, "smtpd_tls_security_level = may\n");
    size_t before = text.len;
    buf_text(&text, "smtpd_tls_cert_file = /o/c\nsmtpd_tls_key_file = /o/k");
    assert_false(text.full);
    assert_true(read_both(text.text, text.len, SMTP, &conf, &err));
    struct conf_change change = { conf.places, "/new/c", "/n/k", NULL };
    assert_true(conf.kind->edit(arena, &conf, &change, &edits, &err));
    const char *now = stage_after(&conf, &edits, "/etc/postfix/main.cf", &len);
    assert_int_equal(len, text.len + 2);
    assert_memory_equal(now, text.text, before);
    assert_string_equal(now + before,
                        "smtpd_tls_cert_file = /new/c\nsmtpd_tls_key_file = "
                        "/n/k");
}

static void knows_postfix(void **state)
{
    static const struct {
        const char *program;
        bool is_it;
    } programs[] = { { "/usr/lib/postfix/sbin/master", true },
                     { "/usr/libexec/postfix/master", true },
                     { "/usr/sbin/master", false },
                     { "/usr/lib/cyrus/bin/master", false },
                     { NULL, false } };

    (void)state;
    for (size_t i = 0; i < sizeof programs / sizeof *programs; i++) {
        struct listener l = { .pid = 1, .program = programs[i].program };
        assert_int_equal(conf_postfix_is_it(&l), programs[i].is_it);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(reads_and_edits, set_up, tear_down),
        cmocka_unit_test_setup_teardown(is_refused, set_up, tear_down),
        cmocka_unit_test_setup_teardown(zero_byte, set_up, tear_down),
        cmocka_unit_test_setup_teardown(odd_paths, set_up, tear_down),
        cmocka_unit_test_setup_teardown(stands_twice, set_up, tear_down),
        cmocka_unit_test_setup_teardown(large, set_up, tear_down),
        cmocka_unit_test_setup_teardown(knows_postfix, set_up, tear_down),
    };

    return cmocka_run_group_tests(tests, stage_make, stage_unmake);
}
