/* What pasted messages mean, whatever they went through; rules/errors.json. */
#include <ctype.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "base/buf.h"
#include "messages/error_pattern_table.h"
#include "messages/error_pattern_text.h"
#include "model/name.h"

static struct arena *arena;
static const struct error_pattern_table *table;

static int set_up(void **state)
{
    struct err err = { ERR_NONE, "" };

    (void)state;
    arena = arena_new();
    if (error_pattern_table_load(arena, NULL, &table, &err))
        return 0;
    print_error("%s\n", err.text);
    return -1;
}

static int tear_down(void **state)
{
    (void)state;
    arena_free(arena);
    return 0;
}

static struct error_pattern read_text(const char *text)
{
    return error_pattern_read(arena, table, text, strlen(text));
}

static bool same(const char *a, const char *b)
{
    return a == b || (a && b && strcmp(a, b) == 0);
}

static const char *shown(const char *text)
{
    return text ? text : "(none)";
}

/* Each way a text may be changed on its way; NULL ends. */
static const char *as_it_is(const char *text)
{
    return text;
}

static const char *in_capitals(const char *text)
{
    char *copy = arena_copy(arena, text, strlen(text) + 1);

    for (char *p = copy; *p; p++)
        *p = (char)toupper((unsigned char)*p);
    return copy;
}

/* Every `from` becomes `to`. */
static const char *replaced(const char *text, const char *from, const char *to)
{
    struct buf out;

    buf_init(&out, arena, 100000);
    for (size_t n = strlen(from); *text;) {
        bool here = strncmp(text, from, n) == 0;
        buf_bytes(&out, here ? to : text, here ? strlen(to) : 1);
        text += here ? n : 1;
    }
    return out.text;
}

static const char *quoted_word_by_word(const char *text)
{
    return arena_printf(arena, "> %s", replaced(text, " ", "\r\n> > "));
}

static const char *curly(const char *text)
{
    text = replaced(text, "'", "\xe2\x80\x99");
    text = replaced(text, "`", "\xe2\x80\x98");
    text = replaced(text, "\"", "\xe2\x80\x9c");
    text = replaced(text, "-", "\xe2\x80\x91");
    return replaced(text, " ", "\xc2\xa0");
}

static const char *in_html(const char *text)
{
    text = replaced(text, "&", "&amp;");
    text = replaced(text, "<", "&lt;");
    text = replaced(text, ">", "&gt;");
    text = replaced(text, "'", "&#39;");
    text = replaced(text, "\"", "&quot;");
    return arena_printf(arena, "<p class=\"x\">%s</p><br/>",
                        replaced(text, " ", "&nbsp;<b>"));
}

static const char *escaped_twice(const char *text)
{
    return replaced(in_html(text), "&", "&amp;");
}

static const char *coloured(const char *text)
{
    return arena_printf(arena, "\x1b[1;31m%s\x1b[0m",
                        replaced(text, " ", "\x1b[0m \x1b[31m"));
}

static const char *quoted_printable(const char *text)
{
    text = replaced(text, "=", "=3D");
    text = replaced(text, "'", "=E2=80=99");
    return replaced(text, "e ", "e =\n");
}

static const char *in_json(const char *text)
{
    text = replaced(text, "\"", "\\\"");
    text = replaced(text, "'", "\\u2019");
    return arena_printf(arena, "{\"message\":\"%s\"}",
                        replaced(text, " ", "\\n"));
}

static const char *among_words(const char *text)
{
    return arena_printf(arena,
                        "Hi, since Monday I get this:\n\n%s\n\nI have version "
                        "115.3.1 and pay 9.99 a month. What now?\nAnn",
                        text);
}

static const struct {
    const char *what;
    const char *(*change)(const char *text);
} ways[] = {
    { "as it is", as_it_is },
    { "in capitals", in_capitals },
    { "quoted, a word a line", quoted_word_by_word },
    { "with curly quotes and no-break spaces", curly },
    { "in HTML", in_html },
    { "in HTML, escaped twice", escaped_twice },
    { "in colour", coloured },
    { "quoted-printable", quoted_printable },
    { "in JSON", in_json },
    { "among other words", among_words },
};

/* A row's own sample is told as what it means, whatever it went through; that
 * it means what its row says is for the lint. */
