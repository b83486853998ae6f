#include <string.h>

#include "report/fleet_report.h"
#include "report/fleet_since.h"
#include "report/html_page.h"

static bool has_labels(const struct fleet_rows *rows)
{
    for (size_t i = 0; i < rows->len; i++)
        if (*rows->items[i]->label)
            return true;
    return false;
}

static void put_headings(bool labels, bool compared, struct buf *out)
{
    static const char *const headings[] = { "Verdict",  "Worst fault",
                                            "Port",     "Days left",
                                            "Who acts", "Best way" };

    buf_text(out, "<table>\n<tr>");
    html_page_element(out, "th", "Target");
    html_page_element(out, "th", labels ? "Whose" : NULL);
    html_page_element(out, "th", compared ? "Since then" : NULL);
    for (size_t i = 0; i < sizeof headings / sizeof *headings; i++)
        html_page_element(out, "th", headings[i]);
    buf_text(out, "</tr>\n");
}

static void put_row(struct arena *a, const struct fleet_row *r, bool labels,
                    struct buf *out)
{
    const char *days =
        r->has_days ? arena_printf(a, "%lld", (long long)r->days) : "";

    buf_text(out, "<tr><td>");
    if (r->faults_len)
        buf_printf(out, "<a href=\"#t%zu\">", r->at);
    html_page_text(out, r->target);
    buf_text(out, r->faults_len ? "</a></td>\n" : "</td>\n");
    html_page_element(out, "td", labels ? r->label : NULL);
    html_page_element(out, "td", r->compared ? fleet_since_words(a, r) : NULL);
    html_page_element(out, "td", table_text(fleet_grade_words, (int)r->grade));
    html_page_element(out, "td", r->fault);
    html_page_element(out, "td", r->port);
    html_page_element(out, "td", days);
    html_page_element(out, "td", r->who);
    html_page_element(out, "td", r->fix);
    buf_text(out, "</tr>\n");
}

static const char *title_of(struct arena *a, const struct fleet_fault *f)
{
    struct buf ports;

    if (!f->ports.len)
        return f->title;
    buf_init(&ports, a, 200);
    text_list_tell_most(&ports, f->ports.text, f->ports.len, 8);
    return arena_printf(a, "%s (port%s %s)", f->title,
                        f->ports.len == 1 ? "" : "s", ports.text);
}

/* Below the table: what else is wrong with it. */
static void put_faults(struct arena *a, const struct fleet_row *r,
                       struct buf *out)
{
    if (!r->faults_len)
        return;
    buf_printf(out, "<h2 id=\"t%zu\">", r->at);
    html_page_text(out, r->target);
    buf_text(out, "</h2>\n");
    html_page_element(out, "p", *r->label ? r->label : NULL);
    buf_text(out, "<dl>\n");
    for (size_t i = 0; i < r->faults_len; i++) {
        if (r->faults[i].is_part)
            continue;
        html_page_element(out, "dt", title_of(a, &r->faults[i]));
        html_page_element(out, "dd", r->faults[i].detail);
    }
    buf_text(out, "</dl>\n");
    if (*r->fix)
        html_page_element(
            out, "p", arena_printf(a, "Best way: %s (%s).", r->fix, r->who));
}

void fleet_report_html(struct arena *a, const struct fleet_rows *rows,
                       struct buf *out)
{
    bool labels = has_labels(rows);
    bool compared = rows->len && rows->items[0]->compared;
    const char *sum = fleet_row_sum(a, rows->items, rows->len);

    html_page_begin(out, arena_printf(a, "certmend: %zu targets", rows->len),
                    true);
    html_page_element(out, "h1", sum);
    put_headings(labels, compared, out);
    for (size_t i = 0; i < rows->len; i++)
        put_row(a, rows->items[i], labels, out);
    buf_text(out, "</table>\n");
    for (size_t i = 0; i < rows->len; i++)
        put_faults(a, rows->items[i], out);
    html_page_end(out);
}
