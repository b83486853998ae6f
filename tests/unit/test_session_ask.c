#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "guide/answer.h"
#include "guide/session.h"

#define MAIL "mail.example.com"

enum { TYPED_MAX = 8, SAID_MAX = 64 * 1024 };

/* From the first question on: where the answers lead. */
static const struct lead {
    const char *what;
    const char *typed[TYPED_MAX]; /* NULL ends */
    enum phase phase;
    const char *target; /* or NULL: none yet */
    const char *says;   /* in the last turn */
} leads[] = {
    { "a host", { "", MAIL " 587" }, PHASE_WHO, MAIL ":587", MAIL ":587" },
    { "an address",
      { "", "anna@example.com" },
      PHASE_WHO,
      "anna@example.com",
      "mail servers of example.com" },
    { "a domain",
      { "", "example.com" },
      PHASE_WHO,
      "example.com",
      "example.com" },
    { "an address in place of a message",
      { "anna@example.com" },
      PHASE_WHO,
      "anna@example.com",
      "mail servers of example.com" },
    { "no message is known",
      { "I don't know" },
      PHASE_SERVER,
      NULL,
      "Which server name" },
    { "a message with a server",
      { "", "host " MAIL " certificate verify failed: Hostname mismatch" },
      PHASE_SERVER,
      NULL,
      MAIL ": press Enter" },
    { "... and Enter",
      { "", "host " MAIL " certificate verify failed: Hostname mismatch", "" },
      PHASE_WHO,
      MAIL,
      "Who runs" },
    { "a message without one",
      { "", "TLS Negotiation failed, the certificate doesn't match the host." },
      PHASE_SERVER,
      NULL,
      "message of Gmail" },
    { "unknown", { "", "I don't know" }, PHASE_ADDRESS, NULL, "mail address" },
    { "unknown to a typographer",
      { "", "I don\xe2\x80\x99t know\xe2\x80\xa6" },
      PHASE_ADDRESS,
      NULL,
      "mail address" },
    { "nothing typed", { "", "" }, PHASE_ADDRESS, NULL, "mail address" },
    { "a mail program", { "", "I use Gmail" }, PHASE_ADDRESS, NULL, "address" },
    { "the address then",
      { "", "no idea", "anna@example.com" },
      PHASE_WHO,
      "anna@example.com",
      "mail servers of example.com" },
    { "the domain then",
      { "", "no idea", "example.com" },
      PHASE_WHO,
      "@example.com",
      "mail servers of example.com" },
    { "the server then",
      { "", "no idea", MAIL " 993" },
      PHASE_WHO,
      MAIL ":993",
      "Who runs the mail server " MAIL },
    { "not that either",
      { "", "dunno", "I have no clue" },
      PHASE_ADDRESS,
      NULL,
      "somebody there who writes to you" },
    { "and back", { "", "dunno", "back" }, PHASE_SERVER, NULL, "Which server" },
    { "a message with a server after all",
      { "", "dunno",
        "host " MAIL " certificate verify failed: Hostname mismatch" },
      PHASE_SERVER,
      NULL,
      MAIL ": press Enter" },
    { "part of an address",
      { "", "dunno", "anna" },
      PHASE_ADDRESS,
      NULL,
      "the part behind the @" },
    { "a comma",
      { "", "mail,example,com" },
      PHASE_SERVER,
      NULL,
      "Did you mean " MAIL "?" },
    { "a comma, and yes",
      { "", "mail,example,com", "yes" },
      PHASE_WHO,
      MAIL,
      "Who runs" },
    { "a comma, and no",
      { "", "mail,example,com", MAIL },
      PHASE_WHO,
      MAIL,
      "Who runs" },
    { "a comma in place of a message",
      { "smtp.example,com 587" },
      PHASE_SERVER,
      NULL,
      "Did you mean smtp.example.com:587?" },
    { "an address in words",
      { "", "what server?", "anna at example.com", "" },
      PHASE_WHO,
      "anna@example.com",
      "Who runs" },
    { "a scheme",
      { "", "stmp://" MAIL },
      PHASE_SERVER,
      NULL,
      "Did you mean smtp://" MAIL },
    { "who runs it is not known", /* and not "I do" */
      { "", MAIL, "I don't know" },
      PHASE_FIX,
      MAIL,
      "Looking at " MAIL },
};

static const struct report *const no_report = NULL;

