/* Dovecot's files, of 2.3 and 2.4: what each port shows to whom, by which line,
 * and edits of exactly that. */
#include "conf_rows.h"

#define MAIN     "/etc/dovecot/dovecot.conf"
#define OTHER    "/etc/dovecot/conf.d/10-ssl.conf"
#define PAIR     "ssl_cert = </o/c\nssl_key = </o/k\n"
#define NEW      "ssl_cert = </n/c\nssl_key = </n/k\n"
#define V24      "dovecot_config_version = 2.4.1\n"
#define PAIR24   V24 "ssl_server_cert_file = /o/c\nssl_server_key_file = /o/k\n"
#define NEW24    V24 "ssl_server_cert_file = /n/c\nssl_server_key_file = /n/k\n"
#define INCLUDES "!include conf.d/*.conf\n"

static const struct conf_rows stand = { .software = "dovecot",
                                        .first = MAIN,
                                        .other = OTHER };

static bool read_two(const char *first, const char *other,
                     struct server_conf *conf, struct err *err)
{
    return rows_read(&stand, first, strlen(first), other, conf, err);
}

static const struct conf_row rows[] = {
    { "a pair", "ssl = yes\n" PAIR, NULL, 993, NULL, "/o/c", "/o/k", 2,
      "ssl = yes\n" NEW, NULL, NULL },
    { "comments and blanks", "  ssl_cert=<  /o/c\t# old\n\tssl_key =</o/k#x\n",
      NULL, 143, NULL, "/o/c", "/o/k", 1,
      "  ssl_cert=<  /n/c\t# old\n\tssl_key =</n/k#x\n", NULL, NULL },
    { "CRLF, no final newline", "ssl_cert = </o/c\r\nssl_key = </o/k", NULL,
      143, NULL, "/o/c", "/o/k", 1, "ssl_cert = </n/c\r\nssl_key = </n/k", NULL,
      NULL },
    { "the last of two counts", "ssl_cert = </x\n" PAIR, NULL, 110, NULL,
      "/o/c", "/o/k", 2, "ssl_cert = </x\n" NEW, NULL, NULL },
    { "in another file", INCLUDES "!include_try local.conf\n", PAIR, 995, NULL,
      "/o/c", "/o/k", 1, NULL, NEW, NULL },
    { "over what was included", INCLUDES PAIR, "ssl_cert = </x\n", 995, NULL,
      "/o/c", "/o/k", 2, INCLUDES NEW, NULL, NULL },
    { "under what is included", PAIR INCLUDES, "ssl_cert = </x\n", 995, NULL,
      "/x", "/o/k", 1, "ssl_cert = </o/c\nssl_key = </n/k\n" INCLUDES,
      "ssl_cert = </n/c\n", NULL },
    { "beside the file", INCLUDES, "ssl_cert = <c\nssl_key = <../k\n", 143,
      NULL, "/etc/dovecot/conf.d/c", "/etc/dovecot/conf.d/../k", 1, NULL, NEW,
      NULL },
    { "no mark", "ssl_cert = /o/c\nssl_key=/o/k\n", NULL, 143, NULL, "/o/c",
      "/o/k", 1, "ssl_cert = </n/c\nssl_key=</n/k\n", NULL, NULL },
    { "quotes and no mark", "ssl_cert = \"/o/c\"\nssl_key = </o/k\n", NULL, 143,
      NULL, "/o/c", "/o/k", 1, NEW, NULL, NULL },
    { "a mark in quotes", "ssl_cert = \"</o/c\"\n", NULL, 143, NULL, NULL, NULL,
      1, NULL, NULL, "dovecot.conf:1" },
    { "the text itself", "ssl_cert = -----BEGIN\n", NULL, 143, NULL, NULL, NULL,
      1, NULL, NULL, "not understood" },
    { "a variable", "ssl_cert = $x\n", NULL, 143, NULL, NULL, NULL, 1, NULL,
      NULL, "not understood" },
    { "over two lines", "ssl_cert = </o \\\n  c\n", NULL, 143, NULL, "/o c",
      NULL, 1, NULL, NULL, "goes on in another line" },
    { "a name in two lines", "ssl_cert \\\n = </o/c\nssl_key = </o/k\n", NULL,
      143, NULL, "/o/c", "/o/k", 2, "ssl_cert \\\n = </n/c\nssl_key = </n/k\n",
      NULL, NULL },
    { "lost behind a comment", "ssl_cert = </x \\\n# c\n" PAIR, NULL, 143, NULL,
      "/o/c", "/o/k", 3, "ssl_cert = </x \\\n# c\n" NEW, NULL, NULL },
    { "none", "ssl = required\na = b\n", NULL, 143, NULL, NULL, NULL, 0,
      "ssl = required\n" NEW "a = b\n", NULL, NULL },
    { "none, no neighbour, no final newline", "a = b", NULL, 143, NULL, NULL,
      NULL, 0, "a = b\nssl_cert = </n/c\nssl_key = </n/k", NULL, NULL },
    { "empty", "ssl_cert =\nssl_key = </o/k\n", NULL, 143, NULL, NULL, "/o/k",
      1, NEW, NULL, NULL },
    { "off", "ssl = no\n" PAIR, NULL, 993, NULL, "/o/c", "/o/k", 2,
      "ssl = yes\n" NEW, NULL, NULL },
    { "no key", "ssl_cert = </o/c\n", NULL, 143, NULL, "/o/c", NULL, 1, NEW,
      NULL, NULL },
    { "by name", PAIR "local_name Mail.example.com {\n" PAIR "}\n", NULL, 143,
      "Mail.example.com", "/o/c", "/o/k", 4,
      PAIR "local_name Mail.example.com {\n" NEW "}\n", NULL, NULL },
    { "the others", "local_name mail.example.com {\n" PAIR "}\n" PAIR, NULL,
      143, NULL, "/o/c", "/o/k", 5,
      "local_name mail.example.com {\n" PAIR "}\n" NEW, NULL, NULL },
    { "one of two names",
      PAIR "local_name \"a.example b.example\" {\n  " PAIR "}\n", NULL, 143,
      "b.example", "/o/c", "/o/k", 4,
      PAIR "local_name \"a.example b.example\" {\n  " NEW "}\n", NULL, NULL },
    { "the key of all", PAIR "local_name a.example {\n\tssl_cert = </x\n}\n",
      NULL, 143, "a.example", "/x", "/o/k", 4,
      PAIR "local_name a.example {\n\tssl_cert = </n/c\n\tssl_key = </n/k\n}\n",
      NULL, NULL },
    { "the certificate of all",
      PAIR "local_name a.example {\n  ssl_key = </x\n}\n", NULL, 143,
      "a.example", "/o/c", "/x", 1,
      PAIR "local_name a.example {\n  ssl_key = </n/k\n  ssl_cert = </n/c\n}\n",
      NULL, NULL },
    { "of a protocol", PAIR "protocol imap {\n" PAIR "}\n", NULL, 993, NULL,
      "/o/c", "/o/k", 4, PAIR "protocol imap {\n" NEW "}\n", NULL, NULL },
    { "of another", PAIR "protocol imap {\n" PAIR "}\n", NULL, 995, NULL,
      "/o/c", "/o/k", 1, NEW "protocol imap {\n" PAIR "}\n", NULL, NULL },
    { "of all but one", PAIR "protocol !pop3 {\n" PAIR "}\n", NULL, 995, NULL,
      "/o/c", "/o/k", 1, NEW "protocol !pop3 {\n" PAIR "}\n", NULL, NULL },
    { "of a name and protocol",
      PAIR "local_name a.example {\n" PAIR "protocol imap {\n" PAIR "}\n}\n",
      NULL, 993, "a.example", "/o/c", "/o/k", 7,
      PAIR "local_name a.example {\n" PAIR "protocol imap {\n" NEW "}\n}\n",
      NULL, NULL },
    { "of an address", PAIR "local 192.0.2.1 {\n" PAIR "}\n", NULL, 993, NULL,
      "/o/c", "/o/k", 1, NULL, NULL, "dovecot.conf:4 names another" },
    { "two kinds of keys", PAIR "ssl_alt_cert = </e\n", NULL, 993, NULL, "/o/c",
      "/o/k", 1, NULL, NULL, "a second certificate" },
    { "another port",
      PAIR "service imap-login {\n  inet_listener imap {\n    port = 0\n  }\n"
           "  inet_listener secure {\n    port = 1993\n    ssl = yes\n  }\n}\n",
      NULL, 1993, NULL, "/o/c", "/o/k", 1,
      NEW "service imap-login {\n  inet_listener imap {\n    port = 0\n  }\n"
          "  inet_listener secure {\n    port = 1993\n    ssl = yes\n  }\n}\n",
      NULL, NULL },
    { "2.4", PAIR24, NULL, 993, NULL, "/o/c", "/o/k", 2, NEW24, NULL, NULL },
    { "2.4, in its block",
      V24 "ssl_server {\n  cert_file = /o/c\n  ssl_server_key_file = /o/k\n}\n",
      NULL, 993, NULL, "/o/c", "/o/k", 3,
      V24 "ssl_server {\n  cert_file = /n/c\n  ssl_server_key_file = /n/k\n}\n",
      NULL, NULL },
    { "2.4, quotes",
      V24 "ssl_server_cert_file = \"/o/c\"\n"
          "ssl_server_key_file = '/o/k'\n",
      NULL, 993, NULL, "/o/c", "/o/k", 2,
      V24 "ssl_server_cert_file = \"/n/c\"\nssl_server_key_file = '/n/k'\n",
      NULL, NULL },
    { "2.4, by name",
      PAIR24 "local_name a.example {\n  ssl_server {\n"
             "    cert_file = /x\n    key_file = /y\n  }\n}\n",
      NULL, 993, "a.example", "/x", "/y", 6,
      PAIR24 "local_name a.example {\n  ssl_server {\n"
             "    cert_file = /n/c\n    key_file = /n/k\n  }\n}\n",
      NULL, NULL },
    { "2.4, none", V24, NULL, 993, NULL, NULL, NULL, 0, NEW24, NULL, NULL },
    { "2.4, the old words", V24 PAIR, NULL, 993, NULL, NULL, NULL, 0, NULL,
      NULL, "dovecot.conf:2: ssl_cert is a word of Dovecot 2.3" },
    { "2.4, a variable", V24 "ssl_server_cert_file = /o/%{protocol}\n", NULL,
      993, NULL, NULL, NULL, 2, NULL, NULL, "not understood" },
};