static void samples_are_recognised(void **state)
{
    (void)state;
    for (size_t i = 0; i < table->messages_len; i++) {
        const struct message *m = &table->messages[i];
        for (size_t k = 0; m->sample && k < sizeof ways / sizeof *ways; k++) {
            struct error_pattern s = read_text(ways[k].change(m->sample));
            if (!same(s.meaning, m->meaning->id) ||
                (!m->library && !same(s.client, m->client)))
                fail_msg("\"%s\" %s: taken for %s of %s", m->sample,
                         ways[k].what, shown(s.meaning), shown(s.client));
        }
    }
}

static bool is_host(const char *name)
{
    return name_read(arena, name, strlen(name)).kind != NAME_BAD;
}

/* The samples name hosts of example.org where they name the server. */
static void samples_name_their_server(void **state)
{
    (void)state;
    for (size_t i = 0; i < table->messages_len; i++) {
        const char *sample = table->messages[i].sample;
        if (!sample)
            continue;
        bool named = strstr(sample, "example.org") != NULL;
        bool numbered = !named && strstr(sample, "192.0.2.25");
        struct error_pattern s = read_text(sample);
        bool right = named ? s.place.host && strstr(s.place.host, "example.org")
                     : numbered ? same(s.place.host, "192.0.2.25")
                                : !s.place.host;
        if (!right)
            fail_msg("\"%s\": the server is \"%s\"", sample,
                     shown(s.place.host));
    }
}

/* The ids are finding ids, and every meaning is used. */
static void table_is_sound(void **state)
{
    (void)state;
    for (size_t i = 0; i < table->meanings_len; i++) {
        const struct meaning *m = table->meanings[i];
        size_t used = m == table->intercepted;
        for (size_t k = 0; k < table->messages_len; k++)
            used += table->messages[k].meaning == m;
        for (size_t k = 0; k < table->problems_len; k++)
            used += table->problems[k].meaning == m;
        if (!used || !m->findings.len)
            fail_msg("%s: used %zu times, %zu findings", m->id, used,
                     m->findings.len);
        for (size_t k = 0; k < m->findings.len; k++)
            if (!strchr(m->findings.text[k], '.'))
                fail_msg("%s: \"%s\" is no finding", m->id,
                         m->findings.text[k]);
    }
    for (size_t i = 0; i < table->strangers.len; i++)
        if (!is_host(table->strangers.text[i]))
            fail_msg("\"%s\" is no host", table->strangers.text[i]);
}

