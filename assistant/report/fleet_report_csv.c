#include "report/fleet_report.h"

#include <string.h>

#include "report/fleet_since.h"

/* A spreadsheet takes what begins so for a formula, full-width or not; with an
 * apostrophe before it, for text. */
static bool is_formula(const char *text)
{
    static const char *const begins[] = {
        "=",
        "+",
        "-",
        "@",
        "\t",
        "\r",
        "\n",
        "\xef\xbc\x9d", /* U+FF1D, and the others of full width */
        "\xef\xbc\x8b",
        "\xef\xbc\x8d",
        "\xef\xbc\xa0",
    };

    text += strspn(text, " ");
    for (size_t i = 0; i < sizeof begins / sizeof *begins; i++)
        if (strncmp(text, begins[i], strlen(begins[i])) == 0)
            return true;
    return false;
}

/* Always in quotes: where ";" parts the fields, "a;=1" would be two. */
static void put_field(struct buf *out, const char *text)
{
    buf_char(out, '"');
    if (is_formula(text))
        buf_char(out, '\'');
    for (; *text; text++) {
        if (*text == '"')
            buf_char(out, '"');
        buf_char(out, *text);
    }
    buf_char(out, '"');
}

/* RFC 4180 2.1 */
static void put_line(struct buf *out, const char *const *fields, size_t len)
{
    for (size_t i = 0; i < len; i++) {
        if (i)
            buf_char(out, ',');
        put_field(out, fields[i]);
    }
}

/* A number of our own, which may be negative and is no formula. */
static void put_row(struct arena *a, const struct fleet_row *r, bool compared,
                    struct buf *out)
{
    const char *before[] = {
        r->target, r->label,    table_text(fleet_grade_words, (int)r->grade),
        r->fault,  r->fault_id, r->port
    };
    const char *behind[] = { r->who, r->fix };
    const char *since[] = { r->compared
                                ? table_text(fleet_change_words, (int)r->change)
                                : "",
                            fleet_since_text(a, r) };

    put_line(out, before, sizeof before / sizeof *before);
    buf_char(out, ',');
    if (r->has_days)
        buf_printf(out, "%lld", (long long)r->days);
    buf_char(out, ',');
    put_line(out, behind, sizeof behind / sizeof *behind);
    if (compared) {
        buf_char(out, ',');
        put_line(out, since, sizeof since / sizeof *since);
    }
    buf_text(out, "\r\n");
}

void fleet_report_csv(struct arena *a, const struct fleet_rows *rows,
                      struct buf *out)
{
    bool compared = rows->len && rows->items[0]->compared;

    buf_printf(out,
               "target,label,verdict,fault,finding,port,days_left,who,fix"
               "%s\r\n",
               compared ? ",since,news" : "");
    for (size_t i = 0; i < rows->len; i++)
        put_row(a, rows->items[i], compared, out);
}
