/* A server that says "not now" is asked a second time, and no third. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/clock.h"
#include "peer.h"
#include "probe/pass.h"

static const char host[] = "mail.example.com";

#define GREETS                                                                 \
    {                                                                          \
        PEER_SAY, "220 mx.example.com ESMTP\r\n", 0                            \
    }
#define EHLO                                                                   \
    {                                                                          \
        PEER_HEAR, "EHLO", 0                                                   \
    }
#define OFFERS                                                                 \
    {                                                                          \
        PEER_SAY, "250-mx.example.com\r\n250 STARTTLS\r\n", 0                  \
    }
#define IS_ASKED                                                               \
    {                                                                          \
        PEER_HEAR, "STARTTLS", 0                                               \
    }
#define END                                                                    \
    {                                                                          \
        PEER_END, NULL, 0                                                      \
    }

static const struct peer_step right[] = {
    GREETS,
    EHLO,
    OFFERS,
    IS_ASKED,
    { PEER_SAY, "220 go ahead\r\n", 0 },
    { PEER_TLS, NULL, 0 },
    EHLO,
    { PEER_SAY, "250-mx.example.com\r\n250 AUTH PLAIN\r\n", 0 },
    END,
};
static const struct peer_step right_within[] = {
    { PEER_TLS, NULL, 0 },
    GREETS,
    EHLO,
    { PEER_SAY, "250-mx.example.com\r\n250 AUTH PLAIN\r\n", 0 },
    END,
};
static const struct peer_step busy[] = { { PEER_SAY, "421 4.3.2 busy\r\n", 0 },
                                         { PEER_HANG_UP, NULL, 0 } };
static const struct peer_step busy_within[] = {
    { PEER_TLS, NULL, 0 }, { PEER_SAY, "421 4.3.2 busy\r\n", 0 }, END
};
static const struct peer_step busy_later[] = {
    GREETS, EHLO, { PEER_SAY, "450 4.7.1 wait\r\n", 0 }, END
};
static const struct peer_step no_key_yet[] = {
    GREETS, EHLO, OFFERS, IS_ASKED, { PEER_SAY, "454 no key\r\n", 0 }, END
};
static const struct peer_step unwanted[] = {
    { PEER_SAY, "554 5.7.1 go away\r\n", 0 }, END
};
static const struct peer_step silent[] = { END };
static const struct peer_step hangs_up[] = { { PEER_HANG_UP, NULL, 0 } };

static const struct row {
    const char *what;
    uint16_t port;
    const struct peer_step *first, *then;
    enum outcome greeting, starttls, inside;
    const char *put_off, *detail; /* of the refusal that is told, or NULL */
    int visits;
} rows[] = {
    { "right at once", 587, right, right, OUTCOME_OK, OUTCOME_OK, OUTCOME_OK,
      NULL, NULL, 1 },
    { "the greeting", 587, busy, right, OUTCOME_OK, OUTCOME_OK, OUTCOME_OK,
      "421 4.3.2 busy", NULL, 2 },
    { "the answer to EHLO", 587, busy_later, right, OUTCOME_OK, OUTCOME_OK,
      OUTCOME_OK, "450 4.7.1 wait", NULL, 2 },
    { "the answer to STARTTLS", 587, no_key_yet, right, OUTCOME_OK, OUTCOME_OK,
      OUTCOME_OK, "454 no key", NULL, 2 },
    { "the greeting within TLS", 465, busy_within, right_within,
      OUTCOME_NOT_TRIED, OUTCOME_NOT_TRIED, OUTCOME_OK, "421 4.3.2 busy", NULL,
      2 },
    { "always", 587, busy, busy, OUTCOME_REFUSED, OUTCOME_NOT_TRIED,
      OUTCOME_NOT_TRIED, "421 4.3.2 busy", "421 4.3.2 busy", 2 },
    { "always, within TLS", 465, busy_within, busy_within, OUTCOME_NOT_TRIED,
      OUTCOME_NOT_TRIED, OUTCOME_REFUSED, "421 4.3.2 busy", "421 4.3.2 busy",
      2 },
    { "for good", 587, unwanted, right, OUTCOME_REFUSED, OUTCOME_NOT_TRIED,
      OUTCOME_NOT_TRIED, NULL, "554 5.7.1 go away", 1 },
    { "for good the second time", 587, busy, unwanted, OUTCOME_REFUSED,
      OUTCOME_NOT_TRIED, OUTCOME_NOT_TRIED, "421 4.3.2 busy",
      "554 5.7.1 go away", 2 },
    { "then it is gone: the words are told", 587, busy, hangs_up,
      OUTCOME_REFUSED, OUTCOME_NOT_TRIED, OUTCOME_NOT_TRIED, NULL,
      "421 4.3.2 busy", 2 },
    { "then silence, until the time is up", 587, busy, silent, OUTCOME_REFUSED,
      OUTCOME_NOT_TRIED, OUTCOME_NOT_TRIED, NULL, "421 4.3.2 busy", 2 },
};

