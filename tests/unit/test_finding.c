#include "model/finding.h"
#include "model/probe_request.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "sample.h"

static const struct finding_def defs[] = {
    { "a.a", "A", "a.", "RFC 1" },
    { "b.b", "B", "b.", "RFC 2" },
    { "c.c", "C", "c.", "RFC 3" },
};

static void test_findings(void **state)
{
    static const enum severity severities[] = { SEV_INFO, SEV_ERROR,
                                                SEV_WARNING, SEV_ERROR };
    static const char order[] = "badc";
    struct arena *a = arena_new();
    struct findings all = { .arena = a };

    (void)state;
    assert_int_equal(findings_worst(&all), SEV_COUNT);
    for (size_t i = 0; i < 4; i++)
        finding_add(&all, &defs[i % 3], severities[i], "%c", order[i]);
    assert_int_equal(findings_worst(&all), SEV_ERROR);
    findings_sort(&all);
    static const char *const wanted[] = { "a", "c", "d", "b" };
    for (size_t i = 0; i < 4; i++)
        assert_string_equal(all.items[i].detail, wanted[i]);
    assert_string_equal(finding_find(&all, "c.c")->detail, "d");
    assert_null(finding_find(&all, "x.x"));
    arena_free(a);
}

static void test_params(void **state)
{
    static const char *const names[] = { "one", "two" };
    struct arena *a = arena_new();
    struct findings all = { .arena = a };
    struct finding *f = finding_add(&all, &defs[0], SEV_INFO, "100%%");

    (void)state;
    for (size_t i = 0; i < 100; i++)
        finding_cell(&all, f, i);
    finding_text(&all, f, "name", "x");
    finding_text(&all, f, "left_out", NULL);
    finding_number(&all, f, "port", 25);
    finding_list(&all, f, "names", names, 2);
    assert_int_equal(f->cells_len, 100);
    assert_int_equal(f->cells[99], 99);
    assert_string_equal(f->detail, "100%");
    assert_string_equal(json_find_text(f->params, "name"), "x");
    assert_null(json_find(f->params, "left_out"));
    assert_true(json_has_text(json_find(f->params, "names"), "two"));
    arena_free(a);
}

static void test_wishes(void **state)
{
    struct arena *a = arena_new();
    struct survey *s = sample_survey(a);
    struct probe_requests w = { .arena = a };

    (void)state;
    probe_request_endpoint(&w, s, "mail.example.com", 587); /* seen */
    probe_request_endpoint(&w, s, "mx.example.com", 587);
    probe_request_endpoint(&w, s, "mx.example.com", 587); /* wished */
    probe_request_endpoint(&w, s, "mx.example.com",
                           1); /* nobody knows what is there */
    assert_int_equal(w.scans_len, 1);
    assert_string_equal(w.scans[0].service, "submission");
    probe_request_question(&w, s, "mail.example.com", DNS_A); /* asked */
    probe_request_question(&w, s, "mail.example.com", DNS_AAAA);
    probe_request_question(&w, s, "mail.example.com", DNS_AAAA);
    assert_int_equal(w.questions_len, 1);
    survey_fetch_add(s, &(struct fetch){ .url = "http://a/", .address = "x" });
    probe_request_fetch(&w, s, "http://a/", NULL,
                        IP_PUBLIC); /* had from somewhere */
    probe_request_fetch(&w, s, "http://a/", "x",
                        IP_PUBLIC); /* had from there */
    probe_request_fetch(&w, s, "http://a/", "y", IP_PUBLIC);
    probe_request_fetch(&w, s, "http://a/", "y", IP_PUBLIC);
    assert_int_equal(w.fetches_len, 1);
    arena_free(a);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_findings),
        cmocka_unit_test(test_params),
        cmocka_unit_test(test_wishes),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
