#include <string.h>

#include "base/clock.h"
#include "base/term.h"
#include "base/utf8.h"
#include "report/report_domain.h"
#include "report/report_gaps.h"
#include "report/report_ports.h"
#include "report/report_words.h"

enum {
    LEFT_WIDTH_MIN = 16, /* of "You asked for" */
    LEFT_WIDTH_MAX = 38,
    SIDE_GAPS = 4 + 3, /* beside it; the right head is that much wider */
    NAMES_TOLD = 6,
    PLACES_TOLD = 4,
    LINE_MAX_BYTES = 4000,
};

static const enum term_style severity_styles[] = {
    [SEV_INFO] = TERM_PLAIN,
    [SEV_WARNING] = TERM_BOLD,
    [SEV_ERROR] = TERM_BAD,
};

/* Folded first: a style may reach over the end of a line. */
static void put_styled(struct arena *a, enum term_style style, const char *text,
                       int indent, int width, struct buf *out)
{
    struct buf folded;

    buf_init(&folded, a, LINE_MAX_BYTES);
    term_wrap(&folded, text, indent, width);
    if (folded.len)
        buf_text(out,
                 term_styled(a, style,
                             arena_text_n(a, folded.text, folded.len - 1)));
}

static void heading(struct arena *a, const char *text, struct buf *out)
{
    buf_char(out, '\n');
    put_styled(a, TERM_BOLD, text, 0, term_row_width(), out);
    buf_char(out, '\n');
}

/* `width` 0: one below the other. */
static void side_line(struct buf *out, int width, const char *left,
                      const char *right)
{
    const struct term_row row = { "  ", left, width, right };

    if (width)
        term_row(out, &row, term_row_width());
    else
        term_hang(out, "    ", right, term_row_width());
}

static void put_offered(struct arena *a, const struct cert *leaf, int width,
                        const char *first, struct buf *out)
{
    struct text_list names[] = { leaf->dns_names, leaf->ip_names };
    size_t all = names[0].len + names[1].len, told = 0;

    for (size_t l = 0; l < 2; l++)
        for (size_t i = 0; i < names[l].len && told < NAMES_TOLD; i++)
            side_line(out, width, told++ ? "" : first, names[l].text[i]);
    if (all == 0)
        side_line(out, width, first, "no name at all");
    if (all > told)
        side_line(out, width, "", arena_printf(a, "and %zu more", all - told));
    if (!all && leaf->subject_cn)
        side_line(
            out, width, "",
            arena_printf(a, "(only the outdated CN: %s)", leaf->subject_cn));
}

/* Columns of the left side; 0: there is no room for a right one. */
static int side_width(const char *asked)
{
    int width = utf8_columns(asked, strlen(asked));

    width = width < LEFT_WIDTH_MIN ? LEFT_WIDTH_MIN : width;
    width = width > LEFT_WIDTH_MAX ? LEFT_WIDTH_MAX : width;
    return term_is_narrow(term_width(), width + SIDE_GAPS) ? 0 : width;
}

static void put_side_heads(struct buf *out, int width, const char *asked)
{
    static const char left[] = "You asked for";
    static const char right[] = "The server's certificate is for";

    if (!width) {
        buf_printf(out, "  %s\n    %s\n  %s\n", left, asked, right);
        return;
    }
    side_line(out, width, left, right);
    side_line(out, width, "-------------", "-------------------------------");
}

static void put_sides(struct arena *a, const struct report *r, struct buf *out)
{
    const struct cell *c = report_compared(r);

    if (!c)
        return;
    const struct cert *leaf = cell_leaf(r->survey, c);
    int width = side_width(c->reference);
    buf_char(out, '\n');
    put_side_heads(out, width, c->reference);
    put_offered(a, leaf, width, c->reference, out);
    side_line(out, width, "",
              arena_printf(a, "signed by %s",
                           leaf->issuer_cn ? leaf->issuer_cn : leaf->issuer));
    side_line(out, width, "",
              arena_printf(a, "valid from %s to %s",
                           clock_day(a, leaf->not_before),
                           clock_day(a, leaf->not_after)));
}

static void put_places(struct arena *a, const struct report *r,
                       const struct finding *f, struct buf *out)
{
    struct text_list where = report_where(a, r->survey, f);
    const char *head = f->cells_len ? "Seen at " : "About ";
    struct buf line;

    if (!where.len)
        return;
    buf_init(&line, a, LINE_MAX_BYTES);
    buf_text(&line, head);
    text_list_tell_most(&line, where.text, where.len, PLACES_TOLD);
    term_wrap(out, line.text, 4, term_width());
}

static void put_title(struct arena *a, const struct finding *f, struct buf *out)
{
    const char *title = f->def->title;
    size_t columns = strlen(title) + strlen(f->def->id) + sizeof "    []";
    const char *gap = columns > (size_t)term_width() ? "\n    " : "  ";

    put_styled(a, severity_styles[f->severity], title, 2, term_row_width(),
               out);
    buf_printf(out, "%s[%s]\n", gap, f->def->id);
}

static void put_parts(struct arena *a, const struct report *r,
                      const struct finding *f, struct buf *out)
{
    struct text_list parts = report_parts(a, r, f);

    if (parts.len)
        term_wrap(out, "The same fault:", 4, term_width());
    for (size_t i = 0; i < parts.len; i++)
        term_hang(out, "    - ", parts.text[i], term_width());
}

