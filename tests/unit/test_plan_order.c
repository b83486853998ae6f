#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <string.h>

#include "prove/prove.h"

static const struct fix_def defs[] = {
    { .id = "a", .prove = PROVE_NOTHING, .risk = RISK_NONE },
    { .id = "b", .prove = PROVE_NOTHING, .risk = RISK_RELOAD },
    { .id = "c", .prove = PROVE_NOTHING, .risk = RISK_OUTAGE },
};
static const char *const causes[] = { "x.y" };

enum { FIXES = sizeof defs / sizeof *defs };

static const struct {
    const char *what;
    enum rank_by order[RANK_BY_COUNT];
    size_t len;
    const char *expected;
} rows[] = {
    { "the rank, then what clears more",
      { RANK_BY_RANK, RANK_BY_CLEARS, RANK_BY_RISK },
      3,
      "cba" },
    { "the rank, then what risks less",
      { RANK_BY_RANK, RANK_BY_RISK },
      2,
      "cab" },
    { "what risks less", { RANK_BY_RISK }, 1, "abc" },
    { "what clears more", { RANK_BY_CLEARS }, 1, "bac" },
    { "as the rules gave them", { RANK_BY_RANK }, 0, "abc" },
};

/* "cba": the ids as they come out. */
static void order_is_as_judged(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct arena *a = arena_new();
        struct judging judging = { .order_len = rows[i].len };
        struct fix fixes[FIXES];
        struct plan plan = {
            .arena = a, .items = fixes, .len = FIXES, .judging = &judging
        };
        struct target target = { .kind = TARGET_HOST,
                                 .input = "mail.example.com",
                                 .host = "mail.example.com" };
        struct findings found = { .arena = a };
        struct err err;
        char got[FIXES + 1] = "";

        memcpy(judging.order, rows[i].order, sizeof judging.order);
        for (size_t k = 0; k < FIXES; k++)
            fixes[k] = (struct fix){ .def = &defs[k],
                                     .weight = k == 2 ? 5 : 10,
                                     .clears_len = k == 1,
                                     .causes = causes,
                                     .causes_len = 1 };
        if (!prove_plan(&plan, survey_new(a, &target, 0), &found, NULL, &err))
            fail_msg("%s: %s", rows[i].what, err.text);
        for (size_t k = 0; k < plan.len; k++)
            got[k] = *plan.items[k].def->id;
        if (strcmp(got, rows[i].expected) != 0)
            fail_msg("%s: %s, not %s", rows[i].what, got, rows[i].expected);
        arena_free(a);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(order_is_as_judged) };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
