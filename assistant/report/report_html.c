#include <string.h>

#include "base/clock.h"
#include "facts/cell_state.h"
#include "facts/client_view.h"
#include "model/host_port.h"
#include "report/html_page.h"
#include "report/report_gaps.h"
#include "report/report_words.h"

/* "mail.example.com:465 at 192.0.2.1" */
static const char *place_of(struct arena *a, const struct cell *c)
{
    const char *place = host_port_text(a, c->host, c->port);

    return name_is_ip(c->host) ? place
                               : arena_printf(a, "%s at %s", place, c->address);
}

static const char *days_left(struct arena *a, const struct survey *s,
                             const struct cell *c)
{
    const struct cert *leaf = cell_leaf(s, c);
    int64_t left_s = leaf ? leaf->not_after - s->judged_at : -1;

    return left_s < 0 ? "" : arena_printf(a, "%lld", (long long)left_s / DAY_S);
}

static void put_ports(struct arena *a, const struct survey *s, struct buf *out)
{
    buf_text(out, "<h2>What every port shows</h2>\n<table>\n<tr><th>Where</th>"
                  "<th>Service</th>");
    buf_text(out, s->ways ? "<th>How it was found</th>" : "");
    buf_text(out, "<th>State</th><th>Certificate</th><th>Days left</th>"
                  "</tr>\n");
    for (size_t i = 0; i < s->cells_len; i++) {
        const struct cell *c = &s->cells[i];
        const struct service *service = service_find(c->service);
        const char *name = report_leaf_name(s, c);
        if (!client_view_counts(s, c))
            continue;
        buf_text(out, "<tr>");
        html_page_element(out, "td",
                          c->port ? place_of(a, c) : s->target.input);
        html_page_element(out, "td", service ? service->about : c->service);
        html_page_element(out, "td", s->ways ? report_cell_source(s, c) : NULL);
        html_page_element(out, "td", report_cell_words(a, s, c));
        html_page_element(out, "td", name ? name : "");
        html_page_element(out, "td", days_left(a, s, c));
        buf_text(out, "</tr>\n");
    }
    buf_text(out, "</table>\n");
}

/* What an all-clear does not rest on. */
static void put_gaps(struct arena *a, const struct survey *s, struct buf *out)
{
    struct report_gaps gaps = report_gaps(a, s);

    if (!gaps.len)
        return;
    html_page_element(out, "h2", "Not looked at");
    buf_text(out, "<ul>\n");
    for (size_t i = 0; i < gaps.len; i++)
        html_page_element(
            out, "li",
            arena_printf(a, "%s: %s.", gaps.items[i].what, gaps.items[i].why));
    buf_text(out, "</ul>\n");
}

static void put_confidence(struct arena *a, const struct report *r,
                           struct buf *out)
{
    const struct confidence *sure = &r->plan->confidence;

    if (report_verdict(r) != VERDICT_PROBLEMS)
        return;
    html_page_element(
        out, "h2",
        arena_printf(a, "Confidence that mail gets through: %d of 100",
                     100 - sure->lost));
    buf_text(out, "<ul>\n");
    for (size_t i = 0; i < sure->len; i++)
        html_page_element(
            out, "li",
            arena_printf(a, "%d points less: %s", sure->items[i].points,
                         report_deduction(a, r, &sure->items[i])));
    buf_text(out, "</ul>\n");
}

static void put_parts(struct arena *a, const struct report *r,
                      const struct finding *f, struct buf *out)
{
    struct text_list parts = report_parts(a, r, f);

    if (!parts.len)
        return;
    buf_text(out, "<p>The same fault:</p>\n<ul>\n");
    for (size_t i = 0; i < parts.len; i++)
        html_page_element(out, "li", parts.text[i]);
    buf_text(out, "</ul>\n");
}

static void put_findings(struct arena *a, const struct report *r,
                         struct buf *out)
{
    if (r->findings->len)
        html_page_element(out, "h2", "What was found");
    for (size_t i = 0; i < r->findings->len; i++) {
        const struct finding *f = &r->findings->items[i];
        if (plan_part_of(r->plan, i))
            continue;
        html_page_element(out, "h3", f->def->title);
        html_page_element(out, "p", f->detail);
        html_page_element(out, "p", f->def->why);
        put_parts(a, r, f, out);
        buf_text(out, "<p><small>");
        html_page_text(out, table_text(severity_words, (int)f->severity));
        buf_text(out, ", ");
        html_page_element(out, "code", f->def->id);
        buf_text(out, "</small></p>\n");
    }
}

static void put_fix(struct arena *a, const struct fix *f, struct buf *out)
{
    html_page_element(out, "h3", f->title ? f->title : f->def->title);
    html_page_element(out, "p", f->why);
    html_page_element(out, "p",
                      arena_printf(a, "Who: %s. Effort: %s. Risk: %s.",
                                   report_actors[f->def->actor], f->def->effort,
                                   report_risks[f->def->risk]));
    if (f->proof_detail)
        html_page_element(out, "p",
                          arena_printf(a, "%s: %s", report_proofs[f->proof],
                                       f->proof_detail));
    for (size_t i = 0; i < f->gates_len; i++)
        if (!f->gates[i].open)
            html_page_element(out, "p",
                              arena_printf(a, "Not before this is settled: %s",
                                           f->gates[i].detail));
    buf_text(out, "<ol>\n");
    for (size_t i = 0; i < f->steps_len; i++) {
        buf_text(out, "<li>");
        html_page_element(out, "pre", f->steps[i]);
        buf_text(out, "</li>\n");
    }
    buf_text(out, "</ol>\n");
    if (f->asks_software)
        html_page_element(out, "p", report_general_steps);
    html_page_element(out, "code", f->recheck);
}

void report_html(struct arena *a, const struct report *r, struct buf *out)
{
    html_page_begin(out, arena_printf(a, "certmend: %s", report_asked(r)),
                    false);
    html_page_element(out, "h1", report_sentence(a, r));
    put_ports(a, r->survey, out);
    if (report_verdict(r) == VERDICT_OK)
        put_gaps(a, r->survey, out);
    put_findings(a, r, out);
    put_confidence(a, r, out);
    if (r->plan->len)
        html_page_element(out, "h2", "What to do, best first");
    for (size_t i = 0; i < r->plan->len; i++)
        put_fix(a, &r->plan->items[i], out);
    html_page_end(out);
}
