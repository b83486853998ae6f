#include "report/fleet_since.h"

#include <string.h>

#include "fleet_lines.h"

#define NAMES    "\"mail.example.org\",\"imap.example.org\""
#define LE(cn)   "C=US, O=Let's Encrypt, CN=" cn
#define OLD_CERT CERT("aa", NAMES, LE("R10"), "2026-09-01", "2026-12-01")
#define WRONG                                                                  \
    FINDING("name.mismatch.provider", "error", "\"192.0.2.1:465\"",            \
            "Wrong name")
#define WRONG_993                                                              \
    FINDING("name.mismatch.provider", "error",                                 \
            "\"192.0.2.1:465\",\"192.0.2.1:993\"", "Wrong name")
#define WRONG_MILD                                                             \
    FINDING("name.mismatch.provider", "warning", "\"192.0.2.1:465\"",          \
            "Wrong name")
#define NOTE FINDING("mx.note", "info", "\"192.0.2.1:465\"", "A note")

#define SEEN(verdict, findings, endpoints, certs)                              \
    LINE_OF("mail.example.org", "", verdict, "50", findings, endpoints, certs, \
            "")
#define BOTH_PORTS                                                             \
    ENDPOINT("465", "verified", "aa") "," ENDPOINT("993", "verified", "aa")
#define WELL SEEN("ok", "", BOTH_PORTS, OLD_CERT)
#define FAILED                                                                 \
    "{\"schema\":\"certmend.failure/1\",\"asked\":{\"input\":"                 \
    "\"mail.example.org\"},\"error\":\"no\"}"
#define MUTE SEEN("untested", "", ENDPOINT("465", "timed_out", ""), "")

static const struct row {
    const char *what, *before, *now, *change, *news;
} rows[] = {
    { "the same", WELL, WELL, "unchanged", "" },
    { "the same, at another time and with another note",
      SEEN("ok", "", BOTH_PORTS, OLD_CERT),
      SEEN("ok", NOTE, BOTH_PORTS, OLD_CERT), "unchanged", "" },
    { "the same fault", SEEN("problems", WRONG, BOTH_PORTS, OLD_CERT),
      SEEN("problems", WRONG, BOTH_PORTS, OLD_CERT), "unchanged", "" },
    { "a new fault", WELL, SEEN("problems", WRONG, BOTH_PORTS, OLD_CERT), "new",
      "new: Wrong name (port 465)" },
    { "on one more port", SEEN("problems", WRONG, BOTH_PORTS, OLD_CERT),
      SEEN("problems", WRONG_993, BOTH_PORTS, OLD_CERT), "new",
      "new: Wrong name (port 993)" },
    { "more grave", SEEN("problems", WRONG_MILD, BOTH_PORTS, OLD_CERT),
      SEEN("problems", WRONG, BOTH_PORTS, OLD_CERT), "new",
      "now an error: Wrong name (port 465)" },
    { "less grave", SEEN("problems", WRONG, BOTH_PORTS, OLD_CERT),
      SEEN("problems", WRONG_MILD, BOTH_PORTS, OLD_CERT), "unchanged", "" },
    { "mended", SEEN("problems", WRONG, BOTH_PORTS, OLD_CERT), WELL, "mended",
      "mended: Wrong name (port 465)" },
    { "mended on one port of two",
      SEEN("problems", WRONG_993, BOTH_PORTS, OLD_CERT),
      SEEN("problems", WRONG, BOTH_PORTS, OLD_CERT), "changed",
      "mended: Wrong name (port 993)" },
    { "a port that is dead is not mended",
      SEEN("problems", WRONG, BOTH_PORTS, OLD_CERT),
      SEEN("ok", "",
           ENDPOINT("465", "refused", "") "," ENDPOINT("993", "verified", "aa"),
           OLD_CERT),
      "changed", "port 465 of mail.example.org no longer answers" },
    { "renewed, by another intermediate of the same authority", WELL,
      SEEN("ok", "",
           ENDPOINT("465", "verified", "bb") "," ENDPOINT("993", "verified",
                                                          "bb"),
           CERT("bb", NAMES, LE("R11"), "2026-11-20", "2027-02-18")),
      "changed", "renewed, to 18 February 2027" },
    { "another authority", WELL,
      SEEN("ok", "",
           ENDPOINT("465", "verified", "bb") "," ENDPOINT("993", "verified",
                                                          "bb"),
           CERT("bb", NAMES, "O=Sectigo, CN=X", "2026-11-20", "2027-02-18")),
      "changed", "another issuer: Sectigo, before it was Let's Encrypt" },
    { "another authority without an organisation", WELL,
      SEEN("ok", "",
           ENDPOINT("465", "verified", "bb") "," ENDPOINT("993", "verified",
                                                          "bb"),
           CERT("bb", NAMES, "CN=FO=O", "2026-11-20", "2027-02-18")),
      "changed", "another issuer: CN=FO=O, before it was Let's Encrypt" },
    { "a name that is lost", WELL,
      SEEN("ok", "",
           ENDPOINT("465", "verified", "bb") "," ENDPOINT("993", "verified",
                                                          "bb"),
           CERT("bb", "\"mail.example.org\"", LE("R11"), "2026-11-20",
                "2027-02-18")),
      "changed",
      "the certificate has lost the name imap.example.org; renewed, to 18 "
      "February 2027" },
    { "a name that a wildcard covers is not lost", WELL,
      SEEN("ok", "",
           ENDPOINT("465", "verified", "bb") "," ENDPOINT("993", "verified",
                                                          "bb"),
           CERT("bb", "\"*.example.org\"", LE("R11"), "2026-11-20",
                "2027-02-18")),
      "changed", "renewed, to 18 February 2027" },
    { "an older one is back", WELL,
      SEEN("ok", "",
           ENDPOINT("465", "verified", "bb") "," ENDPOINT("993", "verified",
                                                          "bb"),
           CERT("bb", NAMES, LE("R10"), "2026-08-01", "2026-11-30")),
      "changed", "another certificate, which ends on 30 November 2026" },
    { "a port that is lost", WELL,
      SEEN("ok", "",
           ENDPOINT("465", "verified", "aa") "," ENDPOINT("993", "timed_out",
                                                          ""),
           OLD_CERT),
      "changed", "port 993 of mail.example.org no longer answers" },
    { "a port that could not be tried is not lost", WELL,
      SEEN("ok", "",
           ENDPOINT("465", "verified", "aa") "," ENDPOINT("993", "not_tried",
                                                          ""),
           OLD_CERT),
      "unchanged", "" },
    { "a port that was not asked for is not lost", WELL,
      SEEN("ok", "", ENDPOINT("465", "verified", "aa"), OLD_CERT), "unchanged",
      "" },
    { "a port that is new",
      SEEN("ok", "",
           ENDPOINT("465", "verified", "aa") "," ENDPOINT("993", "refused", ""),
           OLD_CERT),
      WELL, "changed", "port 993 of mail.example.org answers now" },
    { "not seen this time", WELL, MUTE, "changed",
      "it could not be looked at this time" },
    { "not seen, and no fault is mended by that",
      SEEN("problems", WRONG, BOTH_PORTS, OLD_CERT), MUTE, "changed",
      "it could not be looked at this time" },
    { "not seen then either", MUTE, FAILED, "unchanged", "" },
    { "seen again", MUTE, WELL, "changed", "it could be looked at again" },
    { "seen again, with a fault", FAILED,
      SEEN("problems", WRONG, BOTH_PORTS, OLD_CERT), "new",
      "new: Wrong name (port 465); it could be looked at again" },
    { "it was not there", "", WELL, "new",
      "new: it was not in the earlier run" },
    { "another one was",
      LINE_OF("other.example.org", "", "ok", "100", "", "", "", ""), WELL,
      "new", "new: it was not in the earlier run" },
};

