/* Targets as people type and paste them. */
#include "fixture.h"

#include <string.h>

#include "model/service.h"
#include "model/target.h"

static const struct {
    const char *input, *host;
    uint16_t port;
    const char *service;
    const char *domain;
    const char *correction; /* a part of one; NULL: there is none */
} good[] = {
    { "mail.example.com", "mail.example.com", 0, NULL, NULL, NULL },
    { "Mail.Example.COM", "mail.example.com", 0, NULL, NULL, NULL },
    { "mail.example.com:587", "mail.example.com", 587, NULL, NULL, NULL },
    { "mail.example.com:65535", "mail.example.com", 65535, NULL, NULL, NULL },
    { "mail.example.com 587", "mail.example.com", 587, NULL, NULL, NULL },
    { "mail.example.com : 587", "mail.example.com", 587, NULL, NULL, NULL },
    { "mail.example.com, port 587", "mail.example.com", 587, NULL, NULL, NULL },
    { "mail.example.com Port: 587", "mail.example.com", 587, NULL, NULL, NULL },
    { "port.example.com", "port.example.com", 0, NULL, NULL, NULL },
    { "mail.example.com:", "mail.example.com", 0, NULL, NULL, "colon" },
    { "mail.example.com.", "mail.example.com", 0, NULL, NULL,
      "the trailing dot was dropped" },
    { "mail.example.com.:25", "mail.example.com", 25, NULL, NULL, "dot" },
    { ".example.com", "example.com", 0, NULL, NULL, "leading dot" },
    { " mail.example.com\n", "mail.example.com", 0, NULL, NULL, "blanks" },
    { "\xc2\xa0mail.example.com", "mail.example.com", 0, NULL, NULL, "blanks" },
    { "\"mail.example.com\",", "mail.example.com", 0, NULL, NULL, "quotes" },
    { "<mail.example.com>", "mail.example.com", 0, NULL, NULL, "quotes" },
    { "\xe2\x80\x9cmail.example.com\xe2\x80\x9d", "mail.example.com", 0, NULL,
      NULL, "quotes" },
    { "b\xc3\xbc"
      "cher.example",
      "xn--bcher-kva.example", 0, NULL, NULL,
      "b\xc3\xbc"
      "cher.example is written xn--bcher-kva.example in "
      "certificates" },
    { "xn--bcher-kva.example", "xn--bcher-kva.example", 0, NULL, NULL, NULL },
    { "_x.example.com", "_x.example.com", 0, NULL, NULL, NULL },
    { "192.0.2.1", "192.0.2.1", 0, NULL, NULL, NULL },
    { "192.0.2.1:25", "192.0.2.1", 25, NULL, NULL, NULL },
    { "2001:DB8::1", "2001:db8::1", 0, NULL, NULL, NULL },
    { "[2001:db8::1]", "2001:db8::1", 0, NULL, NULL, NULL },
    { "[2001:db8::1]:465", "2001:db8::1", 465, NULL, NULL, NULL },
    { "imaps://[2001:db8::1]:993/", "2001:db8::1", 993, "imaps", NULL, NULL },
    { "smtp://mx.example.com", "mx.example.com", 25, "smtp", NULL, NULL },
    { "submission:mail.example.com", "mail.example.com", 587, "submission",
      NULL, NULL },
    { "SUBMISSIONS://mail.example.com", "mail.example.com", 465, "submissions",
      NULL, NULL },
    { "imap://mail.example.com", "mail.example.com", 143, "imap", NULL, NULL },
    { "imaps://mail.example.com:1993", "mail.example.com", 1993, "imaps", NULL,
      NULL },
    { "pop3://mail.example.com", "mail.example.com", 110, "pop3", NULL, NULL },
    { "pop3s://mail.example.com", "mail.example.com", 995, "pop3s", NULL,
      NULL },
    { "sieve://mail.example.com", "mail.example.com", 4190, "sieve", NULL,
      NULL },
    { "https://example.com", "example.com", 443, "https", NULL,
      "https:// was read as the web service on port 443" },
    { "https://example.com:8443", "example.com", 8443, "https", NULL,
      "on port 8443" },
    { "https://example.com/webmail/?_task=mail#x", "example.com", 443, "https",
      NULL, "only the host name of the pasted address was used" },
    { "http://example.com/", "example.com", 443, "https", NULL, "http://" },
    { "mail.example.com/webmail", "mail.example.com", 0, NULL, NULL, "only" },
    { "smtps://mail.example.com", "mail.example.com", 465, "submissions", NULL,
      "smtps:// was read as submissions on port 465" },
    { "ssl://mail.example.com:993", "mail.example.com", 993, NULL, NULL,
      "ssl: names no service" },
    { "tls://mail.example.com", "mail.example.com", 0, NULL, NULL,
      "tls: names" },
    { "smtp:25", "smtp", 25, NULL, NULL, NULL },
    { "imaps://user@mail.example.com", "mail.example.com", 993, "imaps", NULL,
      "the user name" },
    { "user@example.com", "example.com", 0, NULL, "example.com", NULL },
    { "user@example.com:587", "example.com", 587, NULL, "example.com", NULL },
    { "A User <user@example.com>", "example.com", 0, NULL, "example.com",
      "quotes" },
    { "mailto:user@example.com?subject=x", "example.com", 0, NULL,
      "example.com", "only" },
    { "user@[192.0.2.1]", "192.0.2.1", 0, NULL, NULL, "the user name" },
};

