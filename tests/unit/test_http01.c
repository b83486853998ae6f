/* RFC 8555 8.3: what port 80 says to a token that nobody has put there. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "facts/http01.h"
#include "survey_builder.h"

#define MAIL "mail.example.com"
#define HERE "192.0.2.1"
#define SIX  "2001:db8::1"
#define WELL "/.well-known/acme-challenge/x"

static const struct {
    const char *what;
    int status;
    const char *location;
    enum http01_state expected;
} rows[] = {
    { "not found", 404, NULL, HTTP01_OPEN },
    { "forbidden", 403, NULL, HTTP01_OPEN },
    { "broken inside", 500, NULL, HTTP01_OPEN },
    { "closed", 0, NULL, HTTP01_UNREACHABLE },
    { "everything is there", 200, NULL, HTTP01_CATCHALL },
    { "to https", 301, "https://" MAIL WELL, HTTP01_OPEN },
    { "in other letters", 301, "HTTPS://Mail.Example.COM" WELL, HTTP01_OPEN },
    { "with its port", 301, "https://" MAIL ":443" WELL, HTTP01_OPEN },
    { "to another path", 302, "/index.html", HTTP01_OPEN },
    { "to another host", 301, "https://www.example.net" WELL,
      HTTP01_ELSEWHERE },
    { "to the bare domain", 301, "http://example.com/", HTTP01_ELSEWHERE },
    { "to another port", 301, "http://" MAIL ":8080" WELL,
      HTTP01_BAD_REDIRECT },
    { "without the slash", 301, "https://" MAIL ".well-known/x",
      HTTP01_BAD_REDIRECT },
    { "to another scheme", 301, "ftp://" MAIL "/", HTTP01_BAD_REDIRECT },
    { "without a scheme", 301, "//www.example.net/", HTTP01_BAD_REDIRECT },
    { "to no host", 301, "https:///x", HTTP01_BAD_REDIRECT },
    { "nowhere", 301, NULL, HTTP01_BAD_REDIRECT },
};

static void answer(struct survey *s, const char *address, int status,
                   const char *location)
{
    struct fetch f = {
        .url = http01_url(s->arena, MAIL),
        .address = address,
        .attempt = { .outcome = status ? OUTCOME_OK : OUTCOME_TIMED_OUT },
        .status = status,
        .location = location,
    };
    survey_fetch_add(s, &f);
}

/* Behind a redirect to https on the same host. */
static void redirects_are_followed(void **state)
{
    static const struct {
        const char *what;
        enum outcome outcome;
        int status;
        enum http01_state expected;
    } ends[] = {
        { "nobody has looked there", OUTCOME_NOT_TRIED, 0, HTTP01_OPEN },
        { "it refuses", OUTCOME_REFUSED, 0, HTTP01_SHUT_REDIRECT },
        { "it is silent", OUTCOME_TIMED_OUT, 0, HTTP01_SHUT_REDIRECT },
        { "a certificate of its own", OUTCOME_UNTRUSTED, 0, HTTP01_OPEN },
        { "not found", OUTCOME_OK, 404, HTTP01_OPEN },
        { "everything is there", OUTCOME_OK, 200, HTTP01_CATCHALL },
        { "round and round", OUTCOME_OK, 301, HTTP01_BAD_REDIRECT },
    };

    (void)state;
    for (size_t i = 0; i < sizeof ends / sizeof *ends; i++) {
        struct arena *a = arena_new();
        struct survey *s = build_survey(a, MAIL);
        const struct fetch end = {
            .url = "https://" MAIL WELL,
            .attempt = { .outcome = ends[i].outcome },
            .status = ends[i].status,
            .location = ends[i].status == 301 ? "https://" MAIL WELL : NULL,
        };
        build_record(s, MAIL, DNS_A, HERE);
        answer(s, HERE, 301, "https://" MAIL WELL);
        survey_fetch_add(s, &end);
        struct http01_all all = http01_judge(s, a, MAIL);
        if (all.worst != ends[i].expected)
            fail_msg("%s: %d, not %d", ends[i].what, (int)all.worst,
                     (int)ends[i].expected);
        arena_free(a);
    }
}

static void answers_are_judged(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct arena *a = arena_new();
        struct survey *s = build_survey(a, MAIL);
        build_record(s, MAIL, DNS_A, HERE);
        answer(s, HERE, rows[i].status, rows[i].location);
        struct http01_all got = http01_judge(s, a, MAIL);
        if (got.worst != rows[i].expected)
            fail_msg("%s: state %d, not %d", rows[i].what, (int)got.worst,
                     (int)rows[i].expected);
        arena_free(a);
    }
}

/* Something of ours is there: that has to come back. */
static void ours_is_known(void **state)
{
    static const struct {
        const char *what;
        int status;
        const char *body;
        enum http01_state expected;
    } ours[] = {
        { "it comes back", 200, "secret", HTTP01_OPEN },
        { "another page", 200, "hello", HTTP01_CATCHALL },
        { "more than that", 200, "secretsecret", HTTP01_CATCHALL },
        { "not found", 404, "", HTTP01_ELSEWHERE },
        { "closed", 0, "", HTTP01_UNREACHABLE },
    };

    (void)state;
    for (size_t i = 0; i < sizeof ours / sizeof *ours; i++) {
        struct arena *a = arena_new();
        struct survey *s = build_survey(a, MAIL);
        build_record(s, MAIL, DNS_A, HERE);
        answer(s, HERE, ours[i].status, NULL);
        s->ordered.shown = "secret";
        s->fetches[0].body = (const uint8_t *)ours[i].body;
        s->fetches[0].body_len = strlen(ours[i].body);
        struct http01_all got = http01_judge(s, a, MAIL);
        if (got.worst != ours[i].expected)
            fail_msg("%s: state %d, not %d", ours[i].what, (int)got.worst,
                     (int)ours[i].expected);
        arena_free(a);
    }
}

static void every_address_counts(void **state)
{
    struct arena *a = arena_new();
    struct survey *s = build_survey(a, MAIL);
    (void)state;
    build_record(s, MAIL, DNS_A, HERE);
    build_record(s, MAIL, DNS_AAAA, SIX);
    assert_int_equal(http01_judge(s, a, MAIL).worst, HTTP01_UNKNOWN);
    answer(s, HERE, 404, NULL);
    assert_false(http01_judge(s, a, MAIL).only_ip6);
    answer(s, SIX, 0, NULL);
    struct http01_all got = http01_judge(s, a, MAIL);
    assert_int_equal(got.worst, HTTP01_UNREACHABLE);
    assert_string_equal(got.address, SIX);
    assert_int_equal(got.unlike.len, 1);
    assert_true(got.only_ip6);
    arena_free(a);
}

/* A saved survey has to be found again by the same question. */
static void the_token_is_the_hosts_own(void **state)
{
    struct arena *a = arena_new();
    (void)state;
    assert_string_equal(http01_url(a, MAIL), http01_url(a, MAIL));
    assert_string_not_equal(http01_url(a, MAIL),
                            http01_url(a, "a.example.com"));
    assert_non_null(strstr(http01_url(a, MAIL),
                           "http://" MAIL "/.well-known/acme-challenge/"));
    arena_free(a);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(answers_are_judged),
        cmocka_unit_test(redirects_are_followed),
        cmocka_unit_test(ours_is_known),
        cmocka_unit_test(every_address_counts),
        cmocka_unit_test(the_token_is_the_hosts_own),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
