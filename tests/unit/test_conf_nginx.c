/* nginx's files: what each port of http, mail and stream shows to whom, by
 * which line, and edits of exactly that. */
#include "conf_rows.h"

#define MAIN         "/etc/nginx/nginx.conf"
#define OTHER        "/etc/nginx/sites-enabled/mail"
#define PAIR         "ssl_certificate /o/c;\nssl_certificate_key /o/k;\n"
#define NEW          "ssl_certificate /n/c;\nssl_certificate_key /n/k;\n"
#define SSL          "listen 443 ssl;\n"
#define HTTP(text)   "http {\n" text "}\n"
#define MAIL(text)   "mail {\n" text "}\n"
#define SERVER(text) "server {\n" text "}\n"
#define INCLUDES     HTTP("include sites-enabled/*;\n")

static const struct conf_rows stand = { .software = "nginx",
                                        .first = MAIN,
                                        .other = OTHER };

static bool read_two(const char *first, const char *other,
                     struct server_conf *conf, struct err *err)
{
    return rows_read(&stand, first, strlen(first), other, conf, err);
}

static const struct conf_row rows[] = {
    { "a pair", HTTP(SERVER(SSL PAIR)), NULL, 443, NULL, "/o/c", "/o/k", 4,
      HTTP(SERVER(SSL NEW)), NULL, NULL },
    { "by name", HTTP(SERVER(SSL PAIR) SERVER(SSL "server_name a b;\n" PAIR)),
      NULL, 443, "b", "/o/c", "/o/k", 10,
      HTTP(SERVER(SSL PAIR) SERVER(SSL "server_name a b;\n" NEW)), NULL, NULL },
    { "for others",
      HTTP(SERVER(SSL PAIR) SERVER("listen 443 default_server;\n" PAIR)), NULL,
      443, NULL, "/o/c", "/o/k", 9,
      HTTP(SERVER(SSL PAIR) SERVER("listen 443 default_server;\n" NEW)), NULL,
      NULL },
    { "the first of two of a name",
      HTTP(SERVER(SSL "server_name a;\n" PAIR)
               SERVER(SSL "server_name a;\n" PAIR)),
      NULL, 443, "a", "/o/c", "/o/k", 5,
      HTTP(SERVER(SSL "server_name a;\n" NEW)
               SERVER(SSL "server_name a;\n" PAIR)),
      NULL, NULL },
    { "below a name", HTTP(SERVER(SSL "server_name .b.c;\n" PAIR)), NULL, 443,
      "*.b.c", "/o/c", "/o/k", 5, HTTP(SERVER(SSL "server_name .b.c;\n" NEW)),
      NULL, NULL },
    { "in another file", INCLUDES, SERVER(SSL PAIR), 443, NULL, "/o/c", "/o/k",
      3, NULL, SERVER(SSL NEW), NULL },
    { "of all servers", HTTP(PAIR SERVER(SSL)), NULL, 443, NULL, "/o/c", "/o/k",
      2, HTTP(NEW SERVER(SSL)), NULL, NULL },
    { "its own over that", HTTP(PAIR SERVER(SSL PAIR)), NULL, 443, NULL, "/o/c",
      "/o/k", 6, HTTP(PAIR SERVER(SSL NEW)), NULL, NULL },
    { "quotes",
      HTTP(SERVER(SSL "ssl_certificate \"/o/c d\";\n"
                      "ssl_certificate_key '/o/k';\n")),
      NULL, 443, NULL, "/o/c d", "/o/k", 4,
      HTTP(SERVER(SSL "ssl_certificate \"/n/c\";\n"
                      "ssl_certificate_key '/n/k';\n")),
      NULL, NULL },
    { "escapes",
      HTTP(SERVER(SSL "ssl_certificate /o/c\\ d;\n"
                      "ssl_certificate_key /o/k;\n")),
      NULL, 443, NULL, "/o/c\\ d", "/o/k", 4, HTTP(SERVER(SSL NEW)), NULL,
      NULL },
    { "beside the configuration",
      HTTP(SERVER(SSL "ssl_certificate c;\nssl_certificate_key ../k;\n")), NULL,
      443, NULL, "/etc/nginx/c", "/etc/nginx/../k", 4, HTTP(SERVER(SSL NEW)),
      NULL, NULL },
    { "one line, no final newline",
      "http { server { listen 443 ssl; ssl_certificate /o/c; "
      "ssl_certificate_key /o/k; } }",
      NULL, 443, NULL, "/o/c", "/o/k", 1,
      "http { server { listen 443 ssl; ssl_certificate /n/c; "
      "ssl_certificate_key /n/k; } }",
      NULL, NULL },
    { "CRLF and comments",
      "http { # {\r\nserver { listen 443 ssl;#;\r\n\tssl_certificate  /o/c ; # "
      "managed by Certbot\r\nssl_certificate_key\r\n\t/o/k;\r\n}\r\n}\r\n",
      NULL, 443, NULL, "/o/c", "/o/k", 3,
      "http { # {\r\nserver { listen 443 ssl;#;\r\n\tssl_certificate  /n/c ; # "
      "managed by Certbot\r\nssl_certificate_key\r\n\t/n/k;\r\n}\r\n}\r\n",
      NULL, NULL },
    { "real lines",
      HTTP("map $a $b { \"~*x\\{1,3\\};\" 'y'; default ${c}d; }\n" SERVER(
          SSL "if ($a ~* \"x;y\") { return 301 https://$host$request_uri; }\n"
              "location ~ \\.php$ { }\n" PAIR)),
      NULL, 443, NULL, "/o/c", "/o/k", 7,
      HTTP("map $a $b { \"~*x\\{1,3\\};\" 'y'; default ${c}d; }\n" SERVER(
          SSL "if ($a ~* \"x;y\") { return 301 https://$host$request_uri; }\n"
              "location ~ \\.php$ { }\n" NEW)),
      NULL, NULL },
    { "another language",
      HTTP("init_by_lua_block {\n local a = \"}\" -- }\n if x then {} "
           "end\n}\n" SERVER(SSL PAIR)),
      NULL, 443, NULL, "/o/c", "/o/k", 8,
      HTTP("init_by_lua_block {\n local a = \"}\" -- }\n if x then {} "
           "end\n}\n" SERVER(SSL NEW)),
      NULL, NULL },
    { "none", HTTP(SERVER("  listen 443 ssl; # on\n")), NULL, 443, NULL, NULL,
      NULL, 0,
      HTTP(SERVER("  listen 443 ssl;\n  ssl_certificate /n/c;\n  "
                  "ssl_certificate_key /n/k; # on\n")),
      NULL, NULL },
    { "no key", HTTP(SERVER(SSL "ssl_certificate /o/c;\n")), NULL, 443, NULL,
      "/o/c", NULL, 4,
      HTTP(SERVER(SSL "ssl_certificate_key /n/k;\nssl_certificate /n/c;\n")),
      NULL, NULL },
    { "no TLS on its port", HTTP(SERVER("listen [::]:443 http2;\n" PAIR)), NULL,
      443, NULL, "/o/c", "/o/k", 4,
      HTTP(SERVER("listen [::]:443 ssl http2;\n" NEW)), NULL, NULL },
    { "no TLS and none expected", HTTP(SERVER("listen 8080;\n" PAIR)), NULL,
      8080, NULL, "/o/c", "/o/k", 4, NULL, NULL, "nginx.conf:2: port 8080" },
    { "TLS by another server",
      HTTP(SERVER(SSL PAIR) SERVER("listen 443;\nserver_name a;\n" PAIR)), NULL,
      443, "a", "/o/c", "/o/k", 10,
      HTTP(SERVER(SSL PAIR) SERVER("listen 443;\nserver_name a;\n" NEW)), NULL,
      NULL },
    { "chosen at each connection",
      HTTP(SERVER(SSL "ssl_certificate /o/$ssl_server_name;\n"
                      "ssl_certificate_key /o/k;\n")),
      NULL, 443, NULL, NULL, "/o/k", 4, NULL, NULL, "nginx.conf:4: " },
    { "in no file", HTTP(SERVER(SSL "ssl_certificate data:$x;\n")), NULL, 443,
      NULL, NULL, NULL, 4, NULL, NULL, "at each connection" },
    { "a key in a device",
      HTTP(SERVER(SSL
                  "ssl_certificate /o/c;\nssl_certificate_key engine:x:y;\n")),
      NULL, 443, NULL, "/o/c", NULL, 4, NULL, NULL, "nginx.conf:5: " },
    { "two kinds of keys",
      HTTP(SERVER(SSL PAIR
                  "ssl_certificate /e/c;\nssl_certificate_key /e/k;\n")),
      NULL, 443, NULL, "/o/c", "/o/k", 4,
      HTTP(
          SERVER(SSL NEW "ssl_certificate /e/c;\nssl_certificate_key /e/k;\n")),
      NULL, NULL },
    { "names by a pattern",
      HTTP(SERVER(SSL PAIR) SERVER(SSL "server_name ~^m;\n" PAIR)), NULL, 443,
      NULL, "/o/c", "/o/k", 4, NULL, NULL, "nginx.conf:9 is a pattern" },
    { "mail", MAIL("ssl on;\n" PAIR SERVER("listen 993;\nprotocol imap;\n")),
      NULL, 993, NULL, "/o/c", "/o/k", 3,
      MAIL("ssl on;\n" NEW SERVER("listen 993;\nprotocol imap;\n")), NULL,
      NULL },
    { "mail, STARTTLS",
      MAIL(SERVER("listen 127.0.0.1:143;\nstarttls on;\n" PAIR)), NULL, 143,
      NULL, "/o/c", "/o/k", 5,
      MAIL(SERVER("listen 127.0.0.1:143;\nstarttls on;\n" NEW)), NULL, NULL },
    { "mail, off", MAIL("starttls off;\n" PAIR SERVER("listen 25;\n")), NULL,
      25, NULL, "/o/c", "/o/k", 3,
      MAIL("starttls on;\n" NEW SERVER("listen 25;\n")), NULL, NULL },
    { "mail, never on", MAIL(PAIR SERVER("\tlisten 110;\n")), NULL, 110, NULL,
      "/o/c", "/o/k", 2, MAIL(NEW SERVER("\tlisten 110;\n\tstarttls on;\n")),
      NULL, NULL },
    { "mail, no TLS on its port", MAIL(PAIR SERVER("listen 995;\n")), NULL, 995,
      NULL, "/o/c", "/o/k", 2, MAIL(NEW SERVER("listen 995 ssl;\n")), NULL,
      NULL },
    { "stream", "stream {\n" SERVER("listen 465 ssl;\n" PAIR) "}\n", NULL, 465,
      NULL, "/o/c", "/o/k", 4,
      "stream {\n" SERVER("listen 465 ssl;\n" NEW) "}\n", NULL, NULL },
    { "stream, a range",
      "stream {\n" SERVER("listen 4640-4650 ssl;\n" PAIR) "}\n", NULL, 4645,
      NULL, "/o/c", "/o/k", 4,
      "stream {\n" SERVER("listen 4640-4650 ssl;\n" NEW) "}\n", NULL, NULL },
    { "stream, passed on",
      "stream {\n" SERVER("listen 993;\nproxy_pass x;\n") "}\n", NULL, 993,
      NULL, NULL, NULL, 0, NULL, NULL, "the server behind it" },
};