static void is_done(void *arg)
{
    (void)arg;
}

static const char *told(const struct cell *c)
{
    const struct attempt *all[] = { &c->greeting, &c->starttls, &c->inside };

    for (size_t i = 0; i < 3; i++)
        if (all[i]->outcome == OUTCOME_REFUSED)
            return all[i]->detail;
    return NULL;
}

static bool same(const char *a, const char *b)
{
    return a && b ? strcmp(a, b) == 0 : a == b;
}

static void judge(const struct row *row, const struct cell *c, int visits)
{
    if (c->greeting.outcome != row->greeting ||
        c->starttls.outcome != row->starttls ||
        c->inside.outcome != row->inside || !same(c->put_off, row->put_off) ||
        !same(told(c), row->detail) || visits != row->visits)
        fail_msg("%s: %s %s %s, put off by \"%s\", told \"%s\", %d visits",
                 row->what, table_text(outcome_words, (int)c->greeting.outcome),
                 table_text(outcome_words, (int)c->starttls.outcome),
                 table_text(outcome_words, (int)c->inside.outcome),
                 c->put_off ? c->put_off : "-", told(c) ? told(c) : "-",
                 visits);
}

static void play(const struct row *row, int64_t later_ms)
{
    struct arena *a = arena_new();
    struct err err;
    struct probe *probe = NULL;
    struct peer *p = peer_start(&(struct peer_order){
        .script = row->then,
        .first = row->first,
        .tls = peer_tls(host, "DNS:mail.example.com", "rsa") });
    struct connect_to rule = { .host = "",
                               .to_host = "127.0.0.1",
                               .to_port = peer_port(p) };
    struct probe_options o = {
        .ehlo = "client.example.org",
        .budget_ms = 700,
        .connect_to = { .rules = &rule, .len = 1 },
    };
    /* An SNI that was named is looked at alone. */
    struct target t = { .kind = TARGET_HOST,
                        .host = host,
                        .input = host,
                        .port = row->port,
                        .sni = host };

    assert_true(probe_new(&o, &probe, &err));
    probe->means.later_ms = later_ms;
    struct survey *s = survey_new(a, &t, clock_now_s());
    probe_first(probe, s, is_done, NULL);
    assert_true(probe_run(probe, &err));
    assert_int_equal(s->cells_len, 1);
    judge(row, &s->cells[0], peer_visits(p));
    probe_free(probe);
    peer_stop(p);
    arena_free(a);
}

static void test_asked_twice(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        play(&rows[i], 20);
}

static void test_no_time_left(void **state)
{
    static const struct row row = { "the time is up before the second try",
                                    587,
                                    busy,
                                    right,
                                    OUTCOME_REFUSED,
                                    OUTCOME_NOT_TRIED,
                                    OUTCOME_NOT_TRIED,
                                    NULL,
                                    "421 4.3.2 busy",
                                    1 };

    (void)state;
    play(&row, SCAN_LATER_MS);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_asked_twice),
        cmocka_unit_test(test_no_time_left),
    };
    return cmocka_run_group_tests_name("scan_again", tests, NULL, NULL);
}