static void meanings_are_found(void **state)
{
    static const struct {
        const char *what, *text, *meaning, *host;
        uint16_t port;
    } rows[] = {
        { "nothing at all", "", NULL, NULL, 0 },
        { "thanks", "It works now, thank you!", NULL, NULL, 0 },
        { "a cooking recipe", "Take 500 g of flour, 62 g of sugar.", NULL, NULL,
          0 },
        { "an unknown message names a server",
          "Fehler beim Senden an mail.shop.example:587", NULL,
          "mail.shop.example", 587 },
        { "part of Gmail's sentence",
          "failed, the certificate doesn't match the host", "gmail-any-fault",
          NULL, 0 },
        { "Gmail's sentence with the server beside it",
          "mail.shop.example port 587\nTLS Negotiation failed, the "
          "certificate doesn't match the host., code: 0",
          "gmail-any-fault", "mail.shop.example", 587 },
        { "a port behind a blank",
          "TLS Negotiation failed\nmail.shop.example 587, user 143",
          "gmail-any-fault", "mail.shop.example", 587 },
        { "Gmail's in a bounce of Google's",
          "mx.google.com rejected it. See https://support.google.com/mail. "
          "The response from the remote server smtp.shop.example was: TLS "
          "Negotiation failed, the certificate doesn't match the host.",
          "gmail-any-fault", "smtp.shop.example", 0 },
        { "Gmail's in a Japanese bounce",
          "\xe8\xa9\xb3\xe7\xb4\xb0 \xe5\xbf\x9c\xe7\xad\x94: TLS "
          "Negotiation failed, the certificate doesn't match the host.",
          "gmail-any-fault", NULL, 0 },
        { "the first half of Outlook's",
          "The server you are connected to is using a security certificate "
          "that cannot be verified.",
          "any-fault", NULL, 0 },
        { "the second half of Outlook's",
          "The target principal name is incorrect.", "name-mismatch", NULL, 0 },
        { "self-signed in a chain is not self-signed",
          "SSL certificate problem: self signed certificate in certificate "
          "chain",
          "untrusted-root", NULL, 0 },
        { "s_client, several lines",
          "depth=0 CN = x\nverify error:num=20:unable to get local issuer "
          "certificate\ndepth=0 CN = x\nverify error:num=21:unable to verify "
          "the first certificate\n    Verify return code: 21 (unable to verify "
          "the first certificate)",
          "chain-incomplete", NULL, 0 },
        { "a code that is longer", "Verify return code: 620 (no such)", NULL,
          NULL, 0 },
        { "a code alone", "num=62", NULL, NULL, 0 },
        { "a code with its word", "verify error:num=62", "name-mismatch", NULL,
          0 },
        { "wanted and found, the other way round",
          "fetchmail: Server CommonName mismatch: a.hoster.example != "
          "pop.shop.example",
          "name-mismatch", "pop.shop.example", 0 },
        { "the port stands elsewhere",
          "dial smtp.shop.example:465: x509: certificate is valid for "
          "a.hoster.example, not smtp.shop.example",
          "name-mismatch", "smtp.shop.example", 465 },
        { "a service says the port",
          "ssl://smtp.shop.example:465 stream_socket_client(): Peer "
          "certificate CN=`a.hoster.example' did not match expected "
          "CN=`smtp.shop.example'",
          "name-mismatch", "smtp.shop.example", 465 },
        { "a name with a U-label",
          "No name matching mail.b\xc3\xbc"
          "cher.example found",
          "name-mismatch", "mail.xn--bcher-kva.example", 0 },
        { "where the proof of a name stands, the name is meant",
          "DNS problem: NXDOMAIN looking up TXT for "
          "_acme-challenge.shop.example",
          "proof-record", "shop.example", 0 },
        { "an IPv6 address",
          "x509: cannot validate certificate for 2001:db8::25 because it "
          "doesn't contain any IP SANs",
          "address-mismatch", "2001:db8::25", 0 },
        { "led astray",
          "stream_socket_enable_crypto(): Peer certificate "
          "CN=`a.hoster.example' did not match expected CN=`smtp.gmail.com'",
          "intercepted", "smtp.gmail.com", 0 },
        { "a provider's own name is not led astray",
          "Peer certificate CN=`mx.google.com' did not match expected "
          "CN=`smtp.gmail.com'",
          "name-mismatch", "smtp.gmail.com", 0 },
        { "help pages and file names are no servers",
          "Traceback: /usr/lib/python3.11/ssl.py line 1342, see "
          "https://docs.shop.example/ssl (_ssl.c:1006) wrong version number",
          "wrong-mode", NULL, 0 },
        { "classes are no servers",
          "javax.net.ssl.SSLException at com.sun.mail.util.SocketFetcher: "
          "Unsupported or unrecognized SSL message",
          "wrong-mode", NULL, 0 },
        { "people are no servers",
          "ann@shop.example wrote: TLS currently unavailable", "server-key",
          NULL, 0 },
        { "who connected is not the server",
          "connect from unknown[192.0.2.77]: SSL alert number 48",
          "client-rejects-issuer", NULL, 0 },
        { "a clear message beats a vague one",
          "SSL operation failed with code 1. certificate verify failed\n"
          "and gnutls: The certificate issuer is unknown.",
          "untrusted", NULL, 0 },
        { "Exim's log",
          "H=mx1.shop.example [192.0.2.25]:587 TLS error: certificate has "
          "expired",
          "expired", "mx1.shop.example", 587 },
        { "hard-wrapped within a word",
          "TLS Negotiation failed, the certi=\nficate doesn't match the host",
          "gmail-any-fault", NULL, 0 },
        { "broken bytes for quotes",
          "TLS Negotiation failed, the certificate doesn\x92t match the host",
          "gmail-any-fault", NULL, 0 },
        { "quotes lost",
          "TLS Negotiation failed, the certificate doesn?t match the host",
          "gmail-any-fault", NULL, 0 },
        { "wide letters",
          "\xef\xbc\xb4\xef\xbc\xac\xef\xbc\xb3 currently unavailable",
          "server-key", NULL, 0 },
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct error_pattern s = read_text(rows[i].text);
        if (same(s.meaning, rows[i].meaning) &&
            same(s.place.host, rows[i].host) && s.place.port == rows[i].port)
            continue;
        fail_msg("%s: %s at %s:%u, not %s at %s:%u", rows[i].what,
                 shown(s.meaning), shown(s.place.host), s.place.port,
                 shown(rows[i].meaning), shown(rows[i].host), rows[i].port);
    }
}