static void put_problems(struct arena *a, const struct report *r,
                         struct buf *out)
{
    heading(a, "What is wrong", out);
    for (size_t i = 0; i < r->findings->len; i++) {
        const struct finding *f = &r->findings->items[i];
        if (f->severity == SEV_INFO || plan_part_of(r->plan, i))
            continue;
        put_title(a, f, out);
        term_wrap(out, f->detail, 4, term_width());
        term_wrap(out, f->def->why, 4, term_width());
        put_places(a, r, f, out);
        put_parts(a, r, f, out);
    }
}

static void put_confidence(struct arena *a, const struct report *r,
                           struct buf *out)
{
    const struct confidence *sure = &r->plan->confidence;

    heading(a,
            arena_printf(a, "Confidence that mail gets through: %d of 100",
                         100 - sure->lost),
            out);
    for (size_t i = 0; i < sure->len; i++)
        term_hang(out, arena_printf(a, "  %4d  ", -sure->items[i].points),
                  report_deduction(a, r, &sure->items[i]), term_width());
}

static void put_notes(struct arena *a, const struct report *r, struct buf *out)
{
    if (!report_count(r, SEV_INFO))
        return;
    heading(a, "Worth knowing", out);
    for (size_t i = 0; i < r->findings->len; i++) {
        const struct finding *f = &r->findings->items[i];
        if (f->severity == SEV_INFO)
            term_wrap(out, arena_printf(a, "%s. %s", f->def->title, f->detail),
                      2, term_width());
    }
}

/* The first line is prose; lines that begin with a blank are to be typed or
 * pasted and stay as they are. */
static void put_step(struct arena *a, size_t number, const char *step,
                     struct buf *out)
{
    const char *head = arena_printf(a, "  %zu. ", number);

    while (*step) {
        size_t len = strcspn(step, "\n");
        const char *line = arena_text_n(a, step, len);
        if (*line == ' ')
            buf_printf(out, "     %s\n", line);
        else
            term_hang(out, head, line, term_width());
        head = "     ";
        step += len + (step[len] == '\n');
    }
}

static const char *title_of(const struct fix *f)
{
    return f->title ? f->title : f->def->title;
}

static void put_gates(struct arena *a, const struct fix *f, struct buf *out)
{
    for (size_t i = 0; i < f->gates_len; i++)
        if (!f->gates[i].open)
            term_wrap(out,
                      arena_printf(a, "Not before this is settled: %s",
                                   f->gates[i].detail),
                      2, term_width());
}

static void put_best_fix(struct arena *a, const struct fix *f, struct buf *out)
{
    heading(a, arena_printf(a, "The best way: %s", title_of(f)), out);
    if (f->why)
        term_wrap(out, f->why, 2, term_width());
    term_wrap(out,
              arena_printf(a, "Who: %s. Effort: %s. Risk: %s.",
                           report_actors[f->def->actor], f->def->effort,
                           report_risks[f->def->risk]),
              2, term_width());
    if (f->proof_detail)
        term_wrap(
            out,
            arena_printf(a, "%s: %s", report_proofs[f->proof], f->proof_detail),
            2, term_width());
    put_gates(a, f, out);
    for (size_t i = 0; i < f->steps_len; i++)
        put_step(a, i + 1, f->steps[i], out);
    if (f->asks_software)
        term_wrap(out, report_general_steps, 2, term_width());
    if (f->recheck)
        buf_printf(out, "  Then look again:\n    %s\n", f->recheck);
}

static bool is_shut(const struct fix *f)
{
    for (size_t i = 0; i < f->gates_len; i++)
        if (!f->gates[i].open)
            return true;
    return false;
}

static void put_fixes(struct arena *a, const struct plan *p, struct buf *out)
{
    if (!p->len)
        return;
    put_best_fix(a, &p->items[0], out);
    if (p->len > 1)
        heading(a, "Other ways", out);
    for (size_t i = 1; i < p->len; i++) {
        const struct fix *f = &p->items[i];
        const char *line = arena_printf(
            a, "%s (%s; %s)%s", title_of(f), report_actors[f->def->actor],
            f->def->effort, is_shut(f) ? ": not ready yet" : "");
        term_hang(out, "  - ", line, term_width());
    }
}

static void put_gaps(struct arena *a, const struct report *r, struct buf *out)
{
    struct report_gaps gaps = report_gaps(a, r->survey);

    if (gaps.len)
        heading(a, "Not looked at", out);
    for (size_t i = 0; i < gaps.len; i++)
        term_wrap(
            out,
            arena_printf(a, "%s: %s.", gaps.items[i].what, gaps.items[i].why),
            2, term_width());
}

void report_text(struct arena *a, const struct report *r, struct buf *out)
{
    enum verdict_word verdict = report_verdict(r);
    enum term_style style = verdict == VERDICT_OK ? TERM_GOOD : TERM_BOLD;

    put_styled(a, style, report_sentence(a, r), 0, term_width(), out);
    buf_char(out, '\n');
    if (verdict == VERDICT_PROBLEMS)
        put_sides(a, r, out);
    if (r->survey->ways && verdict == VERDICT_OK)
        report_domain(a, r, out);
    else
        report_ports(a, r, out);
    if (verdict == VERDICT_OK)
        put_gaps(a, r, out);
    if (verdict == VERDICT_PROBLEMS) {
        put_problems(a, r, out);
        put_confidence(a, r, out);
        put_fixes(a, r->plan, out);
    }
    put_notes(a, r, out);
}
