#include "report/report.h"

#include <assert.h>
#include <string.h>

#include "base/clock.h"
#include "facts/cell_state.h"
#include "facts/client_view.h"
#include "facts/validity.h"
#include "report/report_gaps.h"
#include "report/report_words.h"

enum { PERCENT = 100, PORTS_TEXT_MAX = 200, PORTS_TOLD = 6 };

static const char *const status_words[] = {
    [ALARM_OK] = "OK",
    [ALARM_WARNING] = "WARNING",
    [ALARM_CRITICAL] = "CRITICAL",
    [ALARM_UNKNOWN] = "UNKNOWN",
};
static_assert(sizeof status_words / sizeof *status_words == ALARM_COUNT,
              "a word per status");

/* Monitoring Plugins, development guidelines 2.1: one line, no "|", which
 * would begin performance data. */
static const char *one_line(struct arena *a, const char *text)
{
    char *line = arena_copy(a, text, strlen(text) + 1);

    for (char *at = line; *at; at++) {
        if (*at == '|')
            *at = '/';
        if (*at == '\n' || *at == '\r')
            *at = ' ';
    }
    return line;
}

/* ---- what ends, and whether that is too soon ---- */

static int64_t left_of(const struct survey *s, const struct cert *c)
{
    return c->not_after - s->judged_at;
}

static int64_t days_of(int64_t left_s)
{
    int64_t days = left_s / DAY_S;

    return left_s < 0 && left_s % DAY_S ? days - 1 : days;
}

/* Of its life; 0 where it has ended, or never was. */
static int64_t life_left(const struct survey *s, const struct cert *c)
{
    int64_t life_s = c->not_after - c->not_before, left_s = left_of(s, c);

    return life_s > 0 && left_s > 0 ? left_s * PERCENT / life_s : 0;
}

static bool is_below(const struct report_limit *limit, const struct survey *s,
                     const struct cert *c)
{
    if (!limit->given)
        return false;
    return limit->percent ? life_left(s, c) < limit->least
                          : left_of(s, c) < limit->least * DAY_S;
}

static enum alarm_status status_of(const struct report_limits *limits,
                                   const struct survey *s, const struct cert *c)
{
    if (is_below(&limits->critical, s, c))
        return ALARM_CRITICAL;
    return is_below(&limits->warn, s, c) ? ALARM_WARNING : ALARM_OK;
}

/* Of what clients see, the certificate that is worst off, and of those the one
 * that ends first; NULL: none was seen. */
static const struct cert *most_due(const struct survey *s,
                                   const struct report_limits *limits)
{
    const struct cert *due = NULL;
    enum alarm_status worst = ALARM_OK;

    for (size_t i = 0; i < s->cells_len; i++) {
        const struct cert *leaf = cell_leaf(s, &s->cells[i]);
        if (!leaf || !client_view_asked(s, &s->cells[i]))
            continue;
        enum alarm_status status = status_of(limits, s, leaf);
        if (!due || status > worst ||
            (status == worst && leaf->not_after < due->not_after)) {
            due = leaf;
            worst = status;
        }
    }
    return due;
}

/* For who is woken by it: something is wrong, or will be very soon. */
static bool is_critical(const struct report *r)
{
    static const struct report_limits none = { 0 };
    const struct finding *overdue =
        finding_find(r->findings, "cert.renewal_overdue");
    const struct cert *c = most_due(r->survey, &none);

    return findings_worst(r->findings) == SEV_ERROR ||
           (overdue && overdue->severity == SEV_WARNING && c &&
            validity_is_ending(r->survey, c));
}

/* ---- the words ---- */

/* Below two days, hours tell whether there is time to sleep on it. */
static const char *span(struct arena *a, int64_t span_s)
{
    bool in_hours = span_s < 2 * DAY_S;
    long long n = span_s / (in_hours ? HOUR_S : DAY_S);

    return arena_printf(a, "%lld %s%s", n, in_hours ? "hour" : "day",
                        n == 1 ? "" : "s");
}

/* " The certificate ends on 2027-01-22, 55 days." */
static const char *end_sentence(struct arena *a, const struct survey *s,
                                const struct cert *c)
{
    if (!c)
        return "";
    int64_t left_s = left_of(s, c);
    return arena_printf(
        a, " The certificate %s on %s, %s%s.", left_s < 0 ? "ended" : "ends",
        report_day(a, c->not_after), span(a, left_s < 0 ? -left_s : left_s),
        left_s < 0 ? " ago" : "");
}

static void add_port(struct arena *a, struct text_list *ports,
                     const struct cell *c)
{
    if (c->port)
        text_list_add_new(a, ports, arena_printf(a, "%u", (unsigned)c->port));
}

/* "port 465", "ports 25 and 465"; "" where there is none. */
static const char *ports_phrase(struct arena *a, const struct text_list *ports)
{
    struct buf out;

    if (!ports->len)
        return "";
    buf_init(&out, a, PORTS_TEXT_MAX);
    buf_text(&out, ports->len == 1 ? "port " : "ports ");
    text_list_tell_most(&out, ports->text, ports->len, PORTS_TOLD);
    return out.text;
}

