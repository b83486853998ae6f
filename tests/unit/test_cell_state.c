#include "facts/cell_state.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "sample.h"

enum { WEEK_S = 7 * 86400, YEAR_S = 365 * 86400 };

/* What a row changes in a cell that is right in every way. */
struct change {
    enum outcome connect, greeting, starttls, handshake;
    bool plain_text, wants_tls, wrong_name, untrusted;
    int64_t later_s;
    int key_bits;
    const char *tls_version;
    bool no_server_auth;
};

static const struct row {
    const char *what;
    struct change change;
    enum cell_state state;
    bool clean, answered;
} rows[] = {
    { "right", { 0 }, STATE_VERIFIED, true, true },
    { "refused", { .connect = OUTCOME_REFUSED }, STATE_REFUSED, false, false },
    { "silent",
      { .connect = OUTCOME_TIMED_OUT },
      STATE_TIMED_OUT,
      false,
      false },
    { "no route",
      { .connect = OUTCOME_UNREACHABLE },
      STATE_NOT_TRIED,
      false,
      false },
    { "no greeting",
      { .greeting = OUTCOME_TIMED_OUT },
      STATE_TIMED_OUT,
      false,
      false },
    { "turned away",
      { .greeting = OUTCOME_REFUSED },
      STATE_REFUSED,
      false,
      true },
    { "hung up", { .greeting = OUTCOME_CLOSED }, STATE_CLOSED, false, true },
    { "STARTTLS missing",
      { .starttls = OUTCOME_NOT_OFFERED },
      STATE_NO_TLS,
      false,
      true },
    { "STARTTLS refused",
      { .starttls = OUTCOME_REFUSED },
      STATE_NO_TLS,
      false,
      true },
    { "injected",
      { .starttls = OUTCOME_PLAINTEXT_INJECTION },
      STATE_NONSENSE,
      false,
      true },
    { "plain",
      { .handshake = OUTCOME_PROTOCOL_ERROR, .plain_text = true },
      STATE_NO_TLS,
      false,
      true },
    { "TLS at once",
      { .greeting = OUTCOME_TIMED_OUT, .wants_tls = true },
      STATE_NO_TLS,
      false,
      true },
    { "alert", { .handshake = OUTCOME_ALERTED }, STATE_ALERTED, false, true },
    { "wrong name", { .wrong_name = true }, STATE_FAULTY, false, true },
    { "untrusted", { .untrusted = true }, STATE_FAULTY, false, true },
    { "expired", { .later_s = YEAR_S }, STATE_FAULTY, false, true },
    { "too early", { .later_s = -YEAR_S }, STATE_FAULTY, false, true },
    { "a week later", { .later_s = WEEK_S }, STATE_VERIFIED, true, true },
    { "old TLS", { .tls_version = "TLSv1.1" }, STATE_VERIFIED, false, true },
    { "small key", { .key_bits = 192 }, STATE_VERIFIED, false, true },
    { "not for servers",
      { .no_server_auth = true },
      STATE_VERIFIED,
      false,
      true },
};

static void set(struct attempt *attempt, enum outcome outcome)
{
    if (outcome)
        attempt->outcome = outcome;
}

static struct survey *changed(struct arena *a, const struct change *k)
{
    struct survey *s = sample_survey(a);
    struct cell *c = &s->cells[0];

    set(&c->connect, k->connect);
    set(&c->greeting, k->greeting);
    set(&c->starttls, k->starttls);
    set(&c->handshake, k->handshake);
    c->plain_text = k->plain_text;
    c->wants_tls = k->wants_tls;
    c->verdict.name_ok = !k->wrong_name;
    c->verdict.trusted = !k->untrusted;
    s->judged_at += k->later_s;
    if (k->key_bits)
        s->certs[0].cert.key_bits = k->key_bits;
    if (k->tls_version)
        c->tls_version = k->tls_version;
    s->certs[0].cert.server_auth = !k->no_server_auth;
    return s;
}

static void test_states(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        const struct row *r = &rows[i];
        struct arena *a = arena_new();
        struct survey *s = changed(a, &r->change);
        const struct cell *c = &s->cells[0];
        enum cell_state got = cell_state(s, c);
        if (got != r->state)
            fail_msg("%s: state %s, wanted %s", r->what,
                     table_text(state_words, (int)got),
                     table_text(state_words, (int)r->state));
        if (cell_is_clean(s, c) != r->clean)
            fail_msg("%s: clean was to be %d", r->what, r->clean);
        if (cell_answered(c) != r->answered)
            fail_msg("%s: answered was to be %d", r->what, r->answered);
        arena_free(a);
    }
}

static void test_certificates_are_kept_once(void **state)
{
    struct arena *a = arena_new();
    struct survey *s = sample_survey(a);
    struct held_cert again = sample_cert(a, "R12");

    (void)state;
    again.origin = CERT_FETCHED;
    assert_int_equal(survey_cert_add(s, &again), 1);
    assert_int_equal(s->certs[1].origin, CERT_SENT);
    again = sample_cert(a, "R13");
    assert_int_equal(survey_cert_add(s, &again), 2);
    arena_free(a);
}

static void test_addresses(void **state)
{
    static const struct dns_record six[] = {
        { .text = "2001:db8::1", .host = "2001:db8::1" },
        { .text = "2001:db8::1", .host = "2001:db8::1" },
    };
    struct arena *a = arena_new();
    struct survey *s = sample_survey(a);

    (void)state;
    survey_answer_add(s, &(struct dns_answer){ .name = "mail.example.com",
                                               .type = DNS_AAAA,
                                               .records = six,
                                               .len = 2 });
    struct text_list list = survey_addresses(s, a, "mail.example.com");
    assert_int_equal(list.len, 2);
    assert_string_equal(list.text[0], "192.0.2.10");
    assert_string_equal(list.text[1], "2001:db8::1");
    assert_int_equal(survey_addresses(s, a, "example.com").len, 0);
    list = survey_addresses(s, a, "2001:db8::9");
    assert_int_equal(list.len, 1);
    struct cell c = sample_cell("imaps", "2001:db8::1");
    assert_string_equal(cell_where(a, &c), "[2001:db8::1]:993");
    assert_string_equal(cell_where(a, &s->cells[0]), "192.0.2.10:587");
    arena_free(a);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_states),
        cmocka_unit_test(test_certificates_are_kept_once),
        cmocka_unit_test(test_addresses),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
