#include "page/page_fleet.h"

#include <string.h>

#include "fleet_lines.h"
#include "report/fleet_since.h"
#include "run/page_alone.h"

enum { PAGE_MAX = 1000 * 1000 };

#define GOOD CERT("aa", "\"a\"", "CN=X", "2026-11-01", "2027-01-30")
#define GONE CERT("bb", "\"a\"", "CN=X", "2026-08-01", "2026-11-27")

static const char well[] =
    LINE_OF("well.example.org", "Miller", "ok", "100", "",
            ENDPOINT("465", "verified", "aa"), GOOD, "");
static const char care[] =
    LINE_OF("care.example.org", "", "problems", "90",
            FINDING("cert.renewal_overdue", "warning", "\"192.0.2.1:25\"",
                    "Renewal is due"),
            ENDPOINT("25", "verified", "aa"), GOOD, FIX("Renew it", "you"));
static const char wrong[] = LINE_OF(
    "wrong.example.org", "", "problems", "20",
    FINDING("name.x", "error", "\"192.0.2.1:993\",\"192.0.2.1:25\"",
            "Wrong name"),
    ENDPOINT("465", "faulty", "aa"), GOOD, FIX("Use another name", "user"));
static const char ended[] =
    LINE_OF("ended.example.org", "", "problems", "20",
            FINDING("cert.expired", "error", "\"192.0.2.1:465\"", "It ended"),
            ENDPOINT("465", "faulty", "bb"), GONE, FIX("Renew it", "you"));
static const char mute[] = LINE_OF("mute.example.org", "", "untested", "0", "",
                                   ENDPOINT("465", "timed_out", ""), "", "");
static const char none[] =
    "{\"schema\":\"certmend.failure/1\",\"asked\":{\"input\":\"no "
    "target\"},\"error\":\"it has a blank\"}";

/* What a customer, a server or a certificate may call itself. */
static const char hostile[] = LINE_OF(
    "=cmd|' /C calc'!A0", "<script>alert(1)</script>\\r\\n@x", "problems", "5",
    FINDING("name.x", "error", "\"192.0.2.1:465\"",
            "-2+3 \\u001b[31m\\\"red\\\" & \\n<b>{{target}}\\u202e"),
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

static const char *page_of(struct arena *a, const struct fleet_rows *rows,
                           const struct page_fleet_options *o)
{
    const struct page_request p = { .name = "table",
                                    .title = "t",
                                    .data = page_fleet(a, rows, o) };
    struct err err = { 0 };
    struct buf out;

    buf_init(&out, a, PAGE_MAX);
    if (!page_alone(a, &p, &out, &err))
        fail_msg("%s", err.text);
    return out.text;
}

static const struct heading {
    const char *what, *texts[4], *wanted;
} headings[] = {
    { "one fails", { wrong, well, care }, "<h1>1 of 3 needs mending</h1>" },
    { "two fail", { wrong, ended, well }, "<h1>2 of 3 need mending</h1>" },
    { "a warning",
      { care, well },
      "<h1>Nothing fails now; 1 of 2 has a warning</h1>" },
    { "not seen", { mute, well }, "<h1>1 of 2 could not be looked at</h1>" },
    { "all fit", { well, well }, "<h1>Nothing is wrong with any of 2</h1>" },
    { "one fits, and one is no target",
      { well, none },
      "<h1>Nothing is wrong with 1; 1 not understood</h1>" },
    { "one fits", { well }, "<h1>Nothing is wrong</h1>" },
    { "no target", { none }, "<h1>There was nothing to look at</h1>" },
};

static void test_headings(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof headings / sizeof *headings; i++) {
        struct arena *a = arena_new();
        const struct heading *h = &headings[i];
        size_t len = 0;
        while (len < 4 && h->texts[len])
            len++;
        struct fleet_rows rows = rows_of(a, h->texts, len);
        const char *page =
            page_of(a, &rows, &(struct page_fleet_options){ .at = NULL });
        if (!strstr(page, h->wanted))
            fail_msg("%s: %s is not in\n%s", h->what, h->wanted, page);
        arena_free(a);
    }
}