/* " The certificate is for somebody else's name (port 465)." */
static const char *fault_sentence(struct arena *a, const struct report *r)
{
    const struct finding *f = report_gravest(r);
    struct text_list ports = { 0 };

    if (!f)
        return "";
    for (size_t i = 0; i < f->cells_len; i++)
        add_port(a, &ports, &r->survey->cells[f->cells[i]]);
    const char *where = ports_phrase(a, &ports);
    return arena_printf(a, " %s%s%s%s.", f->def->title, *where ? " (" : "",
                        where, *where ? ")" : "");
}

/* " On port 465 less than 33 % of its life is left." */
static const char *limit_sentence(struct arena *a, const struct survey *s,
                                  const struct cert *c,
                                  const struct report_limit *limit)
{
    struct text_list ports = { 0 };

    for (size_t i = 0; i < s->cells_len; i++)
        if (client_view_asked(s, &s->cells[i]) &&
            cell_leaf(s, &s->cells[i]) == c)
            add_port(a, &ports, &s->cells[i]);
    const char *where = ports_phrase(a, &ports);
    return limit->percent
               ? arena_printf(a, " Less than %ld %% of its life is left%s%s.",
                              limit->least, *where ? ", on " : "", where)
               : arena_printf(a, " Less than %ld day%s left%s%s.", limit->least,
                              limit->least == 1 ? " is" : "s are",
                              *where ? ", on " : "", where);
}

/* ---- performance data ---- */

/* In days, whatever it was given in: what is plotted beside the days left. */
static const char *limit_days(struct arena *a, const struct report_limit *limit,
                              const struct cert *c)
{
    int64_t life_s = c->not_after - c->not_before;
    int64_t days =
        limit->percent
            ? (life_s * limit->least + (int64_t)PERCENT * DAY_S - 1) /
                  ((int64_t)PERCENT * DAY_S)
            : limit->least;

    return limit->given ? arena_printf(a, "%lld", (long long)days) : "";
}

static const char *limit_percent(struct arena *a,
                                 const struct report_limit *limit)
{
    return limit->given && limit->percent ? arena_printf(a, "%ld", limit->least)
                                          : "";
}

static void put_data(struct arena *a, const struct survey *s,
                     const struct cert *c, const struct report_limits *limits,
                     struct report_alarm *out)
{
    const struct report_limit *w = &limits->warn, *k = &limits->critical;

    if (!c || (!w->given && !k->given))
        return;
    out->days = arena_printf(a, "%lld;%s;%s", (long long)days_of(left_of(s, c)),
                             limit_days(a, w, c), limit_days(a, k, c));
    if ((w->given && w->percent) || (k->given && k->percent))
        out->life = arena_printf(a, "%lld%%;%s;%s", (long long)life_left(s, c),
                                 limit_percent(a, w), limit_percent(a, k));
}

/* ---- the line ---- */

static enum alarm_status verdict_status(const struct report *r)
{
    switch (report_verdict(r)) {
    case VERDICT_UNTESTED:
        return ALARM_UNKNOWN;
    case VERDICT_PROBLEMS:
        return is_critical(r) ? ALARM_CRITICAL : ALARM_WARNING;
    default:
        return ALARM_OK;
    }
}

/* A limit that is broken tells more than that nothing answered. */
static enum alarm_status graver(enum alarm_status verdict,
                                enum alarm_status limit)
{
    if (limit == ALARM_OK)
        return verdict;
    return verdict == ALARM_UNKNOWN || limit > verdict ? limit : verdict;
}

static const char *main_sentence(struct arena *a, const struct report *r,
                                 enum alarm_status verdict,
                                 enum alarm_status limit)
{
    if (verdict == ALARM_OK && limit != ALARM_OK)
        return arena_printf(a, "%s works, but its certificate ends soon.",
                            report_asked(r));
    return arena_printf(a, "%s%s", report_sentence(a, r),
                        verdict == ALARM_UNKNOWN ? "" : fault_sentence(a, r));
}

void report_nagios(struct arena *a, const struct report *r,
                   const struct report_limits *limits, struct report_alarm *out)
{
    const struct survey *s = r->survey;
    const struct cert *c = most_due(s, limits);
    enum alarm_status limit = c ? status_of(limits, s, c) : ALARM_OK;
    enum alarm_status verdict = verdict_status(r);
    const struct report_limit *broken =
        limit == ALARM_CRITICAL ? &limits->critical : &limits->warn;

    *out = (struct report_alarm){ .days = "", .life = "" };
    out->status = graver(verdict, limit);
    out->text = one_line(
        a,
        arena_printf(a, "CERTMEND %s - %s%s%s%s", status_words[out->status],
                     main_sentence(a, r, verdict, limit),
                     verdict == ALARM_OK ? report_gaps_mute(a, s) : "",
                     limit == ALARM_OK ? "" : limit_sentence(a, s, c, broken),
                     end_sentence(a, s, c)));
    put_data(a, s, c, limits, out);
}

void report_nagios_failed(struct arena *a, const char *why,
                          struct report_alarm *out)
{
    *out = (struct report_alarm){
        .status = ALARM_UNKNOWN,
        .text = one_line(a, arena_printf(a, "CERTMEND UNKNOWN - %s", why)),
        .days = "",
        .life = "",
    };
}

void report_nagios_line(const struct report_alarm *alarm, struct buf *out)
{
    buf_text(out, alarm->text);
    if (*alarm->days)
        buf_printf(out, " | days=%s", alarm->days);
    if (*alarm->life)
        buf_printf(out, " life=%s", alarm->life);
    buf_char(out, '\n');
}
