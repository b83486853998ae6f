/* When everything is silent, is it us? */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "facts/connection_lost.h"

static const struct row {
    const char *what;
    enum dns_outcome name, control; /* DNS_OUTCOME_COUNT: not asked */
    const char *address;            /* NULL: nothing was dialled */
    enum outcome connect;
    bool has_no_route;
    enum connection_lost lost;
} rows[] = {
    { "all is well", DNS_ANSWERED, DNS_OUTCOME_COUNT, "192.0.2.1", OUTCOME_OK,
      false, CONNECTION_HOLDS },
    { "the name's servers fail", DNS_SERVFAIL, DNS_ANSWERED, NULL, 0, false,
      CONNECTION_HOLDS },
    { "... and there is a root that lacks the type", DNS_TIMED_OUT, DNS_NODATA,
      NULL, 0, false, CONNECTION_HOLDS },
    { "not asked about the root yet", DNS_SERVFAIL, DNS_OUTCOME_COUNT, NULL, 0,
      true, CONNECTION_HOLDS },
    { "no name server answers", DNS_TIMED_OUT, DNS_TIMED_OUT, NULL, 0, false,
      CONNECTION_NO_RESOLVER },
    { "... nor is there a way to one", DNS_SERVFAIL, DNS_SERVFAIL, NULL, 0,
      true, CONNECTION_NO_ROUTE },
    { "... but an address in the question was reached", DNS_TIMED_OUT,
      DNS_TIMED_OUT, "192.0.2.1", OUTCOME_OK, false, CONNECTION_HOLDS },
    { "an address, and no way out", DNS_OUTCOME_COUNT, DNS_OUTCOME_COUNT,
      "8.8.8.8", OUTCOME_UNREACHABLE, true, CONNECTION_NO_ROUTE },
    { "an address that has no way to it, and others have", DNS_OUTCOME_COUNT,
      DNS_OUTCOME_COUNT, "8.8.8.8", OUTCOME_UNREACHABLE, false,
      CONNECTION_HOLDS },
    { "a neighbour that is off, in a network without a way out",
      DNS_OUTCOME_COUNT, DNS_OUTCOME_COUNT, "192.168.1.9", OUTCOME_UNREACHABLE,
      true, CONNECTION_HOLDS },
    { "this machine refuses", DNS_OUTCOME_COUNT, DNS_OUTCOME_COUNT, "127.0.0.1",
      OUTCOME_REFUSED, true, CONNECTION_HOLDS },
    { "nothing was asked at all", DNS_OUTCOME_COUNT, DNS_OUTCOME_COUNT, NULL, 0,
      true, CONNECTION_HOLDS },
};

static void ask(struct survey *s, const char *name, enum dns_type type,
                enum dns_outcome outcome)
{
    if (outcome != DNS_OUTCOME_COUNT)
        survey_answer_add(s, &(struct dns_answer){ .name = name,
                                                   .type = type,
                                                   .outcome = outcome });
}

static void test_rows(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        const struct row *row = &rows[i];
        struct arena *a = arena_new();
        struct target t = { .kind = TARGET_HOST, .host = "mail.example.com" };
        struct survey *s = survey_new(a, &t, 0);
        s->has_no_route = row->has_no_route;
        ask(s, t.host, DNS_A, row->name);
        ask(s, CONNECTION_LOST_CONTROL, DNS_NS, row->control);
        if (row->address)
            survey_cell_add(
                s, &(struct cell){ .host = t.host,
                                   .address = row->address,
                                   .port = 465,
                                   .connect = { .outcome = row->connect } });
        if (connection_lost(s) != row->lost)
            fail_msg("%s: %d, not %d", row->what, (int)connection_lost(s),
                     (int)row->lost);
        arena_free(a);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_rows),
    };
    return cmocka_run_group_tests_name("connection_lost", tests, NULL, NULL);
}