/* All that the text tells is among the candidates, the clearest first. */
static void candidates_are_joined(void **state)
{
    struct error_pattern s =
        read_text("The certificate is NOT trusted. The certificate issuer is "
                  "unknown. The name in the certificate does not match the "
                  "expected.");
    bool name = false, chain = false;

    (void)state;
    for (size_t i = 0; i < s.candidates.len; i++) {
        name |= same(s.candidates.text[i], "name.mismatch.provider");
        chain |= same(s.candidates.text[i], "chain.incomplete");
        for (size_t k = 0; k < i; k++)
            assert_string_not_equal(s.candidates.text[i], s.candidates.text[k]);
    }
    assert_string_equal(s.candidates.text[0], "name.mismatch.provider");
    assert_true(name && chain);
}

/* Gmail says the same of several faults. */
static void gmail_means_look_yourself(void **state)
{
    static const char *const wanted[] = { "name.mismatch.provider",
                                          "chain.incomplete",
                                          "trust.self_signed", "cert.expired",
                                          "tls.expected_plain_got" };
    struct error_pattern s =
        read_text("TLS Negotiation failed, the certificate "
                  "doesn't match the host., code: 0");

    (void)state;
    assert_string_equal(s.client, "Gmail");
    for (size_t i = 0; i < sizeof wanted / sizeof *wanted; i++) {
        size_t k = 0;
        while (k < s.candidates.len && !same(s.candidates.text[k], wanted[i]))
            k++;
        if (k == s.candidates.len)
            fail_msg("%s is not among the candidates", wanted[i]);
    }
}

static void broken_tables_are_refused(void **state)
{
    static const struct {
        const char *text, *why;
    } rows[] = {
        { "[]", "object" },
        { "{\"messages\":[]}", "meanings" },
        { "{\"meanings\":[],\"signs\":[\"a\"]}", "of which client" },
        { "{\"meanings\":[],\"messages\":[],\"strangers\":[],"
          "\"big_providers\":[]}",
          "intercepted" },
        { "{\"meanings\":[{\"id\":\"intercepted\",\"means\":\"a\",\"look\":"
          "\"b\",\"findings\":[]}],\"messages\":[{\"client\":\"x\","
          "\"meaning\":\"none\",\"text\":[\"t\"],\"sample\":\"t\"}],"
          "\"strangers\":[],\"big_providers\":[]}",
          "no meaning \"none\"" },
        { "{\"meanings\":[{\"id\":\"intercepted\",\"means\":\"a\",\"look\":"
          "\"b\",\"findings\":[]}],\"messages\":[{\"client\":\"x\","
          "\"meaning\":\"intercepted\",\"text\":[\"<host> t\"],"
          "\"sample\":\"t\"}],\"strangers\":[],\"big_providers\":[]}",
          "before each gap" },
        { "{\"meaning\":[]}", "unknown key" },
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct err err = { ERR_NONE, "" };
        struct error_pattern_table t = { 0 };
        bool read = error_pattern_table_read(
            arena, rows[i].text, strlen(rows[i].text), "t.json", &t, &err);
        if (read || !strstr(err.text, rows[i].why))
            fail_msg("%s: \"%s\" is not in \"%s\"", rows[i].text, rows[i].why,
                     err.text);
    }
}

static void broken_problems_are_refused(void **state)
{
    static const struct {
        const char *text, *why;
    } rows[] = {
        { "{}", "meanings" },
        { "{\"messages\":[]}", "unknown key" },
        { "{\"meanings\":[],\"problems\":[],\"challenges\":[],"
          "\"contexts\":[],\"hosts\":[]}",
          "fit everything" },
        { "{\"meanings\":[{\"id\":\"a\",\"means\":\"a\",\"look\":\"b\","
          "\"again\":\"soon\",\"findings\":[]}],\"problems\":[],"
          "\"challenges\":[],\"contexts\":[],\"hosts\":[]}",
          "\"again\"" },
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct err err = { ERR_NONE, "" };
        struct error_pattern_table t = { 0 };
        bool read = error_pattern_table_read_acme(
            arena, rows[i].text, strlen(rows[i].text), "t.json", &t, &err);
        if (read || !strstr(err.text, rows[i].why))
            fail_msg("%s: \"%s\" is not in \"%s\"", rows[i].text, rows[i].why,
                     err.text);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(samples_are_recognised),
        cmocka_unit_test(samples_name_their_server),
        cmocka_unit_test(table_is_sound),
        cmocka_unit_test(meanings_are_found),
        cmocka_unit_test(candidates_are_joined),
        cmocka_unit_test(gmail_means_look_yourself),
        cmocka_unit_test(broken_tables_are_refused),
        cmocka_unit_test(broken_problems_are_refused),
    };

    return cmocka_run_group_tests(tests, set_up, tear_down);
}