static void check_lead(const struct lead *row)
{
    struct arena *a = arena_new();
    struct session s;
    struct turn turn;
    struct err err = { ERR_NONE, "" };
    bool good = session_begin(&s, a, NULL, NULL, &turn, &err);

    for (size_t i = 0; good && row->typed[i]; i++)
        good = session_answer(&s, row->typed[i], &turn, &err);
    if (!good)
        fail_msg("%s: %s", row->what, err.text);
    char *said = arena_copy(a, turn.text, strlen(turn.text));
    for (char *c = said; *c; c++)
        *c = *c == '\n' ? ' ' : *c;
    if (s.phase != row->phase)
        fail_msg("%s: at %s, not %s: %s", row->what,
                 table_text(phase_words, (int)s.phase),
                 table_text(phase_words, (int)row->phase), said);
    if ((s.target == NULL) != (row->target == NULL) ||
        (s.target && strcmp(s.target, row->target) != 0))
        fail_msg("%s: target %s", row->what, s.target ? s.target : "none");
    if (!strstr(said, row->says))
        fail_msg("%s: \"%s\" is not in: %s", row->what, row->says, said);
    assert_ptr_equal(s.report, no_report);
    arena_free(a);
}

static void lead_on(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof leads / sizeof *leads; i++)
        check_lead(&leads[i]);
}

/* Somebody who does not know does not run the server. */
static void who_is_unsure(void **state)
{
    static const struct {
        const char *typed;
        enum who who;
    } rows[] = {
        { "I don't know", WHO_UNKNOWN },
        { "i dont konw", WHO_UNKNOWN },
        { "not sure", WHO_UNKNOWN },
        { "5", WHO_UNKNOWN },
        { "I do", WHO_ME },
        { "me", WHO_ME },
        { "1", WHO_ME },
        { "my provider", WHO_PROVIDER },
    };

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct arena *a = arena_new();
        struct session s;
        struct turn turn;
        struct err err = { ERR_NONE, "" };
        assert_true(session_begin(&s, a, NULL, MAIL, &turn, &err));
        assert_true(session_answer(&s, "", &turn, &err));
        assert_true(session_answer(&s, rows[i].typed, &turn, &err));
        if (turn.want != WANT_LOOK || s.who != rows[i].who)
            fail_msg("%s: %s", rows[i].typed,
                     table_text(who_words, (int)s.who));
        arena_free(a);
    }
}

/* What is put right, and what is left alone: NULL. */
static void mistyped(void **state)
{
    static const struct {
        const char *typed, *meant;
    } rows[] = {
        { "mail,example,com", MAIL },
        { "mail.example,com 587", MAIL ":587" },
        { "mail..example.com", MAIL },
        { "anna@@example.com", "anna@example.com" },
        { "anna(at)example.com", "anna@example.com" },
        { "anna [at] example.com", "anna@example.com" },
        { "anna @ example.com", "anna@example.com" },
        { "impas://" MAIL, "imaps://" MAIL },
        { MAIL, NULL },
        { MAIL ",587", NULL },
        { MAIL ", port 587", NULL },
        { "it is at " MAIL, NULL },
        { "look at " MAIL, NULL },
        { "server at " MAIL, NULL },
        { "imaps://" MAIL, NULL },
        { "192.0.2.1,993", NULL },
        { "2001:db8::1", NULL },
        { "gopher://" MAIL, NULL },
        { "", NULL },
        { ",", NULL },
        { "@", NULL },
        { "at", NULL },
    };

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct arena *a = arena_new();
        const char *meant = answer_server_meant(a, rows[i].typed);
        if ((meant == NULL) != (rows[i].meant == NULL) ||
            (meant && strcmp(meant, rows[i].meant) != 0))
            fail_msg("%s: %s", rows[i].typed, meant ? meant : "nothing");
        arena_free(a);
    }
}

static void words_meant(void **state)
{
    static const struct {
        const char *typed, *meant;
    } rows[] = {
        { "dnoe", "done" },   { "skpi", "skip" },      { "qiut", "quit" },
        { "ohter", "other" }, { "certificate", NULL }, { "x", NULL },
        { "", NULL },
    };

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        const char *meant = answer_meant(rows[i].typed);
        if ((meant == NULL) != (rows[i].meant == NULL) ||
            (meant && strcmp(meant, rows[i].meant) != 0))
            fail_msg("%s: %s", rows[i].typed, meant ? meant : "nothing");
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(lead_on),
        cmocka_unit_test(who_is_unsure),
        cmocka_unit_test(mistyped),
        cmocka_unit_test(words_meant),
    };
    return cmocka_run_group_tests_name("session_ask", tests, NULL, NULL);
}
