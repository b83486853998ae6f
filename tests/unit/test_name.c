/* Host names and addresses as people type them. */
#include "fixture.h"

#include <stdio.h>
#include <string.h>

#include "model/name.h"

#define LABEL_63                                                               \
    "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
#define NAME_255 LABEL_63 "." LABEL_63 "." LABEL_63 "." LABEL_63

static void good_names(void **state)
{
    static const struct {
        const char *what, *input, *expected;
        enum name_kind kind;
        unsigned repairs;
    } rows[] = {
        { "plain", "mail.example.com", "mail.example.com", NAME_HOST, 0 },
        { "one label", "mail", "mail", NAME_HOST, 0 },
        { "capitals", "Mail.Example.COM", "mail.example.com", NAME_HOST,
          NAME_REPAIR_CASE },
        { "trailing dot", "example.com.", "example.com", NAME_HOST,
          NAME_REPAIR_DOT },
        { "blanks", " \texample.com\r\n", "example.com", NAME_HOST,
          NAME_REPAIR_BLANKS },
        { "no-break space",
          "\xc2\xa0"
          "example.com\xe2\x80\x8b",
          "example.com", NAME_HOST, NAME_REPAIR_BLANKS },
        { "underscore", "_x.a_b.example.com", "_x.a_b.example.com", NAME_HOST,
          0 },
        { "digits in front", "1.2.3.4.example", "1.2.3.4.example", NAME_HOST,
          0 },
        { "hyphens in third place", "r3---x.example", "r3---x.example",
          NAME_HOST, 0 },
        { "63 in a label", LABEL_63 ".example", LABEL_63 ".example", NAME_HOST,
          0 },
        { "U-labels",
          "b\xc3\xbc"
          "cher.example",
          "xn--bcher-kva.example", NAME_HOST, NAME_REPAIR_IDN },
        { "capital U-labels",
          "B\xc3\x9c"
          "CHER.example",
          "xn--bcher-kva.example", NAME_HOST,
          NAME_REPAIR_IDN | NAME_REPAIR_CASE },
        { "decomposed",
          "bu\xcc\x88"
          "cher.example",
          "xn--bcher-kva.example", NAME_HOST, NAME_REPAIR_IDN },
        { "sharp s stays", "fa\xc3\x9f.de", "xn--fa-hia.de", NAME_HOST,
          NAME_REPAIR_IDN },
        { "ideographic dot",
          "b\xc3\xbc"
          "cher\xe3\x80\x82"
          "example\xe3\x80\x82",
          "xn--bcher-kva.example", NAME_HOST,
          NAME_REPAIR_IDN | NAME_REPAIR_DOT },
        { "a letter that IDNA2008 forbids, as the DNS has it",
          "XN--LS8H.example", "xn--ls8h.example", NAME_HOST, NAME_REPAIR_CASE },
        { "with a selector of its look", "xn--i-n3p3154i.example",
          "xn--i-n3p3154i.example", NAME_HOST, 0 },
        { "A-labels", "XN--bcher-kva.example", "xn--bcher-kva.example",
          NAME_HOST, NAME_REPAIR_CASE },
        { "underscore and U-label",
          "_x.b\xc3\xbc"
          "cher.de",
          "_x.xn--bcher-kva.de", NAME_HOST, NAME_REPAIR_IDN },
        { "IPv4", "192.0.2.1", "192.0.2.1", NAME_IP4, 0 },
        { "IPv4 in brackets", "[192.0.2.1]", "192.0.2.1", NAME_IP4,
          NAME_REPAIR_BRACKETS },
        { "IPv6", "2001:DB8:0:0::1", "2001:db8::1", NAME_IP6, 0 },
        { "IPv6 in brackets", "[::1]", "::1", NAME_IP6, NAME_REPAIR_BRACKETS },
        { "one zero group", "2001:db8:0:1:1:1:1:1", "2001:db8:0:1:1:1:1:1",
          NAME_IP6, 0 },
        { "first of two runs", "2001:0:0:1:0:0:1:1", "2001::1:0:0:1:1",
          NAME_IP6, 0 },
        { "longer run", "2001:0:0:1:0:0:0:1", "2001:0:0:1::1", NAME_IP6, 0 },
        { "run at the end", "2001:db8::0", "2001:db8::", NAME_IP6, 0 },
        { "all zero", "0:0:0:0:0:0:0:0", "::", NAME_IP6, 0 },
        { "mapped", "::FFFF:c000:0201", "::ffff:192.0.2.1", NAME_IP6, 0 },
        { "compatible", "::192.0.2.1", "::c000:201", NAME_IP6, 0 },
    };

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct name_read r =
            name_read(arena, rows[i].input, strlen(rows[i].input));
        if (r.kind != rows[i].kind || !same(r.text, rows[i].expected) ||
            r.repairs != rows[i].repairs)
            fail_msg("%s: expected %s kind %d repairs %u, was %s %d %u (%s)",
                     rows[i].what, rows[i].expected, rows[i].kind,
                     rows[i].repairs, r.text ? r.text : "-", r.kind, r.repairs,
                     r.why ? r.why : "-");
    }
}

