#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "model/target.h"
#include "serve/question.h"

#define GERMAN                                                                 \
    "Verbindung mit Server mail.example.com fehlgeschlagen: Das Zertifikat "   \
    "geh\u00f6rt zu einer anderen Website (SSL_ERROR_BAD_CERT_DOMAIN)"

static const struct row {
    const char *what, *text, *server;
    enum question_kind kind;
    const char *targets; /* with blanks between */
    const char *client;
    bool dropped;
} rows[] = {
    { "nothing", "", NULL, QUESTION_EMPTY, "", NULL, false },
    { "blanks", " \r\n\t\n ", NULL, QUESTION_EMPTY, "", NULL, false },
    { "a host", "  mail.example.com\r\n", NULL, QUESTION_LOOK,
      "mail.example.com", NULL, false },
    { "with a port in words", "mail.example.com, port 465", NULL, QUESTION_LOOK,
      "mail.example.com:465", NULL, false },
    { "an address", "anna@example.com", NULL, QUESTION_LOOK, "anna@example.com",
      NULL, false },
    { "an address with a password", "smtp://anna:hunter2@mail.example.com",
      NULL, QUESTION_LOOK, "mail.example.com:25", NULL, false },
    { "no name", "mail..example.com", NULL, QUESTION_WHICH, "", NULL, false },
    { "one word", "localhost", NULL, QUESTION_LOOK, "localhost", NULL, false },
    { "a file", "/etc/ssl/certs/x.pem", NULL, QUESTION_WHICH, "", NULL, false },
    { "a file by a word", "mail.example.com.pem", NULL, QUESTION_WHICH, "",
      NULL, false },
    { "a file that is there", "/etc/passwd", NULL, QUESTION_WHICH, "", NULL,
      false },
    { "files in a list", "a.example.com\nb.example.com\n/etc/passwd", NULL,
      QUESTION_LOOK, "a.example.com", NULL, false },
    { "a list", "example.com\n\nmail.example.org:993\r\nexample.com\n", NULL,
      QUESTION_LOOK, "example.com mail.example.org:993", NULL, false },
    { "a list with labels", "a.example.com # Miller & Sons\nb.example.com #x",
      NULL, QUESTION_LOOK, "a.example.com b.example.com", NULL, false },
    { "a list in one line", "a.example.com, b.example.com; c.example.com", NULL,
      QUESTION_LOOK, "a.example.com b.example.com c.example.com", NULL, false },
    { "a list with a mistyped one",
      "a.example.com\nb..example.com\nc.example.com", NULL, QUESTION_LOOK,
      "a.example.com b..example.com c.example.com", NULL, false },
    { "a list with a password in a mistyped one",
      "a.example.com\nb.example.com\nx://anna:hunter2@c..example.com", NULL,
      QUESTION_LOOK, "a.example.com b.example.com c..example.com", NULL,
      false },
    { "Gmail",
      "TLS Negotiation failed, the certificate doesn't match the host.", NULL,
      QUESTION_WHICH, "", "gmail", false },
    { "Gmail, and the server beside it",
      "TLS Negotiation failed, the certificate doesn't match the host.",
      "mail.example.com 587", QUESTION_LOOK, "mail.example.com:587", "gmail",
      false },
    { "a message of a program on its own machine",
      "Another instance of Certbot is already running.", NULL, QUESTION_TOLD,
      "", NULL, false },
    { "a program's unknown words",
      "In Apple Mail steht: der Server mail.example.com mag mich nicht mehr",
      NULL, QUESTION_LOOK, "mail.example.com", "applemail", false },
    { "words that say nothing", "it does not work any more, please help me",
      NULL, QUESTION_WHICH, "", NULL, false },
    { "a password line", "mail.example.com\nPassword: hunter2", NULL,
      QUESTION_LOOK, "mail.example.com", NULL, true },
    { "Kennwort", "Benutzer: anna Kennwort = hunter2\nmail.example.com", NULL,
      QUESTION_LOOK, "mail.example.com", NULL, true },
    { "nothing but a password", "password:hunter2", NULL, QUESTION_EMPTY, "",
      NULL, true },
    { "a message about passwords",
      "Login to server mail.example.com with user anna failed. Bad password: "
      "try again.",
      NULL, QUESTION_LOOK, "mail.example.com", NULL, false },
};

static void check(const struct row *row)
{
    struct arena *a = arena_new();
    const struct question_typed typed = { row->text, row->server };
    struct question_asked q;
    struct buf targets;

    question_read(a, &typed, &q);
    buf_init(&targets, a, 4096);
    for (size_t i = 0; i < q.targets.len; i++)
        buf_printf(&targets, "%s%s", i ? " " : "", q.targets.text[i]);
    if (q.kind != row->kind || strcmp(targets.text, row->targets) != 0)
        fail_msg("%s: kind %d, targets \"%s\"", row->what, (int)q.kind,
                 targets.text);
    if (q.dropped != row->dropped || strstr(q.text, "hunter2:") ||
        (q.dropped && strstr(q.text, "hunter2")))
        fail_msg("%s: dropped %d, kept \"%s\"", row->what, q.dropped, q.text);
    if (!q.heard.client != !row->client ||
        (row->client && strcmp(q.heard.client, row->client) != 0))
        fail_msg("%s: client %s", row->what,
                 q.heard.client ? q.heard.client : "none");
    arena_free(a);
}

static void test_rows(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        check(&rows[i]);
}

static void test_how_many(void **state)
{
    (void)state;
    for (size_t n = QUESTION_TARGETS_MAX - 1; n < QUESTION_TARGETS_MAX + 2;
         n++) {
        struct arena *a = arena_new();
        struct question_typed typed = { NULL, NULL };
        struct question_asked q;
        struct buf text;
        buf_init(&text, a, 64 * 1024);
        for (size_t i = 0; i < n; i++)
            buf_printf(&text, "mail%zu.example.com\n", i);
        typed.text = text.text;
        question_read(a, &typed, &q);
        assert_int_equal(q.kind, n > QUESTION_TARGETS_MAX ? QUESTION_MANY
                                                          : QUESTION_LOOK);
        arena_free(a);
    }
}

static void test_german(void **state)
{
    struct arena *a = arena_new();
    const struct question_typed typed = { GERMAN, NULL };
    struct question_asked q;

    (void)state;
    question_read(a, &typed, &q);
    assert_int_equal(q.kind, QUESTION_LOOK);
    assert_string_equal(q.targets.text[0], "mail.example.com");
    assert_non_null(q.heard.means);
    arena_free(a);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_rows),
        cmocka_unit_test(test_how_many),
        cmocka_unit_test(test_german),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
