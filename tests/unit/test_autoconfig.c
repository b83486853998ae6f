#include "facts/autoconfig.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"

#define IMAP(inside)                                                           \
    "<clientConfig version=\"1.1\"><emailProvider id=\"x\"><incomingServer "   \
    "type=\"imap\">" inside "</incomingServer></emailProvider></clientConfig>"
#define PLACE                                                                  \
    "<hostname>mail.example.com</hostname><port>993</port>"                    \
    "<socketType>SSL</socketType>"

/* "imap mail.example.com 993 2; ..." or the state. */
static const char *sum_up(struct arena *a, const struct autoconfig *c)
{
    struct buf out;

    if (c->state != AUTOCONFIG_READ)
        return c->state == AUTOCONFIG_NONE ? "none" : "broken";
    buf_init(&out, a, 10000);
    for (size_t i = 0; i < c->len; i++)
        buf_printf(&out, "%s%s %s %u %d", i ? "; " : "", c->servers[i].family,
                   c->servers[i].host, (unsigned)c->servers[i].port,
                   (int)c->servers[i].socket);
    return out.text;
}

static void test_files(void **state)
{
    static const struct {
        const char *what, *text, *expected;
    } rows[] = {
        { "as it should be", IMAP(PLACE), "imap mail.example.com 993 2" },
        { "with a declaration", "<?xml version=\"1.0\"?>\n" IMAP(PLACE),
          "imap mail.example.com 993 2" },
        { "old encoding",
          "<?xml version=\"1.0\" encoding=\"windows-1252\"?>" IMAP(
              "<displayName>M\xfcller\x80</displayName>" PLACE),
          "imap mail.example.com 993 2" },
        { "Latin-1",
          "<?xml version=\"1.0\" encoding=\"iso-8859-1\"?>" IMAP(
              "<username>\xe9</username>" PLACE),
          "imap mail.example.com 993 2" },
        { "a mark before it", "\xef\xbb\xbf" IMAP(PLACE),
          "imap mail.example.com 993 2" },
        { "blanks around",
          IMAP("<hostname>\n mail.example.com </hostname>"
               "<port> 143 </port>"
               "<socketType> starttls </socketType>"),
          "imap mail.example.com 143 1" },
        { "the domain to be filled in",
          IMAP("<hostname>mail.%EMAILDOMAIN%</hostname><port>993</port>"
               "<socketType>SSL</socketType>"),
          "imap mail.example.org 993 2" },
        { "two ways, the first known counts",
          IMAP("<hostname>mail.example.com</hostname><port>143</port>"
               "<socketType>STARTTLS</socketType>"
               "<socketType>plain</socketType>"),
          "imap mail.example.com 143 1" },
        { "without encryption",
          IMAP("<hostname>mail.example.com</hostname><port>143</port>"
               "<socketType>plain</socketType>"),
          "imap mail.example.com 143 0" },
        { "a comment inside a value",
          IMAP("<hostname>mail.<!-- x -->example.com</hostname><port>993</port>"
               "<socketType>SSL</socketType>"),
          "imap mail.example.com 993 2" },
        { "a prefix",
          "<a:clientConfig xmlns:a=\"urn:x\"><a:incomingServer "
          "type=\"pop3\"><a:hostname>p.example.com</a:hostname>"
          "<a:port>995</a:port><a:socketType>SSL</a:socketType>"
          "</a:incomingServer></a:clientConfig>",
          "pop3 p.example.com 995 2" },
        { "no host, no port: the others stand",
          "<clientConfig><incomingServer type=\"ews\"><ewsURL>x</ewsURL>"
          "</incomingServer><outgoingServer type=\"smtp\"><hostname>s.example."
          "com</hostname><port>465</port><socketType>SSL</socketType>"
          "</outgoingServer></clientConfig>",
          "smtp s.example.com 465 2" },
        { "a port that is none",
          IMAP("<hostname>mail.example.com</hostname><port>99999</port>"
               "<socketType>SSL</socketType>"),
          "" },
        { "a port with more in it",
          IMAP("<hostname>mail.example.com</hostname><port>993;id</port>"
               "<socketType>SSL</socketType>"),
          "" },
        { "a host for a shell",
          IMAP("<hostname>$(id).example.com</hostname><port>993</port>"
               "<socketType>SSL</socketType>"),
          "" },
        { "a host with an underscore",
          IMAP("<hostname>a_b.example.com</hostname><port>993</port>"
               "<socketType>SSL</socketType>"),
          "imap a_b.example.com 993 2" },
        { "an address",
          IMAP("<hostname>192.0.2.7</hostname><port>993</port>"
               "<socketType>SSL</socketType>"),
          "imap 192.0.2.7 993 2" },
        { "Autodiscover",
          "<Autodiscover><Response><Account><Protocol><Type>IMAP</Type>"
          "<Server>m.example.com</Server><Port>993</Port><SSL>on</SSL>"
          "</Protocol><Protocol><Type>SMTP</Type><Server>m.example.com</Server>"
          "<Port>587</Port></Protocol><Protocol><Type>POP3</Type><Server>"
          "m.example.com</Server><Port>110</Port><SSL>off</SSL></Protocol>"
          "</Account></Response></Autodiscover>",
          "imap m.example.com 993 2; smtp m.example.com 587 1; "
          "pop3 m.example.com 110 0" },
        { "a page", "<!DOCTYPE html><html><body>hello<br></body></html>",
          "none" },
        { "a page of XHTML", "<html xmlns=\"x\"><p/></html>", "none" },
        { "a page that is not well-formed", "<html><br></html>", "none" },
        { "nothing", "", "none" },
        { "JSON", "{\"a\":1}", "none" },
        { "entities", "<!DOCTYPE clientConfig [<!ENTITY a \"b\">]>" IMAP(PLACE),
          "broken" },
        { "a file outside",
          "<!DOCTYPE clientConfig SYSTEM \"file:///etc/passwd\">" IMAP(PLACE),
          "broken" },
        { "cut off", "<clientConfig><incomingServer type=\"imap\"><hostn",
          "broken" },
        { "a bare ampersand", IMAP("<displayName>A & B</displayName>" PLACE),
          "broken" },
        { "a blank line first", "\n<?xml version=\"1.0\"?>" IMAP(PLACE),
          "broken" },
        { "an encoding that nobody knows",
          "<?xml version=\"1.0\" encoding=\"x-odd\"?>" IMAP(PLACE), "broken" },
    };

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct arena *a = arena_new();
        struct autoconfig c;
        autoconfig_read(a, rows[i].text, strlen(rows[i].text), "example.org",
                        &c);
        if (strcmp(sum_up(a, &c), rows[i].expected) != 0)
            fail_msg("%s: \"%s\", not \"%s\"", rows[i].what, sum_up(a, &c),
                     rows[i].expected);
        arena_free(a);
    }
}

