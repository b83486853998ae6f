/* What is never edited: the file and line of its certificate are told. */
#include "conf_bench.h"
#include "fixture.h"

static struct conf_bench bench;

struct row {
    const char *what, *software, *program;
    uint16_t port;
    const char *words;
    const char *files[3][2]; /* path, text */
    const char *told;        /* "SNI CERT KEY CERT-WHERE KEY-WHERE" */
    const char *service;     /* that is told */
};

static const struct row rows[] = {
    { "Courier",
      "courier",
      "/usr/sbin/couriertcpd",
      993,
      "couriertcpd",
      { { "@/etc/courier/imapd", "TLS_CERTFILE=/x\n" },
        { "@/etc/courier/imapd-ssl",
          "# TLS_CERTFILE=/y\nTLS_CERTFILE=\"/c.pem\"\n" } },
      "- /c.pem /c.pem /etc/courier/imapd-ssl:2 \n",
      "courier-imap-ssl" },
    { "Courier, two files, one of them not there",
      "courier",
      "/usr/sbin/couriertcpd",
      25,
      "couriertcpd",
      { { "@/etc/courier/esmtpd",
          "TLS_CERTFILE=/c\r\nTLS_PRIVATE_KEYFILE=/k\r\n" } },
      "- /c /k /etc/courier/esmtpd:1 /etc/courier/esmtpd:2\n",
      "courier-mta" },
    { "Cyrus",
      "cyrus",
      "/usr/sbin/cyrmaster",
      993,
      "cyrmaster -d",
      { { "@/etc/imapd.conf",
          "tls_server_cert: /c\ntls_server_key:\t/k\n#tls_server_cert: /x\n"
          "pop3_tls_server_cert: /p\n" } },
      "- /c /k /etc/imapd.conf:1 /etc/imapd.conf:2\n",
      "cyrus-imapd" },
    { "Cyrus, of one service",
      "cyrus",
      "/usr/lib/cyrus/bin/master",
      110,
      "master -C /etc/own.conf",
      { { "@/etc/own.conf",
          "pop3_tls_server_cert: /p\ntls_server_cert: /c\ntls_server_key: "
          "/k\n" } },
      "- /p /k /etc/own.conf:1 /etc/own.conf:3\n",
      "cyrus-imapd" },
    { "Cyrus, none",
      "cyrus",
      "/usr/sbin/cyrmaster",
      143,
      "cyrmaster",
      { { "@/etc/imapd.conf", "configdirectory: /var\n" } },
      "- - -  \n",
      "cyrus-imapd" },
    { "OpenSMTPD",
      "opensmtpd",
      "/usr/sbin/smtpd",
      465,
      "smtpd",
      { { "@/etc/smtpd.conf",
          "pki mail cert \"/c\"\npki mail key \"/k\"\nlisten on lo pki "
          "mail\n" } },
      "mail /c /k /etc/smtpd.conf:1 /etc/smtpd.conf:2\n"
      "- /c /k /etc/smtpd.conf:1 /etc/smtpd.conf:2\n",
      "opensmtpd" },
    { "OpenSMTPD, two",
      "opensmtpd",
      "/usr/sbin/smtpd",
      25,
      "smtpd -f /etc/o.conf",
      { { "@/etc/o.conf",
          "pki a cert /a\npki \"b\" cert /b\npki a key /k\n" } },
      "a /a /k /etc/o.conf:1 /etc/o.conf:3\nb /b - /etc/o.conf:2 \n"
      "- - -  \n",
      "opensmtpd" },
    { "Sendmail",
      "sendmail",
      "/usr/libexec/sendmail/sendmail",
      25,
      "sendmail",
      { { "@/etc/mail/sendmail.cf",
          "#O ServerCertFile\nO ServerCertFile=/c\nO ServerKeyFile=/k\n" },
        { "@/etc/mail/sendmail.mc",
          "dnl\ndefine(`confSERVER_CERT', `/c')dnl\n" },
        { "@/etc/mail/tls/starttls.m4",
          "define(`confSERVER_KEY', `/other')dnl\n" } },
      "- /c /k /etc/mail/sendmail.mc:2 /etc/mail/sendmail.cf:3\n",
      "sendmail" },
};

static const char *told(void)
{
    struct buf out;

    buf_init(&out, arena, 4096);
    for (size_t i = 0; i < bench.conf.places_len; i++) {
        const struct tls_place *p = &bench.conf.places[i];
        if (p->port != bench.listener.port)
            continue;
        buf_printf(&out, "%s %s %s %s %s\n", p->sni ? p->sni : "-",
                   p->cert.path ? p->cert.path : "-",
                   p->key.path ? p->key.path : "-",
                   bench_where(&bench, &p->cert), bench_where(&bench, &p->key));
        assert_non_null(p->cert.doubt);
    }
    return out.text;
}

static void begin(const struct row *row)
{
    bench_open(&bench, arena);
    machine_root_close(&bench.conf.root);
    assert_true(
        machine_root_open(arena, bench.top, &bench.conf.root, &bench.err));
    bench.listener.program = row->program;
    for (size_t i = 0; i < 3 && row->files[i][0]; i++)
        bench_put(&bench, row->files[i][0], row->files[i][1]);
}

static void shown(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        begin(&rows[i]);
        if (!bench_read(&bench, rows[i].software, rows[i].port, rows[i].words))
            fail_msg("%s: %s", rows[i].what, bench.err.text);
        if (!same(told(), rows[i].told))
            fail_msg("%s: %s", rows[i].what, told());
        assert_non_null(bench.conf.print_only);
        assert_null(bench.conf.kind->edit);
        const char *const *words = bench.conf.kind->reload(arena, &bench.conf);
        assert_string_equal(words[1], rows[i].service);
        bench_close(&bench);
    }
}

static void not_there(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct row bare = rows[i];
        bare.files[0][0] = NULL;
        begin(&bare);
        if (bench_read(&bench, bare.software, bare.port, bare.words))
            fail_msg("%s: is read", bare.what);
        bench_close(&bench);
    }
}

/* Nothing is read but text, within limits. */
static void hostile(void **state)
{
    static const char *const texts[] = {
        "tls_server_cert:", ":\n\n=\npki\npki \npki x\npki x cert\n",
        "tls_server_cert"
    };

    (void)state;
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        struct row row = rows[2];
        row.files[0][1] = texts[i];
        begin(&row);
        assert_true(bench_read(&bench, "cyrus", 993, "cyrmaster"));
        assert_null(bench.conf.places[0].cert.path);
        bench_close(&bench);
        row = rows[5];
        row.files[0][1] = texts[i];
        begin(&row);
        assert_true(bench_read(&bench, "opensmtpd", 465, "smtpd"));
        bench_close(&bench);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(shown, set_up, tear_down),
        cmocka_unit_test_setup_teardown(not_there, set_up, tear_down),
        cmocka_unit_test_setup_teardown(hostile, set_up, tear_down),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
