#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "facts/cell_state.h"
#include "model/service.h"
#include "probe/public_veil.h"

static const struct target typed = { .kind = TARGET_HOST };
static const struct target typed_25 = { .kind = TARGET_HOST, .port = 25 };
static const struct target domain = { .kind = TARGET_DOMAIN };

static struct cell cell_at(uint16_t port)
{
    return (struct cell){ .host = "mail.example.com",
                          .address = "192.0.2.1",
                          .port = port,
                          .service = service_at(port)->name,
                          .security = service_at(port)->security,
                          .alert = -1 };
}

static struct cell shut(const struct target *t, uint16_t port, enum outcome o,
                        int32_t elapsed_ms)
{
    struct cell c = cell_at(port);

    c.connect = (struct attempt){ o, "what the system says", elapsed_ms };
    public_veil(t, &c);
    return c;
}

static bool are_alike(const struct attempt *a, const struct attempt *b)
{
    return a->outcome == b->outcome && a->elapsed_ms == b->elapsed_ms &&
           strcmp(a->detail, b->detail) == 0;
}

static void closed_and_silent_look_alike(void **state)
{
    static const uint16_t ports[] = { 25, 465, 587, 143, 993 };

    (void)state;
    for (size_t i = 0; i < sizeof ports / sizeof *ports; i++) {
        struct cell closed = shut(&typed, ports[i], OUTCOME_REFUSED, 12);
        struct cell silent = shut(&typed, ports[i], OUTCOME_TIMED_OUT, 4000);
        if (!are_alike(&closed.connect, &silent.connect))
            fail_msg("port %d", ports[i]);
    }
    struct cell closed = shut(&typed_25, 25, OUTCOME_REFUSED, 12);
    struct cell silent = shut(&typed_25, 25, OUTCOME_TIMED_OUT, 4000);
    assert_true(are_alike(&closed.connect, &silent.connect));
    /* Silence there is no fault of the server's. */
    assert_int_equal(closed.connect.outcome, OUTCOME_TIMED_OUT);
}

static void what_the_dns_names_is_told(void **state)
{
    struct cell closed = shut(&domain, 25, OUTCOME_REFUSED, 12);
    struct cell silent = shut(&domain, 25, OUTCOME_TIMED_OUT, 4000);

    (void)state;
    assert_int_equal(closed.connect.outcome, OUTCOME_REFUSED);
    assert_int_equal(silent.connect.outcome, OUTCOME_TIMED_OUT);
    assert_int_equal(silent.connect.elapsed_ms, 4000);
}

static struct cell greeted(uint16_t port, enum outcome o, const char *said)
{
    struct cell c = cell_at(port);

    c.connect.outcome = OUTCOME_OK;
    c.greeting = (struct attempt){ o, said, 5 };
    c.banner = said;
    public_veil(&domain, &c);
    return c;
}

static void a_stranger_is_no_judge(void **state)
{
    static const struct {
        enum outcome outcome;
        const char *said;
        bool is_told;
    } rows[] = {
        { OUTCOME_REFUSED, "421 too many connections", false },
        { OUTCOME_REFUSED, "450 greylisted", false },
        { OUTCOME_TIMED_OUT, "nothing came in time", false },
        { OUTCOME_REFUSED, "554 no", true },
        { OUTCOME_CLOSED, "the server hung up", true },
        { OUTCOME_PROTOCOL_ERROR, "hello", true },
    };

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct cell c = greeted(25, rows[i].outcome, rows[i].said);
        bool told = c.greeting.outcome == rows[i].outcome && c.banner;
        if (told != rows[i].is_told)
            fail_msg("%s", rows[i].said);
        if (!told && (c.connect.outcome != OUTCOME_NOT_TRIED ||
                      cell_state(NULL, &c) != STATE_NOT_TRIED ||
                      !cell_held_back(&c.connect)))
            fail_msg("%s: it counts", rows[i].said);
    }
}

/* The certificate was seen, and is judged. */
static void what_is_in_tls_is_not_waited_for(void **state)
{
    static const struct {
        enum outcome outcome;
        const char *said;
        bool is_told;
    } rows[] = {
        { OUTCOME_OK, NULL, true },
        { OUTCOME_TIMED_OUT, "nothing came in time", false },
        { OUTCOME_REFUSED, "421 busy", false },
        { OUTCOME_REFUSED, "554 no", true },
    };

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct cell c = cell_at(465);
        c.connect.outcome = c.handshake.outcome = OUTCOME_OK;
        c.inside = (struct attempt){ rows[i].outcome, rows[i].said, 5 };
        public_veil(&typed, &c);
        assert_int_equal(c.handshake.outcome, OUTCOME_OK);
        assert_int_equal(c.connect.outcome, OUTCOME_OK);
        if ((c.inside.outcome == rows[i].outcome) != rows[i].is_told)
            fail_msg("%s", rows[i].said ? rows[i].said : "all is well");
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(closed_and_silent_look_alike),
        cmocka_unit_test(what_the_dns_names_is_told),
        cmocka_unit_test(a_stranger_is_no_judge),
        cmocka_unit_test(what_is_in_tls_is_not_waited_for),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
