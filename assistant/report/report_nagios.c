#include "report/report.h"

#include <string.h>

#include "base/clock.h"
#include "facts/cell_state.h"
#include "facts/client_view.h"
#include "facts/validity.h"
#include "report/report_gaps.h"
#include "report/report_words.h"

/* Monitoring Plugins, development guidelines 2.1: one line, no "|", which
 * would begin performance data. */
static void put_line(const char *text, struct buf *out)
{
    for (; *text; text++) {
        if (*text == '|')
            buf_char(out, '/');
        else
            buf_char(out, *text == '\n' ? ' ' : *text);
    }
    buf_char(out, '\n');
}

/* Of what clients see, the certificate that ends first; NULL: none was seen. */
static const struct cert *first_to_end(const struct survey *s)
{
    const struct cert *first = NULL;

    for (size_t i = 0; i < s->cells_len; i++) {
        const struct cell *c = &s->cells[i];
        const struct cert *leaf = cell_leaf(s, c);
        if (leaf && client_view_asked(s, c) &&
            (!first || leaf->not_after < first->not_after))
            first = leaf;
    }
    return first;
}

bool report_is_critical(const struct report *r)
{
    const struct finding *overdue =
        finding_find(r->findings, "cert.renewal_overdue");
    const struct cert *c = first_to_end(r->survey);

    return findings_worst(r->findings) == SEV_ERROR ||
           (overdue && overdue->severity == SEV_WARNING && c &&
            validity_is_ending(r->survey, c));
}

/* Below two days, hours tell whether there is time to sleep on it. */
static const char *span(struct arena *a, int64_t span_s)
{
    bool in_hours = span_s < 2 * DAY_S;
    long long n = span_s / (in_hours ? HOUR_S : DAY_S);

    return arena_printf(a, "%lld %s%s", n, in_hours ? "hour" : "day",
                        n == 1 ? "" : "s");
}

/* " The certificate ends on 2027-01-22, 55 days." */
static const char *end_sentence(struct arena *a, const struct survey *s)
{
    const struct cert *c = first_to_end(s);

    if (!c)
        return "";
    int64_t left_s = c->not_after - s->judged_at;
    return arena_printf(
        a, " The certificate %s on %s, %s%s.", left_s < 0 ? "ended" : "ends",
        report_day(a, c->not_after), span(a, left_s < 0 ? -left_s : left_s),
        left_s < 0 ? " ago" : "");
}

void report_nagios(struct arena *a, const struct report *r, struct buf *out)
{
    const char *word = "OK";
    const char *title = "", *mute = "";

    if (report_verdict(r) == VERDICT_OK)
        mute = report_gaps_mute(a, r->survey);
    if (report_verdict(r) == VERDICT_UNTESTED)
        word = "UNKNOWN";
    if (report_verdict(r) == VERDICT_PROBLEMS) {
        word = report_is_critical(r) ? "CRITICAL" : "WARNING";
        title = arena_printf(a, " %s.", report_gravest(r)->def->title);
    }
    put_line(arena_printf(a, "CERTMEND %s - %s%s%s%s", word,
                          report_sentence(a, r), title, mute,
                          end_sentence(a, r->survey)),
             out);
}