static void test_file(void **state)
{
    struct arena *a = arena_new();
    const char *texts[] = { hostile, wrong, well, ended };
    static const char *const never[] = { "<script", "<b>",       "<i>",
                                         "\x1b",    "http:",     "src=",
                                         "\u202e",  "=cmd|' /C", "<form" };
    static const char *const there[] = {
        "&lt;script&gt;alert(1)&lt;/script&gt;",
        "=cmd|&#39; /C",
        "{{target}}?",
        "data-l=\"Port\">25, 993</td>",
        "data-l=\"Best fix\">Use another name</td>",
        "data-l=\"Who acts\">whoever runs the server</td>",
        "27 November 2026 <span class=\"days\">(1 day ago)</span>",
        "30 January 2027 <span class=\"days\">(63 days left)</span>",
        "4 targets: 3 with errors, 1 where all is well.",
        "<a class=\"name\" href=\"#t1\">wrong.<wbr>example.<wbr>org</a>",
        "id=\"t1\"",
        "data-l=\"Whose\">Miller</td>",
        "(ports 25, 993)",
        "<span>Fails</span>",
        "<span>Fits</span>",
        "Last look: 28 November 2026 at 00:00 UTC.",
    };
    struct fleet_rows rows = rows_of(a, texts, 4);

    (void)state;
    const char *page =
        page_of(a, &rows, &(struct page_fleet_options){ .at = NULL });
    for (size_t i = 0; i < sizeof never / sizeof *never; i++)
        if (strstr(page, never[i]))
            fail_msg("%s is there", never[i]);
    for (size_t i = 0; i < sizeof there / sizeof *there; i++)
        if (!strstr(page, there[i]))
            fail_msg("%s is not there", there[i]);
    arena_free(a);
}

static void test_compared(void **state)
{
    struct arena *a = arena_new();
    struct fleet_row row = row_of(a, wrong);
    const struct fleet_row *items[] = { &row };
    const struct fleet_rows rows = { items, 1 };
    struct fleet_past *past = NULL;
    struct err err;

    (void)state;
    const struct page_fleet_options alone = { .at = NULL };
    assert_null(strstr(page_of(a, &rows, &alone), "Since then"));
    assert_null(strstr(page_of(a, &rows, &alone), "Whose"));
    assert_true(fleet_since_read(a, "", 0, "LAST", &past, &err));
    fleet_since_compare(a, past, &row);
    assert_non_null(strstr(page_of(a, &rows, &alone),
                           "data-l=\"Since then\">new: it was not in"));
    arena_free(a);
}

static const char *row_at(void *arg, size_t at)
{
    return at == 0 ? NULL : arg;
}

static void test_served(void **state)
{
    struct arena *a = arena_new();
    const char *texts[] = { well, wrong };
    struct fleet_rows rows = rows_of(a, texts, 2);
    char link[] = "/a/0f/1";

    (void)state;
    const char *page =
        page_of(a, &rows,
                &(struct page_fleet_options){ .at = "/a/0f",
                                              .csrf_again = "c\"s",
                                              .row_at = row_at,
                                              .arg = link });
    assert_non_null(strstr(page, "action=\"/a/0f/again\""));
    assert_non_null(strstr(page, "value=\"c&quot;s\""));
    assert_non_null(strstr(page, "href=\"/a/0f/table.csv\" download>"));
    assert_non_null(strstr(page, "href=\"/a/0f/1\">wrong."));
    assert_null(strstr(page, "href=\"/a/0f/1\">well."));
    arena_free(a);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_headings),
        cmocka_unit_test(test_file),
        cmocka_unit_test(test_compared),
        cmocka_unit_test(test_served),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
