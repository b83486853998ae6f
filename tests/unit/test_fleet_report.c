#include "report/fleet_report.h"

#include <string.h>

#include "base/utf8.h"
#include "fleet_lines.h"
#include "report/fleet_since.h"

#define GOOD CERT("aa", "\"a\"", "CN=X", "2026-11-01", "2027-01-30")
#define GONE CERT("bb", "\"a\"", "CN=X", "2026-08-01", "2026-11-27")

static const char *const lines[] = {
    LINE_OF("well.example.org", "Miller", "ok", "100", "",
            ENDPOINT("465", "verified", "aa"), GOOD, ""),
    LINE_OF("care.example.org", "", "problems", "90",
            FINDING("cert.renewal_overdue", "warning", "\"192.0.2.1:25\"",
                    "Renewal is due"),
            ENDPOINT("25", "verified", "aa"), GOOD, FIX("Renew it", "you")),
    LINE_OF("wrong.example.org", "\\u682a\\u5f0f\\u4f1a\\u793e", "problems",
            "20",
            FINDING("name.x", "error",
                    "\"192.0.2.1:993\",\"192.0.2.1:25\",\"[2001:db8::1]:993\"",
                    "Wrong name"),
            ENDPOINT("465", "faulty", "aa"), GOOD,
            FIX("Use another name", "user") "," FIX("Ask", "provider")),
    LINE_OF("ended.example.org", "", "problems", "20",
            FINDING("cert.expired", "error", "\"2001:db8::1\"", "It has ended"),
            ENDPOINT("465", "faulty", "bb"), GONE, FIX("Renew it", "you")),
    LINE_OF("mute.example.org", "", "untested", "0", "",
            ENDPOINT("465", "timed_out", ""), "", ""),
    ("{\"schema\":\"certmend.failure/1\",\"asked\":{\"input\":\"no "
     "target\"},\"error\":\"it has a blank\"}"),
};

/* What a customer, a server or a certificate may call itself. */
static const char hostile[] = LINE_OF(
    "=cmd|' /C calc'!A0", "<script>alert(1)</script>\\r\\n@x", "problems", "5",
    FINDING("name.x", "error", "\"192.0.2.1:465\"",
            "-2+3 \\u001b[31m\\\"red\\\" & \\n<b>"),
    ENDPOINT("465", "faulty", "aa"),
    CERT("aa", "\"\\u001b]0;x\\u0007\"", "O=<i>, CN=\\\"", "2026-11-01",
         "2027-01-30"),
    FIX("+1\\\\\\\"", "you"));

static struct fleet_rows rows_of(struct arena *a, const char *const *texts,
                                 size_t len)
{
    struct fleet_row *rows = arena_alloc(a, len, sizeof *rows);
    const struct fleet_row **items =
        arena_alloc(a, len, sizeof(struct fleet_row *));

    for (size_t i = 0; i < len; i++) {
        rows[i] = row_of(a, texts[i]);
        rows[i].at = i;
        items[i] = &rows[i];
    }
    fleet_row_sort(items, len);
    return (struct fleet_rows){ items, len };
}

static struct fleet_rows all_rows(struct arena *a)
{
    return rows_of(a, lines, sizeof lines / sizeof *lines);
}

static void expect(const char *what, const char *got, const char *wanted)
{
    if (strcmp(got, wanted) != 0)
        fail_msg("%s: got\n%s\nwanted\n%s", what, got, wanted);
}

static void test_table(void **state)
{
    struct arena *a = arena_new();
    struct fleet_rows rows = all_rows(a);
    struct buf out;

    (void)state;
    buf_init(&out, a, 100000);
    fleet_report_table(a, &rows, 1000, &out);
    expect(
        "a table", out.text,
        "TARGET             LABEL     VERDICT    FAULT                       "
        "PORT     DAYS  WHO     FIX\n"
        "ended.example.org            error      It has ended                "
        "           -1  server  Renew it\n"
        "wrong.example.org  \xe6\xa0\xaa\xe5\xbc\x8f\xe4\xbc\x9a\xe7\xa4\xbe"
        "  error      Wrong name                  25, 993    63  users   "
        "Use another name\n"
        "care.example.org             warning    Renewal is due              "
        "25         63  server  Renew it\n"
        "mute.example.org             untested   Nothing could be looked at\n"
        "no target                    no target  it has a blank\n"
        "well.example.org   Miller    ok                                     "
        "           63\n"
        "\n"
        "6 targets: 2 with errors, 1 with warnings, 1 not seen, 1 no "
        "target, 1 where all is well.\n");
    arena_free(a);
}

static int widest(const char *text)
{
    int most = 0;

    while (*text) {
        size_t len = strcspn(text, "\n");
        int columns = utf8_columns(text, len);
        most = columns > most ? columns : most;
        text += len + (text[len] == '\n');
    }
    return most;
}

/* Whatever the texts are and whatever the width: one line each, which fits. */
static void test_widths(void **state)
{
    (void)state;
    for (int width = 40; width <= 120; width++) {
        struct arena *a = arena_new();
        const char *texts[] = { hostile, lines[0], lines[2], lines[3],
                                lines[5] };
        struct fleet_rows rows = rows_of(a, texts, 5);
        struct buf out;
        size_t count = 0;
        buf_init(&out, a, 100000);
        fleet_report_table(a, &rows, width, &out);
        if (widest(out.text) > width || !strstr(out.text, "wrong.e") ||
            !strstr(out.text, "Wrong") || strchr(out.text, '\x1b'))
            fail_msg("%d columns: %d\n%s", width, widest(out.text), out.text);
        const char *sum = strstr(out.text, "\n\n");
        for (const char *at = out.text; at < sum; at++)
            count += *at == '\n';
        if (count != 5) /* and the last one is the blank line's */
            fail_msg("%d columns: %zu lines\n%s", width, count, out.text);
        arena_free(a);
    }
}

