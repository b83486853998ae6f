/* Apache's configuration: which files a port and a name get, what is left
 * alone, and edits that change those values alone. */
#include "conf_bench.h"
#include "fixture.h"

#define CERT "/etc/new/fullchain.pem"
#define KEY  "/etc/new/privkey.pem"

static struct conf_bench bench;

/* `dump`: what Apache says of its hosts; NULL: nothing. */
static void plant(const char *config, const char *dump)
{
    bench_open(&bench, arena);
    bench_program(&bench, "@/apachectl",
                  "case \"$*\" in\n"
                  "*-V*) echo 'Server version: Apache/2.4.71 (Debian)'\n"
                  "echo ' -D HTTPD_ROOT=\"@\"'\n"
                  "echo ' -D SERVER_CONFIG_FILE=\"a.conf\"';;\n"
                  "*MODULES*) echo ' log_config_module (static)';;\n"
                  "*) test -e @/dump && cat @/dump;;\nesac\n");
    bench_program(&bench, "@/apache2", "exit 1\n");
    bench_put(&bench, "@/a.conf", config);
    if (dump)
        bench_put(&bench, "@/dump", dump);
}

static void begin(const char *what, const char *config, const char *dump)
{
    plant(config, dump);
    bench_put(&bench, "@/mods/ssl.load", "LoadModule ssl_module mod_ssl.so\n");
    bench_put(&bench, "@/sites/a.conf",
              "<VirtualHost *:443>\nSSLEngine on\nSSLCertificateFile /a\n"
              "</VirtualHost>\n");
    bench_put(&bench, "@/sites/b.conf~", "nonsense\n</x>\n");
    if (!bench_read(&bench, "apache", 443, "/usr/sbin/apache2 -k start"))
        fail_msg("%s: %s", what, bench.err.text);
}

/* "PORT SNI CERT KEY PLACE" of each place. */
static const char *told(void)
{
    struct buf out;

    buf_init(&out, arena, 4096);
    for (size_t i = 0; i < bench.conf.places_len; i++) {
        const struct tls_place *p = &bench.conf.places[i];
        buf_printf(
            &out, "%s%s%d %s %s %s %s%s%s%s\n", p->address ? p->address : "",
            p->address ? " " : "", (int)p->port, p->sni ? p->sni : "-",
            p->cert.path ? p->cert.path : "-", p->key.path ? p->key.path : "-",
            bench_where(&bench, &p->cert), p->is_off ? " off" : "",
            p->cert.doubt ? " " : "", p->cert.doubt ? p->cert.doubt : "");
    }
    return out.text;
}

#define HOST  "<VirtualHost *:443>\nSSLEngine on\n"
#define PAIR  "SSLCertificateFile /a\nSSLCertificateKeyFile /k\n"
#define END   "</VirtualHost>\n"
#define MAYBE "Whether the condition around it holds is known to Apache alone."

