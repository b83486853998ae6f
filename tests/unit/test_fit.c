/* Why names are or are not covered; the verdict itself is test_fit_agrees. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "model/fit.h"

static const struct row {
    const char *name;
    const char *dns[4]; /* NULL ends */
    const char *ips[2];
    const char *cn;
    enum fit_kind kind;
    const char *pattern;
} rows[] = {
    { "mail.example.com",
      { "mail.example.com" },
      { NULL },
      NULL,
      FIT_COVERED,
      "mail.example.com" },
    { "mail.example.com",
      { "x.example.com", "*.Example.COM" },
      { NULL },
      NULL,
      FIT_COVERED,
      "*.Example.COM" },
    { "192.0.2.1", { NULL }, { "192.0.2.1" }, NULL, FIT_COVERED, "192.0.2.1" },
    { "192.0.2.1",
      { "a.example", "192.0.2.1" },
      { NULL },
      "192.0.2.1",
      FIT_IP_AS_DNSNAME,
      "192.0.2.1" },
    { "192.0.2.1",
      { "a.example" },
      { "192.0.2.2" },
      NULL,
      FIT_IP_REFERENCE,
      "a.example" },
    { "192.0.2.1", { "*.2.1" }, { NULL }, NULL, FIT_IP_REFERENCE, "*.2.1" },
    { "192.0.2.1", { NULL }, { NULL }, "192.0.2.1", FIT_CN_ONLY, "192.0.2.1" },
    { "192.0.2.1",
      { NULL },
      { NULL },
      "a.example",
      FIT_IP_REFERENCE,
      "a.example" },
    { "mail.example.com",
      { NULL },
      { NULL },
      "mail.example.com",
      FIT_CN_ONLY,
      "mail.example.com" },
    { "mail.example.com",
      { NULL },
      { NULL },
      "*.example.com",
      FIT_CN_ONLY,
      "*.example.com" },
    { "mail.example.com",
      { NULL },
      { "192.0.2.1" },
      "mail.example.com",
      FIT_CN_MATCHES,
      "mail.example.com" },
    { "mail.example.com",
      { "x.example.com" },
      { NULL },
      "Mail.example.com",
      FIT_CN_MATCHES,
      "Mail.example.com" },
    { "mail.example.com",
      { "x.example.com", "m*.example.com" },
      { NULL },
      NULL,
      FIT_PARTIAL_WILDCARD,
      "m*.example.com" },
    { "mail.example.com",
      { "mail.*.com" },
      { NULL },
      NULL,
      FIT_PARTIAL_WILDCARD,
      "mail.*.com" },
    { "mail.example.com",
      { "x*.example.com" },
      { NULL },
      NULL,
      FIT_SIBLING,
      "x*.example.com" },
    { "example.com",
      { "www.example.com", "*.example.com" },
      { NULL },
      NULL,
      FIT_APEX,
      "*.example.com" },
    { "a.b.example.com",
      { "x.example.com", "*.example.com" },
      { NULL },
      NULL,
      FIT_DEPTH,
      "*.example.com" },
    { "a.b.co.uk", { "*.co.uk" }, { NULL }, NULL, FIT_FOREIGN, "*.co.uk" },
    { "mail.example.com",
      { "example.net", "IMAP.Example.COM" },
      { NULL },
      NULL,
      FIT_SIBLING,
      "IMAP.Example.COM" },
    { "_x.example.com",
      { "*.example.com" },
      { NULL },
      NULL,
      FIT_SIBLING,
      "*.example.com" },
    { "mail.example.com",
      { "gator1.example.net" },
      { NULL },
      "x",
      FIT_FOREIGN,
      "gator1.example.net" },
    { "mail.example.com",
      { "aexample.com" },
      { NULL },
      NULL,
      FIT_FOREIGN,
      "aexample.com" },
    { "mail.example.com",
      { NULL },
      { "192.0.2.1" },
      NULL,
      FIT_FOREIGN,
      "192.0.2.1" },
    { "mail.example.com",
      { NULL },
      { NULL },
      "www.example.com",
      FIT_SIBLING,
      "www.example.com" },
    { "mail.example.com", { NULL }, { NULL }, NULL, FIT_NO_NAMES, NULL },
    { "192.0.2.1", { NULL }, { NULL }, NULL, FIT_NO_NAMES, NULL },
    { "mail",
      { "", ".", "*", "*." },
      { NULL },
      NULL,
      FIT_PARTIAL_WILDCARD,
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
        struct fit fit = fit_cert(&c, row->name);
        bool same = fit.pattern && row->pattern
                        ? strcmp(fit.pattern, row->pattern) == 0
                        : fit.pattern == row->pattern;
        if (fit.kind != row->kind || !same)
            fail_msg("row %zu, %s: expected %s %s, was %s", i, row->name,
                     fit_word(row->kind), row->pattern ? row->pattern : "-",
                     fit_sentence(a, row->name, fit));
    }
    arena_free(a);
}

static void bare_patterns(void **state)
{
    static const char *const list[] = { "192.0.2.1", "*.example.com" };

    (void)state;
    assert_int_equal(fit_patterns(list, 2, "192.0.2.1").kind, FIT_COVERED);
    assert_int_equal(fit_patterns(list, 2, "192.0.2.2").kind, FIT_IP_REFERENCE);
    assert_int_equal(fit_patterns(list, 2, "mail.example.com").kind,
                     FIT_COVERED);
    assert_int_equal(fit_patterns(list, 2, "a.b.example.com").kind, FIT_DEPTH);
    assert_int_equal(fit_patterns(list, 0, "example.com").kind, FIT_NO_NAMES);
}

static void sentences(void **state)
{
    struct arena *a = arena_new();
    struct fit depth = { FIT_DEPTH, "*.example.com" };

    (void)state;
    assert_string_equal(fit_sentence(a, "a.b.example.com", depth),
                        "*.example.com covers one label, and a.b.example.com "
                        "has more in its place");
    for (int kind = 0; kind < FIT_KIND_COUNT; kind++) {
        struct fit fit = { (enum fit_kind)kind, NULL };
        const char *text = fit_sentence(a, "mail.example.com", fit);
        assert_true(strlen(text) > 20);
        assert_int_not_equal(text[strlen(text) - 1], '.');
        assert_non_null(fit_word(fit.kind));
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
    assert_int_equal(fit_patterns(&pattern, 1, name).kind, FIT_SIBLING);
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
