/* Why names are or are not covered; the verdict itself is test_fit_agrees. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "facts/hostname_match.h"

static const struct row {
    const char *name;
    const char *dns[4]; /* NULL ends */
    const char *ips[2];
    const char *cn;
    enum hostname_match_kind kind;
    const char *pattern;
} rows[] = {
    { "mail.example.com",
      { "mail.example.com" },
      { NULL },
      NULL,
      MATCH_COVERED,
      "mail.example.com" },
    { "mail.example.com",
      { "x.example.com", "*.Example.COM" },
      { NULL },
      NULL,
      MATCH_COVERED,
      "*.Example.COM" },
    { "192.0.2.1",
      { NULL },
      { "192.0.2.1" },
      NULL,
      MATCH_COVERED,
      "192.0.2.1" },
    { "192.0.2.1",
      { "a.example", "192.0.2.1" },
      { NULL },
      "192.0.2.1",
      MATCH_IP_AS_DNSNAME,
      "192.0.2.1" },
    { "192.0.2.1",
      { "a.example" },
      { "192.0.2.2" },
      NULL,
      MATCH_IP_REFERENCE,
      "a.example" },
    { "192.0.2.1", { "*.2.1" }, { NULL }, NULL, MATCH_IP_REFERENCE, "*.2.1" },
    { "192.0.2.1",
      { NULL },
      { NULL },
      "192.0.2.1",
      MATCH_CN_ONLY,
      "192.0.2.1" },
    { "192.0.2.1",
      { NULL },
      { NULL },
      "a.example",
      MATCH_IP_REFERENCE,
      "a.example" },
    { "mail.example.com",
      { NULL },
      { NULL },
      "mail.example.com",
      MATCH_CN_ONLY,
      "mail.example.com" },
    { "mail.example.com",
      { NULL },
      { NULL },
      "*.example.com",
      MATCH_CN_ONLY,
      "*.example.com" },
    { "mail.example.com",
      { NULL },
      { "192.0.2.1" },
      "mail.example.com",
      MATCH_CN_MATCHES,
      "mail.example.com" },
    { "mail.example.com",
      { "x.example.com" },
      { NULL },
      "Mail.example.com",
      MATCH_CN_MATCHES,
      "Mail.example.com" },
    { "mail.example.com",
      { "x.example.com", "m*.example.com" },
      { NULL },
      NULL,
      MATCH_PARTIAL_WILDCARD,
      "m*.example.com" },
    { "mail.example.com",
      { "mail.*.com" },
      { NULL },
      NULL,
      MATCH_PARTIAL_WILDCARD,
      "mail.*.com" },
    { "mail.example.com",
      { "x*.example.com" },
      { NULL },
      NULL,
      MATCH_SIBLING,
      "x*.example.com" },
    { "example.com",
      { "www.example.com", "*.example.com" },
      { NULL },
      NULL,
      MATCH_APEX,
      "*.example.com" },
    { "a.b.example.com",
      { "x.example.com", "*.example.com" },
      { NULL },
      NULL,
      MATCH_DEPTH,
      "*.example.com" },
    { "a.b.co.uk", { "*.co.uk" }, { NULL }, NULL, MATCH_FOREIGN, "*.co.uk" },
    { "mail.example.com",
      { "example.net", "IMAP.Example.COM" },
      { NULL },
      NULL,
      MATCH_SIBLING,
      "IMAP.Example.COM" },
    { "_x.example.com",
      { "*.example.com" },
      { NULL },
      NULL,
      MATCH_SIBLING,
      "*.example.com" },
    { "mail.example.com",
      { "gator1.example.net" },
      { NULL },
      "x",
      MATCH_FOREIGN,
      "gator1.example.net" },
    { "mail.example.com",
      { "aexample.com" },
      { NULL },
      NULL,
      MATCH_FOREIGN,
      "aexample.com" },
    { "mail.example.com",
      { NULL },
      { "192.0.2.1" },
      NULL,
      MATCH_FOREIGN,
      "192.0.2.1" },
    { "mail.example.com",
      { NULL },
      { NULL },
      "www.example.com",
      MATCH_SIBLING,
      "www.example.com" },
    { "mail.example.com", { NULL }, { NULL }, NULL, MATCH_NO_NAMES, NULL },
    { "192.0.2.1", { NULL }, { NULL }, NULL, MATCH_NO_NAMES, NULL },
    { "mail",
      { "", ".", "*", "*." },
      { NULL },
      NULL,
      MATCH_PARTIAL_WILDCARD,
      "*" },
};