static const struct {
    const char *what, *config, *told;
} rows[] = {
    { "one", HOST PAIR END, "443 - /a /k /a.conf:3\n" },
    { "names",
      HOST PAIR "ServerName x.example.org:443\nServerAlias y.example.org "
                "*.example.net\n" END,
      "443 - /a /k /a.conf:3\n443 x.example.org /a /k /a.conf:3\n"
      "443 y.example.org /a /k /a.conf:3\n443 *.example.net /a /k "
      "/a.conf:3\n" },
    { "one file, small letters, quotes",
      "<virtualhost _default_:443>\n sslengine ON\n sslcertificatefile "
      "\"/a b\"\n</VIRTUALHOST>",
      "443 - /a b /a b /a.conf:3\n" },
    { "below the root", HOST "SSLCertificateFile ssl/a.pem\n" END,
      "443 - @/ssl/a.pem @/ssl/a.pem /a.conf:3\n" },
    { "CR LF",
      "<VirtualHost *:443>\r\nSSLEngine on\r\nSSLCertificateFile /a\r\n"
      "</VirtualHost>\r\n",
      "443 - /a /a /a.conf:3\n" },
    { "an address",
      "<VirtualHost 192.0.2.7:443 [2001:db8::7]:8443>\n"
      "SSLEngine on\n" PAIR END,
      "192.0.2.7 443 - /a /k /a.conf:3\n"
      "[2001:db8::7] 8443 - /a /k /a.conf:3\n" },
    { "the first is for all others",
      HOST PAIR END HOST "SSLCertificateFile /b\nServerName b\n" END,
      "443 - /a /k /a.conf:3\n443 b /b /b /a.conf:8\n" },
    { "of all",
      PAIR HOST END "<VirtualHost *:443>\nServerName b\n"
                    "SSLCertificateFile /b\nSSLEngine on\n" END,
      "443 - /a /k /a.conf:1\n443 b /b /k /a.conf:8\n" },
    { "without virtual hosts", "SSLEngine on\n" PAIR,
      "443 - /a /k /a.conf:2\n" },
    { "two types of key",
      HOST PAIR "SSLCertificateFile /e\nSSLCertificateKeyFile /f\n" END,
      "443 - /a /k /a.conf:3\n443 - /e /f /a.conf:5\n" },
    { "no TLS", "<VirtualHost *:80>\n" PAIR END,
      "80 - - -  off Apache offers no TLS here.\n"
      "443 - - -  off Apache offers no TLS here.\n" },
    { "a module that is there",
      "Include mods/*.load\n<IfModule mod_ssl.c>\n" HOST PAIR
      "<IfModule !ssl_module>\nSSLCertificateFile /x\n</IfModule>\n"
      "<IfModule log_config_module>\n</IfModule>\n" END "</IfModule>\n",
      "443 - /a /k /a.conf:5\n" },
    { "a module that is not there",
      "<IfModule mod_gnutls.c>\n" HOST PAIR END "</IfModule>\nSSLEngine on\n",
      "443 - - -  No certificate is named.\n" },
    { "defined",
      "Define D /d\nDefine X\n<IfDefine X>\n" HOST
      "SSLCertificateFile ${D}/a\n" END "</IfDefine>\n"
      "<IfDefine !X>\n</IfDefine>\n",
      "443 - /d/a /d/a /a.conf:6 It is written with variables or "
      "backslashes.\n" },
    { "not defined", HOST "SSLCertificateFile ${D}/a\n" END,
      "443 - - - /a.conf:3 It is written with variables or backslashes.\n" },
    { "a file that is there",
      HOST "SSLCertificateFile /a\n<IfFile mods/ssl.load>\n"
           "SSLCertificateKeyFile /k\n</IfFile>\n<IfFile none>\n"
           "SSLCertificateFile /x\n</IfFile>\n" END,
      "443 - /a /k /a.conf:3\n" },
    { "who knows", HOST "<IfVersion >= 2.4>\n" PAIR "</IfVersion>\n" END,
      "443 - /a /k /a.conf:4 " MAYBE "\n" },
    { "not of the host",
      HOST PAIR "<Directory /x>\nSSLCertificateFile /x\n"
                "</Directory>\n" END,
      "443 - /a /k /a.conf:3\n" },
    { "comments",
      HOST "# SSLCertificateFile /x\n # \\\nSSLCertificateFile /y\n" PAIR END,
      "443 - /a /k /a.conf:6\n" },
    { "over lines",
      HOST "SSLCertificateFile \\\n  /a\nSSLCertificateKeyFile /k\\\nk\n"
           "ServerAlias b \\\n c\n" END,
      "443 - /a /kk /a.conf:4\n443 b /a /kk /a.conf:4\n"
      "443 c /a /kk /a.conf:4\n" },
    { "of a token", HOST "SSLCertificateFile pkcs11:object=x\n" END,
      "443 - @/pkcs11:object=x @/pkcs11:object=x /a.conf:3 It does not name a "
      "file.\n" },
    { "included", "IncludeOptional sites/*.conf\nIncludeOptional none/*.conf\n",
      "443 - /a /a /sites/a.conf:3\n" },
    { "a macro",
      "<Macro M>\n" HOST PAIR END "</Macro>\nUse M\nSSLEngine on\n" PAIR,
      "443 - /a /k /a.conf:10 What stands in @/a.conf:8 is known to Apache "
      "alone.\n" },
    { "folders by pattern", "Include @/*/x.conf\n" HOST PAIR END,
      "443 - /a /k /a.conf:4 What stands in @/a.conf:1 is known to Apache "
      "alone.\n" },
};

