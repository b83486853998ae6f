/* Which program answers, and which ones the user may name. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "advise/software.h"

static void software_is_read(void **state)
{
    static const struct {
        const char *text;
        size_t len; /* 0: refused */
    } rows[] = {
        { "postfix", 1 }, { "postfix,dovecot", 2 }, { "", 0 },
        { "Postfix", 0 }, { "postfix,", 0 },        { ",postfix", 0 },
        { "postfi", 0 },  { "postfixx", 0 },        { "mailcow", 1 },
    };
    struct arena *a = arena_new();
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct text_list list = { 0 };
        struct err err = { ERR_NONE, "" };
        bool read = software_read(a, rows[i].text, &list, &err);
        if (read != (rows[i].len > 0) || list.len != rows[i].len)
            fail_msg("\"%s\": %zu names, not %zu", rows[i].text, list.len,
                     rows[i].len);
        if (!read && !strstr(err.text, "dovecot") &&
            !strstr(err.text, "did you mean \"postfix\""))
            fail_msg("\"%s\": the known ones are not listed: %s", rows[i].text,
                     err.text);
    }
    arena_free(a);
}

static void software_is_recognised(void **state)
{
    static const struct {
        const char *banner, *name;
    } rows[] = {
        { "220 mail.example.com ESMTP Postfix (Debian/GNU)", "postfix" },
        { "220 mail.example.com ESMTP Postcow", "mailcow" },
        { "220 box.example.com ESMTP Hi, I'm a Mail-in-a-Box (Ubuntu/Postfix; "
          "see https://mailinabox.email/)",
          "mailinabox" },
        { "* OK [CAPABILITY IMAP4rev1] Dovecot (Debian) ready.", "dovecot" },
        { "220 mail.example.com ESMTP Exim 4.96 Mon, 23 Nov 2026", "exim" },
        { "220-s.example.net ESMTP Exim 4.98 #2\n220-We do not authorize the "
          "use of this system to transport unsolicited,",
          "cpanel" },
        { "220 s.example.net Microsoft ESMTP MAIL Service ready", "exchange" },
        { "+OK The Microsoft Exchange POP3 service is ready.", "exchange" },
        { "220 mail.example.com ESMTP OpenSMTPD", "opensmtpd" },
        { "Hello there. <1234.1795871234@mail.example.com>", "courier" },
        { "IMAPrev1", "hmailserver" },
        { "* OK [CAPABILITY IMAP4rev1] IMAP4rev1 ready", NULL },
        { "220 mail.example.com ESMTP", NULL },
        { "* OK IMAP4 ready", NULL },
        { "", NULL },
        { NULL, NULL },
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct cell c = { .banner = rows[i].banner };
        const char *name = software_of(NULL, &c);
        const char *want = rows[i].name;
        if ((name == NULL) != (want == NULL) ||
            (name && strcmp(name, want) != 0))
            fail_msg("\"%s\": %s, not %s", rows[i].banner, name, want);
    }
}

static void a_certificate_tells(void **state)
{
    static const struct {
        const char *issuer, *dns_name, *name;
    } rows[] = {
        { "C=US, O=cPanel, Inc., CN=cPanel, Inc. Certification Authority",
          "mail.example.com", "cpanel" },
        { "CN=TRAEFIK DEFAULT CERT", "a.traefik.default", "traefik" },
        { "CN=Caddy Local Authority - ECC Intermediate", "mail.example.com",
          "caddy" },
        { "CN=mail.docker-mailserver.invalid", "docker-mailserver.invalid",
          "docker-mailserver" },
        { "C=US, O=Let's Encrypt, CN=YR1", "cpanel.example.com", NULL },
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        const char *names[] = { rows[i].dns_name };
        struct cert leaf = { .issuer = rows[i].issuer,
                             .dns_names = { .text = names, .len = 1 } };
        const char *name = software_behind(NULL, &leaf);
        if (!name != !rows[i].name || (name && strcmp(name, rows[i].name) != 0))
            fail_msg("%s: %s", rows[i].issuer, name ? name : "nothing");
    }
}

static void kinds(void **state)
{
    (void)state;
    assert_true(software_is_suite("plesk"));
    assert_true(software_is_suite("mailcow"));
    assert_false(software_is_suite("postfix"));
    assert_false(software_is_suite("exchange"));
    assert_true(software_is_on_windows("win-acme"));
    assert_true(software_is_on_windows("exchange"));
    assert_false(software_is_on_windows("outlook"));
    assert_false(software_is_on_windows("postfix"));
    assert_true(software_is_tool("certbot"));
    assert_true(software_is_tool("acme.sh"));
    assert_false(software_is_tool("plesk"));
    assert_string_equal(software_files("certbot"), "/etc/letsencrypt/live");
    assert_string_equal(software_files("acme.sh"), "/etc/ssl/acme");
    assert_string_equal(software_files("caddy"), "/etc/ssl/caddy");
    assert_null(software_files("exim"));
    assert_null(software_files("homemade"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(software_is_read),
        cmocka_unit_test(software_is_recognised),
        cmocka_unit_test(a_certificate_tells),
        cmocka_unit_test(kinds),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