static void reads_and_edits(void **state)
{
    (void)state;
    rows_hold(&stand, rows, sizeof rows / sizeof *rows);
}

static void is_refused(void **state)
{
    static const struct conf_bad_row bad[] = {
        { "no semicolon", "user x;\na b\n}", NULL, "nginx.conf:2" },
        { "no semicolon at the end", "user x;\na b\n", NULL, "nginx.conf:2" },
        { "closes nothing", "user x;\n}\n", NULL, "nginx.conf:2" },
        { "not closed", "\nhttp {\n", NULL, "nginx.conf:2" },
        { "an open quote", "a b;\nc \"d;\n", NULL, "nginx.conf:2" },
        { "behind a quote", "a \"b\"c;\n", NULL, "nginx.conf:1" },
        { "nothing in front", "a b;\n;\n", NULL, "nginx.conf:2" },
        { "nothing to include", "\ninclude nowhere.conf;\n", NULL,
          "nginx.conf:2" },
        { "a block that ends elsewhere", INCLUDES, "server {\n",
          "sites-enabled/mail:1" },
        { "a block of another file", INCLUDES, "}\nhttp {\n",
          "sites-enabled/mail:1" },
        { "includes itself", INCLUDES, "include /etc/nginx/nginx.conf;\n",
          "includes itself" },
        { "Lua without an end", "http {\n a_by_lua_block { \"}\n} }", NULL,
          "nginx.conf:2" },
    };

    (void)state;
    rows_fail(&stand, bad, sizeof bad / sizeof *bad);
}