static void places(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        begin(rows[i].what, rows[i].config, NULL);
        if (!same(told(), bench_text(&bench, rows[i].told)))
            fail_msg("%s: %s", rows[i].what, told());
        assert_string_equal(bench.conf.version, "2.4.71");
        bench_close(&bench);
    }
}

/* What Apache itself says stands above. */
static void compared(void **state)
{
    static const struct {
        const char *what, *dump, *doubt;
    } dumps[] = {
        { "the same",
          "*:443 x (@/a.conf:1)\nIncluded configuration files:\n"
          "  (*) @/a.conf\nServer certificates:\n  /a\n",
          NULL },
        { "an older one, which does not say certificates",
          "*:443 x (@/a.conf:1)\n  (*) @/a.conf\n", NULL },
        { "another certificate",
          "*:443 x (@/a.conf:1)\n  (*) @/a.conf\nServer certificates:\n  /aa\n",
          "Apache itself does not name it." },
        { "one host more",
          "*:443 x (@/a.conf:1)\n  y (@/a.conf:11)\n  (*) @/a.conf\n",
          "Apache itself has a virtual host that was not understood: "
          "@/a.conf:11." },
        { "one host less", "  (*) @/a.conf\n",
          "Apache itself does not know its virtual host." },
        { "another file", "*:443 x (@/a.conf:1)\n  (*) @/a.confx\n",
          "Apache itself does not read @/a.conf." },
    };

    (void)state;
    for (size_t i = 0; i < sizeof dumps / sizeof *dumps; i++) {
        begin(dumps[i].what, HOST PAIR END, dumps[i].dump);
        const char *doubt =
            dumps[i].doubt ? bench_text(&bench, dumps[i].doubt) : NULL;
        if (!same(bench.conf.places[0].cert.doubt, doubt))
            fail_msg("%s: %s", dumps[i].what, bench.conf.places[0].cert.doubt);
        bench_close(&bench);
    }
}

static void edits(void **state)
{
    static const struct {
        const char *what, *config, *name, *after;
    } changes[] = {
        { "two values", HOST "\t" PAIR END, NULL,
          HOST "\tSSLCertificateFile " CERT "\nSSLCertificateKeyFile " KEY
               "\n" END },
        { "quoted",
          HOST "SSLCertificateFile \"/a b\"\nSSLCertificateKeyFile "
               "'/k'\n" END,
          NULL,
          HOST "SSLCertificateFile \"" CERT "\"\nSSLCertificateKeyFile '" KEY
               "'\n" END },
        { "one file becomes two", HOST "\tSSLCertificateFile  /a\n" END, NULL,
          HOST "\tSSLCertificateFile  " CERT "\n\tSSLCertificateKeyFile " KEY
               "\n" END },
        { "no final newline", "SSLEngine on\r\nSSLCertificateFile /a", NULL,
          "SSLEngine on\r\nSSLCertificateFile " CERT
          "\r\nSSLCertificateKeyFile " KEY },
        { "a key that others have, too",
          PAIR HOST END HOST "ServerName b\nSSLCertificateFile /b\n" END, "b",
          PAIR HOST END HOST "ServerName b\nSSLCertificateFile " CERT
                             "\nSSLCertificateKeyFile " KEY "\n" END },
        { "the second of two",
          HOST PAIR "SSLCertificateFile /e\nSSLCertificateKeyFile /f\n" END,
          NULL,
          HOST "SSLCertificateFile " CERT "\nSSLCertificateKeyFile " KEY
               "\nSSLCertificateFile /e\nSSLCertificateKeyFile /f\n" END },
        { "of all, which others share", PAIR HOST END HOST "ServerName b\n" END,
          "b",
          "SSLCertificateFile " CERT "\nSSLCertificateKeyFile " KEY
          "\n" HOST END HOST "ServerName b\n" END },
        { "over lines",
          HOST "SSLCertificateFile \\\n\t/a\n"
               "\tSSLCertificateKeyFile \\\r\n\t'/k'\r\n" END,
          NULL,
          HOST "SSLCertificateFile \\\n\t" CERT "\n"
               "\tSSLCertificateKeyFile \\\r\n\t'" KEY "'\r\n" END },
        { "a line ends in it", HOST "SSLCertificateFile /a\\\nb\n" END, NULL,
          NULL },
        { "a line of its own within another",
          HOST "SSLCertificateFile /a \\\n\nx y\n" END, NULL, NULL },
        { "of a variable", "Define D /a\n" HOST "SSLCertificateFile ${D}\n" END,
          NULL, NULL },
        { "under a condition",
          HOST "<IfVersion 2.4>\n" PAIR "</IfVersion>\n" END, NULL, NULL },
        { "none", HOST END, NULL, NULL },
    };

    (void)state;
    for (size_t i = 0; i < sizeof changes / sizeof *changes; i++) {
        begin(changes[i].what, changes[i].config, NULL);
        const struct tls_place *p =
            tls_place_for(&bench.conf, 443, changes[i].name);
        const char *after = bench_edit(&bench, p, CERT, KEY, "@/a.conf");
        if (!same(after, changes[i].after))
            fail_msg("%s: %s", changes[i].what, after ? after : bench.err.text);
        bench_close(&bench);
    }
}