static bool has_correction(const struct target *t, const char *part)
{
    for (size_t i = 0; part && i < t->corrections_len; i++)
        if (strstr(t->corrections[i], part))
            return true;
    return !part && t->corrections_len == 0;
}

static void good_targets(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof good / sizeof *good; i++) {
        struct target t;
        struct err err;
        if (!target_parse(arena, good[i].input, &t, &err))
            fail_msg("%s: %s", good[i].input, err.text);
        if (!same(t.host, good[i].host) || t.port != good[i].port ||
            !same(t.service, good[i].service) ||
            !same(t.domain, good[i].domain) ||
            t.host_is_ip != name_is_ip(t.host) || t.role != ROLE_MUA ||
            (t.kind == TARGET_DOMAIN) != (t.domain != NULL))
            fail_msg("%s: host %s, port %d, service %s, domain %s",
                     good[i].input, t.host, t.port, t.service ? t.service : "-",
                     t.domain ? t.domain : "-");
        if (!has_correction(&t, good[i].correction))
            fail_msg("%s: %zu corrections, the last is \"%s\"", good[i].input,
                     t.corrections_len,
                     t.corrections_len ? t.corrections[t.corrections_len - 1]
                                       : "-");
    }
}

static void bad_targets(void **state)
{
    static const struct {
        const char *input, *why;
    } rows[] = {
        { "", "no characters" },
        { "   ", "no characters" },
        { "https://", "no characters" },
        { ":25", "no characters" },
        { "user@", "no characters" },
        { "a b", "a blank inside" },
        { "mail.example.com imap", "a blank inside" },
        { "*.example.com", "a wildcard" },
        { "..example.com", "empty label" },
        { "mail..example.com", "empty label" },
        { "mail.example.com:0", "\"0\" is no port" },
        { "mail.example.com:65536", "\"65536\" is no port" },
        { "mail.example.com:99999999999999999999", "no port" },
        { "mail.example.com:+25", "no port" },
        { "mail.example.com:-1", "no port" },
        { "mail.example.com:25x", "no port" },
        { "mail.example.com:imaps", "\"imaps\" is no port" },
        { "foo://mail.example.com", "\"foo\" is no service" },
        { "ftp://mail.example.com", "\"ftp\" is no service" },
        { "[::1", "\"[\"" },
        { "[::1]x", "\"[\"" },
        { "1.2.3", "number" },
        { "mail\x1b[31m.example.com", "control" },
        { "\xff.example.com", "UTF-8" },
    };

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct target t = { .port = 7 };
        struct err err = { .kind = ERR_NONE };
        if (target_parse(arena, rows[i].input, &t, &err))
            fail_msg("%s: was taken for %s", rows[i].input, t.host);
        if (err.kind != ERR_USAGE || !strstr(err.text, rows[i].why) ||
            strncmp(err.text, "looking at \"", 12) != 0 || t.port != 7)
            fail_msg("%s: expected \"%s\", was \"%s\"", rows[i].input,
                     rows[i].why, err.text);
    }
}

static void a_name_of_300_characters(void **state)
{
    char name[301];
    struct target t;
    struct err err;

    (void)state;
    memset(name, 'a', 300);
    name[300] = '\0';
    assert_false(target_parse(arena, name, &t, &err));
    assert_non_null(strstr(err.text, "300 characters, and 253 are the most"));
}

static void a_password_is_masked(void **state)
{
    static const char *const inputs[] = {
        "imaps://user:secret@mail.example.com:993/x",
        "user:secret@mail.example.com",
        "imaps://user:se@cret@mail.example.com:0",
        "foo://user:secret@mail.example.com",
    };

    (void)state;
    for (size_t i = 0; i < sizeof inputs / sizeof *inputs; i++) {
        struct target t;
        struct err err;
        const char *shown = err.text;
        if (target_parse(arena, inputs[i], &t, &err))
            shown = t.input;
        if (strstr(shown, "cret"))
            fail_msg("%s: shown as %s", inputs[i], shown);
    }
}

static void reference(void **state)
{
    struct target t = { .host = "mail.example.com" };

    (void)state;
    assert_string_equal(target_reference(&t), "mail.example.com");
    t.name = "smtp.example.com";
    assert_string_equal(target_reference(&t), "smtp.example.com");
}

/* RFC 8314 7.3; every partner's partner is the service itself. */
static void service_table(void **state)
{
    (void)state;
    for (const struct service *s = services; s->name; s++) {
        assert_ptr_equal(service_find(s->name), s);
        assert_ptr_equal(service_at(s->port), s);
        const struct service *partner = service_find(s->partner);
        assert_int_equal(partner != NULL, s->partner != NULL);
        if (!partner)
            continue;
        assert_string_equal(partner->partner, s->name);
        assert_string_equal(partner->family, s->family);
        assert_int_not_equal(partner->security, s->security);
    }
    assert_null(service_find("smtps"));
    assert_null(service_find(NULL));
    assert_null(service_at(23));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(good_targets, set_up, tear_down),
        cmocka_unit_test_setup_teardown(bad_targets, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_name_of_300_characters, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(a_password_is_masked, set_up,
                                        tear_down),
        cmocka_unit_test(reference),
        cmocka_unit_test(service_table),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