static void bad_names(void **state)
{
    static const struct {
        const char *input;
        size_t len;      /* 0: strlen() */
        const char *why; /* a part of it */
    } rows[] = {
        { "", 0, "no characters" },
        { "  ", 0, "no characters" },
        { ".", 0, "empty label" },
        { "..", 0, "empty label" },
        { ".example.com", 0, "empty label" },
        { "a..b", 0, "empty label" },
        { "example.com..", 0, "empty label" },
        { "a b", 0, "blank" },
        { "a\nb", 0, "control" },
        { "a\x7f", 0, "control" },
        { "a\x1b[31m.de", 0, "control" },
        { "good.com\0.evil.com", 18, "NUL" },
        { "\0", 1, "NUL" },
        { "*.example.com", 0, "\"*\"" },
        { "user@example.com", 0, "\"@\"" },
        { "example.com/x", 0, "\"/\"" },
        { "example.com:25", 0, "\":\"" },
        { "-a.example", 0, "hyphen" },
        { "a-.example", 0, "hyphen" },
        { LABEL_63 "a.example", 0, "63" },
        { NAME_255, 0, "253" },
        { "\xff.example", 0, "UTF-8" },
        { "\xc0\xaf.example", 0, "UTF-8" },
        { "\xed\xa0\x80.example", 0, "UTF-8" },
        { "xn--.example", 0, "" },
        { "xn--0.example", 0, "stands for nothing" },
        { "xn--99999999.example", 0, "" },
        { "xn--ls8h.a<.example", 0, "\"<\"" },
        { "xn--ls8h\xf0\x9f\x92\xa9.example", 0, "" },
        { "xn--bcher-kva\xc3\xbc.example", 0, "" },
        { "\xe2\x84\x80.example", 0, "\"/\"" },
        { "a<.b\xc3\xbc.example", 0, "\"<\"" },
        { "a\xe2\x89\xae.example", 0, "letter" },
        { "\xef\xbc\x91.\xef\xbc\x92.\xef\xbc\x93.\xef\xbc\x94", 0, "number" },
        { "1.2.3", 0, "number" },
        { "256.0.0.1", 0, "number" },
        { "010.0.0.1", 0, "number" },
        { "0x7f000001", 0, "number" },
        { "2130706433", 0, "number" },
        { "1.2.3.4.", 0, "number" },
        { "fe80::1%eth0", 0, "" },
        { "[::1", 0, "" },
        { "[]", 0, "" },
    };

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        size_t len = rows[i].len ? rows[i].len : strlen(rows[i].input);
        struct name_read r = name_read(arena, rows[i].input, len);
        if (r.kind != NAME_BAD || r.text || !r.why ||
            !strstr(r.why, rows[i].why))
            fail_msg("\"%s\": expected \"%s\", was %s, %s", rows[i].input,
                     rows[i].why, r.text ? r.text : "bad", r.why ? r.why : "-");
    }
}

static void lengths(void **state)
{
    char name[301];
    (void)state;

    /* 253 characters: 63 + 1 + 63 + 1 + 63 + 1 + 61 */
    snprintf(name, sizeof name, "%s", &NAME_255[2]);
    assert_int_equal(strlen(name), 253);
    assert_int_equal(name_read(arena, name, 253).kind, NAME_HOST);
    memset(name, 'a', 300);
    name[300] = '\0';
    struct name_read r = name_read(arena, name, 300);
    assert_int_equal(r.kind, NAME_BAD);
    assert_string_equal(r.why, "300 characters, and 253 are the most");
    char *huge = arena_alloc(arena, 1 << 20, 1);
    memset(huge, 'a', 1 << 20);
    assert_non_null(strstr(name_read(arena, huge, 1 << 20).why, "253"));
}

static void patterns(void **state)
{
    static const struct {
        const char *input, *expected;
    } rows[] = {
        { "*.example.com", "*.example.com" },
        { "*.Example.COM.", "*.example.com" },
        { "*.b\xc3\xbc"
          "cher.example",
          "*.xn--bcher-kva.example" },
        { "mail.example.com", "mail.example.com" },
        { "*", NULL },
        { "*.", NULL },
        { "*.*.example.com", NULL },
        { "m*.example.com", NULL },
        { "a.*.example.com", NULL },
        { "192.0.2.1", NULL },
        { "*.192.0.2.1", NULL },
        { "::1", NULL },
        { "", NULL },
        { "*.xn--ls8h.example", "*.xn--ls8h.example" },
        { "xn--0.example", NULL },
    };

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        const char *was = name_read_pattern(arena, rows[i].input);
        if (!same(was, rows[i].expected))
            fail_msg("%s: expected %s, was %s", rows[i].input,
                     rows[i].expected ? rows[i].expected : "none",
                     was ? was : "none");
    }
}

static void wildcards(void **state)
{
    static const struct {
        const char *input;
        bool is_wildcard;
        const char *base;
    } rows[] = {
        { "*.example.com", true, "example.com" },
        { "*.*.example.com", true, "*.example.com" },
        { "*.", true, "" },
        { "mail.example.com", false, "mail.example.com" },
        { "*mail.example.com", false, "*mail.example.com" },
        { "m*.example.com", false, "m*.example.com" },
        { "*", false, "*" },
        { "192.0.2.1", false, "192.0.2.1" },
        { "", false, "" },
    };

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        bool is_wildcard = name_is_wildcard(rows[i].input);
        const char *base = name_base(rows[i].input);
        if (is_wildcard != rows[i].is_wildcard || !same(base, rows[i].base))
            fail_msg("%s: expected %d and %s, was %d and %s", rows[i].input,
                     rows[i].is_wildcard, rows[i].base, is_wildcard, base);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(good_names, set_up, tear_down),
        cmocka_unit_test_setup_teardown(bad_names, set_up, tear_down),
        cmocka_unit_test_setup_teardown(lengths, set_up, tear_down),
        cmocka_unit_test_setup_teardown(patterns, set_up, tear_down),
        cmocka_unit_test(wildcards),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