static void hostile(void **state)
{
    static const struct {
        const char *what, *config, *err;
    } bad[] = {
        { "itself", "Include a.conf\n", "includes itself" },
        { "not there", "Include none.conf\n", "@/a.conf:1" },
        { "not ended", HOST PAIR, "not ended in its file" },
        { "not begun", "x y\n</Directory>\n", "@/a.conf:2" },
        { "ended as another", HOST "</Directory>\n", "@/a.conf:3" },
        { "many stars", "Include *a*b*c*d*e*f*g*h\n", "stars" },
    };
    struct buf text;

    (void)state;
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        plant(bad[i].config, NULL);
        assert_false(bench_read(&bench, "apache", 443, "apache2"));
        if (!strstr(bench.err.text, bench_text(&bench, bad[i].err)))
            fail_msg("%s: %s", bad[i].what, bench.err.text);
        bench_close(&bench);
    }
    buf_init(&text, arena, 1024 * 1024);
    for (int i = 0; i < 1000; i++)
        buf_text(&text, "<IfDefine X>\n");
    plant(text.text, NULL);
    assert_false(bench_read(&bench, "apache", 443, "apache2"));
    assert_non_null(strstr(bench.err.text, "too many blocks"));
    bench_close(&bench);
}

/* As it was started; and in the words of the machine it runs on. */
static void words(void **state)
{
    static const char *const wanted[] = { "@/apachectl", "-t", "-f", "@/a.conf",
                                          "-DX" };

    (void)state;
    plant("<IfDefine X>\n" HOST PAIR END "</IfDefine>\n", NULL);
    assert_true(bench_read(&bench, "apache", 443,
                           "/usr/sbin/apache2 -f @/a.conf -DX -k start"));
    assert_string_equal(told(), "443 - /a /k /a.conf:4\n");
    const char *const *check = bench.conf.kind->check(arena, &bench.conf);
    for (size_t i = 0; i < sizeof wanted / sizeof *wanted; i++)
        assert_string_equal(check[i], bench_text(&bench, wanted[i]));
    assert_null(check[sizeof wanted / sizeof *wanted]);
    const char *const *reload = bench.conf.kind->reload(arena, &bench.conf);
    assert_string_equal(reload[1], "apache2");
    assert_string_equal(reload[2], "reload");
    bench_close(&bench);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(places, set_up, tear_down),
        cmocka_unit_test_setup_teardown(compared, set_up, tear_down),
        cmocka_unit_test_setup_teardown(edits, set_up, tear_down),
        cmocka_unit_test_setup_teardown(hostile, set_up, tear_down),
        cmocka_unit_test_setup_teardown(words, set_up, tear_down),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
