/* RFC 8659 and 8657, judged on answers written down here. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "facts/caa.h"

struct row {
    const char *what;
    const char *zone; /* owner of the set; all other owners have none */
    const char *records[4];
    const char *name, *method, *account;
    enum caa_ruling expected;
};

static const struct row rows[] = {
    { "no record at all",
      "",
      { NULL },
      "mail.example.com",
      NULL,
      NULL,
      CAA_ALLOWED },
    { "named",
      "example.com",
      { "0 issue \"letsencrypt.org\"" },
      "mail.example.com",
      NULL,
      NULL,
      CAA_ALLOWED },
    { "another one named",
      "example.com",
      { "0 issue \"pki.example.net\"" },
      "mail.example.com",
      NULL,
      NULL,
      CAA_FORBIDDEN },
    { "nobody",
      "example.com",
      { "0 issue \";\"" },
      "mail.example.com",
      NULL,
      NULL,
      CAA_FORBIDDEN },
    { "one of two",
      "example.com",
      { "0 issue \"pki.example.net\"", "0 issue \"letsencrypt.org\"" },
      "example.com",
      NULL,
      NULL,
      CAA_ALLOWED },
    { "upper case",
      "example.com",
      { "0 ISSUE \"LetsEncrypt.org\"" },
      "example.com",
      NULL,
      NULL,
      CAA_ALLOWED },
    { "iodef alone restricts nothing",
      "example.com",
      { "0 iodef \"mailto:a@example.com\"" },
      "example.com",
      NULL,
      NULL,
      CAA_ALLOWED },
    { "unknown critical tag",
      "example.com",
      { "128 tbs \"x\"", "0 issue \"letsencrypt.org\"" },
      "example.com",
      NULL,
      NULL,
      CAA_CRITICAL },
    { "critical written as 1",
      "example.com",
      { "1 tbs \"x\"", "0 issue \"letsencrypt.org\"" },
      "example.com",
      NULL,
      NULL,
      CAA_CRITICAL },
    { "a known tag may be critical",
      "example.com",
      { "128 issue \"letsencrypt.org\"" },
      "example.com",
      NULL,
      NULL,
      CAA_ALLOWED },
    { "unknown tag, not critical",
      "example.com",
      { "0 tbs \"x\"", "0 issue \"letsencrypt.org\"" },
      "example.com",
      NULL,
      NULL,
      CAA_ALLOWED },
    { "issue counts for wildcards",
      "example.com",
      { "0 issue \"letsencrypt.org\"" },
      "*.example.com",
      NULL,
      NULL,
      CAA_ALLOWED },
    { "issuewild replaces issue",
      "example.com",
      { "0 issue \"letsencrypt.org\"", "0 issuewild \";\"" },
      "*.example.com",
      NULL,
      NULL,
      CAA_FORBIDDEN },
    { "issuewild is not for hosts",
      "example.com",
      { "0 issuewild \"letsencrypt.org\"" },
      "mail.example.com",
      NULL,
      NULL,
      CAA_ALLOWED },
    { "issuewild alone, wildcard",
      "example.com",
      { "0 issuewild \"pki.example.net\"" },
      "*.example.com",
      NULL,
      NULL,
      CAA_FORBIDDEN },
    { "method fits",
      "example.com",
      { "0 issue \"letsencrypt.org; validationmethods=dns-01,http-01\"" },
      "mail.example.com",
      "http-01",
      NULL,
      CAA_ALLOWED },
    { "method does not fit",
      "example.com",
      { "0 issue \"letsencrypt.org;validationmethods=dns-01\"" },
      "mail.example.com",
      "http-01",
      NULL,
      CAA_BY_PARAMS },
    { "another record lets it pass",
      "example.com",
      { "0 issue \"letsencrypt.org;validationmethods=dns-01\"",
        "0 issue \"letsencrypt.org\"" },
      "mail.example.com",
      "http-01",
      NULL,
      CAA_ALLOWED },
    { "account fits",
      "example.com",
      { "0 issue \"letsencrypt.org; accounturi=https://ca.example/a/1\"" },
      "mail.example.com",
      NULL,
      "https://ca.example/a/1",
      CAA_ALLOWED },
    { "account of somebody else",
      "example.com",
      { "0 issue \"letsencrypt.org; accounturi=https://ca.example/a/1\"" },
      "mail.example.com",
      NULL,
      NULL,
      CAA_BY_PARAMS },
    { "top level domain",
      "com",
      { "0 issue \"pki.example.net\"" },
      "mail.example.com",
      NULL,
      NULL,
      CAA_FORBIDDEN },
};

static struct survey *survey_of(struct arena *a, const struct row *row)
{
    struct target target = { .kind = TARGET_HOST, .host = "mail.example.com" };
    struct survey *s = survey_new(a, &target, 0);
    struct text_list owners = caa_owners(a, row->name);

    for (size_t i = 0; i < owners.len; i++) {
        struct dns_record *records = arena_alloc(a, 4, sizeof *records);
        struct dns_answer answer = { .name = owners.text[i],
                                     .type = DNS_CAA,
                                     .outcome = DNS_NODATA,
                                     .records = records };
        bool here = strcmp(owners.text[i], row->zone) == 0;
        for (size_t r = 0; here && r < 4 && row->records[r]; r++) {
            records[answer.len++].text = row->records[r];
            answer.outcome = DNS_ANSWERED;
        }
        survey_answer_add(s, &answer);
    }
    return s;
}

static void test_rows(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct arena *a = arena_new();
        struct caa_question q = { rows[i].name, "letsencrypt.org",
                                  rows[i].method, rows[i].account };
        struct caa_answer got = caa_judge(survey_of(a, &rows[i]), a, &q);
        if (got.ruling != rows[i].expected)
            fail_msg("%s: ruling %d, expected %d", rows[i].what,
                     (int)got.ruling, (int)rows[i].expected);
        arena_free(a);
    }
}

/* An authority that cannot ask must refuse, even when a parent would allow. */
static void test_failed_lookup_stops_the_climb(void **state)
{
    struct arena *a = arena_new();
    struct row row = { .name = "example.com",
                       .zone = "example.com",
                       .records = { "0 issue \"letsencrypt.org\"" } };
    struct survey *s = survey_of(a, &row);
    struct dns_answer broken = { .name = "mail.example.com",
                                 .type = DNS_CAA,
                                 .outcome = DNS_SERVFAIL };
    struct caa_question q = { "mail.example.com", "letsencrypt.org", NULL,
                              NULL };

    (void)state;
    assert_int_equal(caa_judge(s, a, &q).ruling, CAA_UNKNOWN);
    survey_answer_add(s, &broken);
    assert_int_equal(caa_judge(s, a, &q).ruling, CAA_FAILED);
    arena_free(a);
}

/* What a zone says is shown to people: with the escapes undone it could move
 * their cursor. */
static void test_authorities_are_printable(void **state)
{
    struct arena *a = arena_new();
    struct row row = { .name = "example.com",
                       .zone = "example.com",
                       .records = { "0 issue \"ca\\027[31m.example\"" } };
    struct caa_question q = { "example.com", "letsencrypt.org", NULL, NULL };
    struct caa_answer got = caa_judge(survey_of(a, &row), a, &q);

    (void)state;
    assert_int_equal(got.authorities.len, 1);
    assert_string_equal(got.authorities.text[0], "ca?[31m.example");
    arena_free(a);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_rows),
        cmocka_unit_test(test_authorities_are_printable),
        cmocka_unit_test(test_failed_lookup_stops_the_climb),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