static const char *many(struct arena *a, const char *open, const char *what,
                        size_t times, const char *close)
{
    struct buf out;

    buf_init(&out, a, 2 * AUTOCONFIG_MAX);
    buf_text(&out, open);
    for (size_t i = 0; i < times; i++)
        buf_text(&out, what);
    buf_text(&out, close);
    return out.text;
}

static void test_too_much(void **state)
{
    enum { DEEP = 100, SERVERS = 70, BIG = 300 };
    struct arena *a = arena_new();
    struct autoconfig c;
    const char *texts[] = {
        many(a, "<clientConfig>", "<a>", DEEP, ""),
        many(a, "<clientConfig>",
             "<incomingServer type=\"imap\">" PLACE "</incomingServer>",
             SERVERS, "</clientConfig>"),
        many(a, "<clientConfig>", many(a, "<!--", "x", 1000, "-->"), BIG,
             "</clientConfig>"),
    };

    (void)state;
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        autoconfig_read(a, texts[i], strlen(texts[i]), "example.org", &c);
        if (c.state != AUTOCONFIG_BROKEN)
            fail_msg("text %zu is read", i);
    }
    const char *long_host = many(
        a, "<clientConfig><incomingServer type=\"imap\"><hostname>", "a.", 200,
        "example.com</hostname><port>993</port><socketType>SSL"
        "</socketType></incomingServer></clientConfig>");
    autoconfig_read(a, long_host, strlen(long_host), "example.org", &c);
    assert_int_equal(c.state, AUTOCONFIG_READ);
    assert_int_equal(c.len, 0);
    arena_free(a);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_files),
        cmocka_unit_test(test_too_much),
    };

    return cmocka_run_group_tests_name("autoconfig", tests, NULL, NULL);
}