/* Of two pairs, each is a place; the second is edited like the first. */
static void second_pair(void **state)
{
    static const char text[] = HTTP(
        SERVER(SSL PAIR "ssl_certificate /e/c;\nssl_certificate_key /e/k;\n"));
    struct server_conf conf;
    struct conf_edits edits = { .len = 0 };
    struct err err;

    (void)state;
    assert_true(read_two(text, NULL, &conf, &err));
    assert_int_equal(conf.places_len, 2);
    struct conf_change change = { &conf.places[1], "/n/c", "/n/k", NULL };
    if (!conf.kind->edit(arena, &conf, &change, &edits, &err))
        fail_msg("%s", err.text);
    rows_expect("the second", &conf, &edits, MAIN, HTTP(SERVER(SSL PAIR NEW)));
}

static void odd_paths(void **state)
{
    static const char *const paths[] = { "n/c",   "/n c", "/n;c", "/n$c",
                                         "/n\\c", "/n{",  "/n\n" };
    struct server_conf conf;
    struct err err;

    (void)state;
    assert_true(read_two(HTTP(SERVER(SSL PAIR)), NULL, &conf, &err));
    rows_refuse_paths(&conf, paths, sizeof paths / sizeof *paths,
                      "nginx.conf:4");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(reads_and_edits, set_up, tear_down),
        cmocka_unit_test_setup_teardown(is_refused, set_up, tear_down),
        cmocka_unit_test_setup_teardown(second_pair, set_up, tear_down),
        cmocka_unit_test_setup_teardown(odd_paths, set_up, tear_down),
    };

    return cmocka_run_group_tests(tests, stage_make, stage_unmake);
}