static void test_changes(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        const struct row *row = &rows[i];
        struct arena *a = arena_new();
        struct fleet_past *past = NULL;
        struct fleet_row now = row_of(a, row->now);
        struct err err;
        if (!fleet_since_read(a, row->before, strlen(row->before), "LAST",
                              &past, &err))
            fail_msg("%s: %s", row->what, err.text);
        fleet_since_compare(a, past, &now);
        const char *change = table_text(fleet_change_words, (int)now.change);
        const char *news = fleet_since_text(a, &now);
        if (strcmp(change, row->change) != 0 || strcmp(news, row->news) != 0)
            fail_msg("%s: %s: %s, not %s: %s", row->what, change, news,
                     row->change, row->news);
        arena_free(a);
    }
}

static const struct foreign {
    const char *what, *text;
    size_t len; /* 0: up to the NUL */
    const char *said;
} foreign[] = {
    { "no JSON", "hello\n", 0, "LAST: line 1 is none that" },
    { "another document", "{\"schema\":\"certmend.csrlint/1\"}\n", 0,
      "LAST: line 1 is none that" },
    { "an array", "[1]\n", 0, "LAST: line 1 is none that" },
    { "a number for a text",
      "{\"schema\":\"certmend.report/1\",\"asked\":{\"input\":7}}", 0,
      "LAST: line 1 is none that" },
    { "cut short in its second line", WELL "\n{\"schema\":\"certm", 0,
      "LAST: line 2 is none that" },
    { "a NUL in it", "a\0b", 3, "LAST: lines of" },
};

static void test_foreign(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof foreign / sizeof *foreign; i++) {
        const struct foreign *row = &foreign[i];
        struct arena *a = arena_new();
        struct fleet_past *past = NULL;
        struct err err = { ERR_NONE, "" };
        size_t len = row->len ? row->len : strlen(row->text);
        if (fleet_since_read(a, row->text, len, "LAST", &past, &err))
            fail_msg("%s: it was taken", row->what);
        if (strncmp(err.text, row->said, strlen(row->said)) != 0)
            fail_msg("%s: %s", row->what, err.text);
        arena_free(a);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_changes),
        cmocka_unit_test(test_foreign),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