static void reads_and_edits(void **state)
{
    (void)state;
    rows_hold(&stand, rows, sizeof rows / sizeof *rows);
}

static void is_refused(void **state)
{
    static const struct conf_bad_row bad[] = {
        { "no setting", "a = b\nc d\n", NULL, "dovecot.conf:2" },
        { "closes nothing", "a = b\n}\n", NULL, "dovecot.conf:2" },
        { "not closed", "a = b\nprotocol imap {\n", NULL, "dovecot.conf:2" },
        { "behind a brace", "protocol imap { a = b }\n", NULL,
          "dovecot.conf:1" },
        { "nothing to include", "\n!include nowhere.conf\n", NULL,
          "dovecot.conf:2" },
        { "what it includes", INCLUDES, "x y z\n", "10-ssl.conf:1" },
        { "includes itself", INCLUDES, "!include ../dovecot.conf\n",
          "includes itself" },
        { "alternatives", "!include conf.d/{a,b}\n", NULL, "dovecot.conf:1" },
    };

    (void)state;
    rows_fail(&stand, bad, sizeof bad / sizeof *bad);
}

/* The byte-order mark belongs to the first name, as Dovecot has it. */
static void odd_bytes(void **state)
{
    struct server_conf conf;
    struct conf_edits edits = { .len = 0 };
    struct err err;
    struct buf deep;

    (void)state;
    if (!read_two("\xef\xbb\xbfssl_cert = </x\n" PAIR, NULL, &conf, &err))
        fail_msg("%s", err.text);
    struct conf_change change = { conf.places, "/n/c", "/n/k", NULL };
    if (!conf.kind->edit(arena, &conf, &change, &edits, &err))
        fail_msg("%s", err.text);
    rows_expect("a mark", &conf, &edits, MAIN,
                "\xef\xbb\xbfssl_cert = </x\n" NEW);

    assert_false(
        rows_read(&stand, "ssl_cert = </o\0/c\n", 18, NULL, &conf, &err));

    buf_init(&deep, arena, 4096);
    for (int i = 0; i < 40; i++)
        buf_text(&deep, "protocol imap {\n");
    assert_false(read_two(deep.text, NULL, &conf, &err));
    assert_non_null(strstr(err.text, "dovecot.conf:33"));
}

static void odd_paths(void **state)
{
    static const char *const paths[] = { "n/c", "/n c", "/n#c", "/n\nx = y" };
    struct server_conf conf;
    struct err err;

    (void)state;
    assert_true(read_two(PAIR, NULL, &conf, &err));
    rows_refuse_paths(&conf, paths, sizeof paths / sizeof *paths,
                      "dovecot.conf:1");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(reads_and_edits, set_up, tear_down),
        cmocka_unit_test_setup_teardown(is_refused, set_up, tear_down),
        cmocka_unit_test_setup_teardown(odd_bytes, set_up, tear_down),
        cmocka_unit_test_setup_teardown(odd_paths, set_up, tear_down),
    };

    return cmocka_run_group_tests(tests, stage_make, stage_unmake);
}