static void test_csv(void **state)
{
    struct arena *a = arena_new();
    const char *texts[] = { hostile, lines[3], lines[0] };
    struct fleet_rows rows = rows_of(a, texts, 3);
    struct buf out;

    (void)state;
    buf_init(&out, a, 100000);
    fleet_report_csv(a, &rows, &out);
    expect("csv", out.text,
           "target,label,verdict,fault,finding,port,days_left,who,fix\r\n"
           "\"'=cmd|' /C calc'!A0\",\"<script>alert(1)</script>\?\?@x\","
           "\"error\",\"'-2+3 ?[31m\"\"red\"\" & ?<b>\",\"name.x\",\"465\",63,"
           "\"whoever runs the server\",\"'+1\\\"\"\"\r\n"
           "\"ended.example.org\",\"\",\"error\",\"It has ended\","
           "\"cert.expired\",\"\",-1,\"whoever runs the server\",\"Renew "
           "it\"\r\n"
           "\"well.example.org\",\"Miller\",\"ok\",\"\",\"\",\"\",63,\"\","
           "\"\"\r\n");
    arena_free(a);
}

static const struct formula {
    const char *typed, *wanted; /* in JSON; how the field begins */
} formulas[] = {
    { "=1+1", "\"'=1+1\"" },
    { "@SUM(1)", "\"'@SUM(1)\"" },
    { "-1", "\"'-1\"" },
    { "+1", "\"'+1\"" },
    { "  =1", "\"'  =1\"" },
    { "\\uff1d1", "\"'\xef\xbc\x9d"
                  "1\"" },
    { "a=1", "\"a=1\"" },
    { "a;=1", "\"a;=1\"" },
    { "mail-1.example.org", "\"mail-1.example.org\"" },
    { "a,b", "\"a,b\"" },
    { "\\\"", "\"\"\"\"" },
};

static void test_formulas(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof formulas / sizeof *formulas; i++) {
        struct arena *a = arena_new();
        const char *text = arena_printf(
            a,
            "{\"schema\":\"certmend.failure/1\",\"asked\":{\"input\":\"%s\"}}",
            formulas[i].typed);
        struct fleet_rows rows = rows_of(a, &text, 1);
        struct buf out;
        buf_init(&out, a, 10000);
        fleet_report_csv(a, &rows, &out);
        const char *line = strstr(out.text, "\r\n") + 2;
        const char *wanted = arena_printf(a, "%s,", formulas[i].wanted);
        if (strncmp(line, wanted, strlen(wanted)) != 0)
            fail_msg("%s: %s", formulas[i].typed, line);
        arena_free(a);
    }
}

static void test_metrics(void **state)
{
    struct arena *a = arena_new();
    const char *texts[] = { hostile, lines[5], lines[2], lines[2] };
    struct fleet_rows rows = rows_of(a, texts, 4);
    struct buf out;

    (void)state;
    buf_init(&out, a, 100000);
    fleet_report_metrics(a, &rows, &out);
    static const char *const there[] = {
        "\ncertmend_target_ok{target=\"=cmd|' /C calc'!A0\"} 0\n",
        "\ncertmend_target_seen{target=\"no target\"} 0\n",
        "\ncertmend_certificate_not_after_timestamp_seconds{target=\"wrong."
        "example.org\"} 1801267200\n",
        "\ncertmend_target_faults{target=\"wrong.example.org\",severity="
        "\"error\"} 1\n",
        "\ncertmend_target_worst_fault{target=\"wrong.example.org\",finding="
        "\"name.x\"} 1\n",
        "\ncertmend_targets{verdict=\"error\"} 2\n",
        "} 0\n# EOF\n",
    };
    for (size_t i = 0; i < sizeof there / sizeof *there; i++)
        if (!strstr(out.text, there[i]))
            fail_msg("%s is not there:\n%s", there[i], out.text);
    if (strstr(out.text, "certmend_target_ok{target=\"no target\"}"))
        fail_msg("of no target it is said whether it is well");
    const char *once = strstr(out.text, "seen{target=\"wrong.example.org\"}");
    if (strstr(once + 1, "seen{target=\"wrong.example.org\"}"))
        fail_msg("a sample is there twice:\n%s", out.text);
    if (strstr(out.text, "script") || strstr(out.text, "red"))
        fail_msg("what others say is a label:\n%s", out.text);
    arena_free(a);
}

static void test_compared(void **state)
{
    struct arena *a = arena_new();
    struct fleet_row row = row_of(a, lines[2]);
    const struct fleet_row *items[] = { &row };
    const struct fleet_rows rows = { items, 1 };
    struct fleet_past *past = NULL;
    struct buf csv, table;
    struct err err;

    (void)state;
    assert_true(fleet_since_read(a, "", 0, "LAST", &past, &err));
    fleet_since_compare(a, past, &row);
    buf_init(&csv, a, 10000);
    buf_init(&table, a, 10000);
    fleet_report_csv(a, &rows, &csv);
    fleet_report_table(a, &rows, 1000, &table);
    assert_non_null(strstr(csv.text, ",fix,since,news\r\n"));
    assert_non_null(strstr(
        csv.text, ",\"new\",\"new: it was not in the earlier run\"\r\n"));
    assert_non_null(strstr(table.text, "  new: it was not in"));
    arena_free(a);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_table),   cmocka_unit_test(test_widths),
        cmocka_unit_test(test_csv),     cmocka_unit_test(test_formulas),
        cmocka_unit_test(test_metrics), cmocka_unit_test(test_compared),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
