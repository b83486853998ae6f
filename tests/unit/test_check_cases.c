#include "check/check.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <string.h>

#include "check_cases.h"

static const struct check_case *const tables[] = {
    cases_name, cases_trust, cases_port,    cases_host,
    cases_dns,  cases_gates, cases_ordered, cases_domain
};
enum { TABLES = sizeof tables / sizeof *tables };

static struct findings judged(const struct survey *s)
{
    struct findings found = { .arena = s->arena };

    check_all(s, &found);
    return found;
}

static const char *list_of(const struct findings *found)
{
    const char *text = "";

    for (size_t i = 0; i < found->len; i++)
        text = arena_printf(
            found->arena, "%s %s:%s", text, found->items[i].def->id,
            table_text(severity_words, (int)found->items[i].severity));
    return text;
}

static void evaluation_showing(const struct check_case *c, struct arena *a)
{
    struct findings found = judged(c->shows(a));
    const struct finding *f = finding_find(&found, c->finding);

    if (!f)
        fail_msg("%s, %s: not found, but:%s", c->finding, c->what,
                 list_of(&found));
    if (f->severity != c->severity)
        fail_msg("%s, %s: expected %s, got %s", c->finding, c->what,
                 table_text(severity_words, (int)c->severity),
                 table_text(severity_words, (int)f->severity));
}

static void evaluation_innocent(const struct check_case *c, struct arena *a)
{
    struct findings found = judged(c->innocent(a));
    const struct finding *f = finding_find(&found, c->finding);
    enum severity worst = findings_worst(&found);
    bool quiet = worst == SEV_COUNT || worst == SEV_INFO;

    if (f && f->severity >= c->severity)
        fail_msg("%s, %s: its twin has it too: %s", c->finding, c->what,
                 f->detail);
    if (!quiet && !c->twin_may)
        fail_msg("%s, %s: its twin is not innocent:%s", c->finding, c->what,
                 list_of(&found));
}

static void each_finding_shows_and_its_twin_does_not(void **state)
{
    (void)state;
    for (size_t t = 0; t < TABLES; t++)
        for (const struct check_case *c = tables[t]; c->finding; c++) {
            struct arena *a = arena_new();
            evaluation_showing(c, a);
            evaluation_innocent(c, a);
            arena_free(a);
        }
}

static bool has_case(const char *id)
{
    for (size_t t = 0; t < TABLES; t++)
        for (const struct check_case *c = tables[t]; c->finding; c++)
            if (strcmp(c->finding, id) == 0)
                return true;
    return false;
}

static void ends_with(const char *id, const char *what, const char *text,
                      bool full_stop)
{
    size_t len = text ? strlen(text) : 0;

    if (len == 0)
        fail_msg("%s has no %s", id, what);
    if ((text[len - 1] == '.') != full_stop)
        fail_msg("%s: the %s \"%s\" ends wrongly", id, what, text);
}

static void every_finding_has_a_case_and_its_words(void **state)
{
    (void)state;
    for (const struct check *const *c = all_checks; *c; c++)
        for (const struct finding_def *def = (*c)->finds; def->id; def++) {
            if (!has_case(def->id))
                fail_msg("%s has no case", def->id);
            assert_ptr_equal(check_find_def(def->id), def);
            ends_with(def->id, "title", def->title, false);
            ends_with(def->id, "why", def->why, true);
            assert_non_null(def->source);
        }
    assert_null(check_find_def("name.nonsense"));
}

static void every_case_is_of_a_finding(void **state)
{
    (void)state;
    for (size_t t = 0; t < TABLES; t++)
        for (const struct check_case *c = tables[t]; c->finding; c++)
            if (!check_find_def(c->finding))
                fail_msg("%s is no finding", c->finding);
}

/* Details go to people: one sentence, with its values, about something. */
static void every_finding_says_what_it_saw(void **state)
{
    (void)state;
    for (size_t t = 0; t < TABLES; t++)
        for (const struct check_case *c = tables[t]; c->finding; c++) {
            struct arena *a = arena_new();
            struct findings found = judged(c->shows(a));
            for (size_t i = 0; i < found.len; i++) {
                const struct finding *f = &found.items[i];
                ends_with(f->def->id, "detail", f->detail, true);
                if (strstr(f->detail, "(null)"))
                    fail_msg("%s: %s", f->def->id, f->detail);
                if (f->cells_len == 0 && !f->subject)
                    fail_msg("%s is about nothing", f->def->id);
            }
            arena_free(a);
        }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_finding_shows_and_its_twin_does_not),
        cmocka_unit_test(every_finding_has_a_case_and_its_words),
        cmocka_unit_test(every_case_is_of_a_finding),
        cmocka_unit_test(every_finding_says_what_it_saw),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