static size_t count(const char *const *list, size_t most)
{
    size_t n = 0;

    while (n < most && list[n])
        n++;
    return n;
}

static void kinds(void **state)
{
    struct arena *a = arena_new();

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        const struct row *row = &rows[i];
        const char *dns[4], *ips[2];
        memcpy(dns, row->dns, sizeof dns);
        memcpy(ips, row->ips, sizeof ips);
        struct cert c = {
            .dns_names = { dns, count(dns, 4) },
            .ip_names = { ips, count(ips, 2) },
            .subject_cn = row->cn,
        };
        struct hostname_match hostname_match =
            hostname_match_cert(&c, row->name);
        bool same = hostname_match.pattern && row->pattern
                        ? strcmp(hostname_match.pattern, row->pattern) == 0
                        : hostname_match.pattern == row->pattern;
        if (hostname_match.kind != row->kind || !same)
            fail_msg("row %zu, %s: expected %s %s, was %s", i, row->name,
                     hostname_match_word(row->kind),
                     row->pattern ? row->pattern : "-",
                     hostname_match_sentence(a, row->name, hostname_match));
    }
    arena_free(a);
}

static void bare_patterns(void **state)
{
    static const char *const list[] = { "192.0.2.1", "*.example.com" };

    (void)state;
    assert_int_equal(hostname_match_patterns(list, 2, "192.0.2.1").kind,
                     MATCH_COVERED);
    assert_int_equal(hostname_match_patterns(list, 2, "192.0.2.2").kind,
                     MATCH_IP_REFERENCE);
    assert_int_equal(hostname_match_patterns(list, 2, "mail.example.com").kind,
                     MATCH_COVERED);
    assert_int_equal(hostname_match_patterns(list, 2, "a.b.example.com").kind,
                     MATCH_DEPTH);
    assert_int_equal(hostname_match_patterns(list, 0, "example.com").kind,
                     MATCH_NO_NAMES);
}

static void sentences(void **state)
{
    struct arena *a = arena_new();
    struct hostname_match depth = { MATCH_DEPTH, "*.example.com" };

    (void)state;
    assert_string_equal(hostname_match_sentence(a, "a.b.example.com", depth),
                        "*.example.com covers one label, and a.b.example.com "
                        "has more in its place");
    for (int kind = 0; kind < MATCH_KIND_COUNT; kind++) {
        struct hostname_match hostname_match = { (enum hostname_match_kind)kind,
                                                 NULL };
        const char *text =
            hostname_match_sentence(a, "mail.example.com", hostname_match);
        assert_true(strlen(text) > 20);
        assert_int_not_equal(text[strlen(text) - 1], '.');
        assert_non_null(hostname_match_word(hostname_match.kind));
    }
    arena_free(a);
}

/* A hostile certificate costs no time: stars do not multiply. */
static void many_stars(void **state)
{
    const char *pattern = "*a*a*a*a*a*a*a*a*a*a*a*a*a*a*a*a*a*b.example.com";
    const char *name = "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
                       "aaaaaaaaaa.example.com";

    (void)state;
    assert_int_equal(hostname_match_patterns(&pattern, 1, name).kind,
                     MATCH_SIBLING);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(kinds),
        cmocka_unit_test(bare_patterns),
        cmocka_unit_test(sentences),
        cmocka_unit_test(many_stars),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
