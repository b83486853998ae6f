#include "run/evaluation.h"

#include "advise/plan_text.h"
#include "base/term.h"
#include "check/check.h"
#include "crypto/verification.h"
#include "facts/knowledge.h"
#include "facts/mail_ways.h"
#include "page/page_fleet.h"
#include "page/page_view.h"
#include "prove/prove.h"
#include "report/report_words.h"
#include "run/exit_status.h"
#include "run/options_to_words.h"
#include "run/page_alone.h"

bool evaluation_open(struct arena *a, const struct look_options *o,
                     struct evaluation *out, struct err *err)
{
    struct evaluation j = { .arena = a, .options = o };

    if (!look_options_agree(o, err))
        return false;
    if (o->rules && (!rules_load(a, o->rules, &j.rules, err) ||
                     !knowledge_load(a, o->rules, &j.knowledge, err)))
        return false;
    if (!anchors_new(o->ca_file, &j.anchors, err))
        return false;
    *out = j;
    return true;
}

void evaluation_close(struct evaluation *j)
{
    anchors_free(j->anchors);
    j->anchors = NULL;
}

bool evaluation_findings(struct evaluation *j, struct survey *s,
                         struct findings **out, struct err *err)
{
    s->knowledge = j->knowledge;
    if (!verification_fill(s, j->anchors, err))
        return false;
    mail_ways_fill(s);
    struct findings *found = arena_alloc(s->arena, 1, sizeof *found);
    found->arena = s->arena;
    check_all(s, found);
    *out = found;
    return true;
}

static bool make_plan(struct evaluation *j, struct survey *s,
                      const struct findings *found, struct plan *plan,
                      struct err *err)
{
    if (!j->rules && !rules_load(j->arena, NULL, &j->rules, err))
        return false;
    advise(j->rules, s, found, plan);
    if (!prove_plan(plan, s, found, j->anchors, err))
        return false;
    struct plan_text_options words = {
        .templates = j->options->templates,
        .software = j->options->software,
        .options_to_words = options_to_words(s->arena, j->options),
    };
    return plan_text_write(j->rules, &words, s, plan, err);
}

bool evaluation_survey(struct evaluation *j, struct survey *s,
                       const struct findings *found, struct report *out,
                       struct err *err)
{
    struct plan *plan = arena_alloc(s->arena, 1, sizeof *plan);
    plan->arena = s->arena;
    if (found->len && !make_plan(j, s, found, plan, err))
        return false;
    *out = (struct report){ .survey = s, .findings = found, .plan = plan };
    return true;
}

bool evaluation_saved(struct evaluation *j, struct survey *s,
                      struct report *out, struct err *err)
{
    struct findings *found = NULL;

    if (!j->options->ca_file) {
        evaluation_close(j);
        if (!anchors_from_survey(s, &j->anchors, err))
            return false;
    }
    return evaluation_findings(j, s, &found, err) &&
           evaluation_survey(j, s, found, out, err);
}

bool evaluation_is_fleet(enum format format)
{
    return format == FORMAT_TABLE || format == FORMAT_CSV ||
           format == FORMAT_OPENMETRICS;
}

static bool render_fleet_page(struct arena *a, const char *templates,
                              const struct fleet_rows *rows, struct buf *out,
                              struct err *err)
{
    const struct page_fleet_options alone = { .at = NULL };
    const struct page_request p = {
        .name = "table",
        .title = arena_printf(a, "certmend: %zu target%s", rows->len,
                              rows->len == 1 ? "" : "s"),
        .data = page_fleet(a, rows, &alone),
        .templates = templates,
    };

    return page_alone(a, &p, out, err);
}

bool evaluation_render_fleet(struct arena *a, const struct look_options *o,
                             const struct fleet_rows *rows, struct buf *out,
                             struct err *err)
{
    switch (o->format) {
    case FORMAT_CSV:
        fleet_report_csv(a, rows, out);
        return true;
    case FORMAT_HTML:
        return render_fleet_page(a, o->templates, rows, out, err);
    case FORMAT_OPENMETRICS:
        fleet_report_metrics(a, rows, out);
        return true;
    default:
        fleet_report_table(a, rows, term_row_width(), out);
        return true;
    }
}

/* A table of one line, for who has one target today and two tomorrow. */
static bool render_alone(struct arena *a, const struct look_options *o,
                         const struct report *r, struct buf *out,
                         struct err *err)
{
    struct fleet_row row;
    const struct fleet_row *rows[] = { &row };

    return fleet_row_read(a, report_json(a, r), &row, err) &&
           evaluation_render_fleet(a, o, &(struct fleet_rows){ rows, 1 }, out,
                                   err);
}

/* A mail program that the user names is the one whose steps are shown first. */
static bool render_page(struct arena *a, const struct look_options *o,
                        const struct report *r, struct buf *out,
                        struct err *err)
{
    struct page_view_options view = { .templates = o->templates };

    for (size_t i = 0; i < o->software.len; i++)
        if (page_client_find(o->software.text[i]))
            view.client = o->software.text[i];
        else
            text_list_add(a, &view.software, o->software.text[i]);
    const struct page_request p = {
        .name = "answer",
        .title = arena_printf(a, "certmend: %s", report_asked(r)),
        .data = page_view(a, r, &view),
        .templates = o->templates,
    };
    return page_alone(a, &p, out, err);
}

bool evaluation_render(struct arena *a, const struct look_options *o,
                       const struct report *r, struct buf *out, struct err *err)
{
    struct report_alarm alarm;

    if (evaluation_is_fleet(o->format))
        return render_alone(a, o, r, out, err);
    switch (o->format) {
    case FORMAT_JSON:
        json_print(report_json(a, r), true, out);
        break;
    case FORMAT_JSONL:
        json_print(report_json(a, r), false, out);
        break;
    case FORMAT_HTML:
        return render_page(a, o, r, out, err);
    case FORMAT_NAGIOS:
        report_nagios(a, r, &o->limits, &alarm);
        report_nagios_line(&alarm, out);
        break;
    default:
        report_text(a, r, out);
    }
    return true;
}

int evaluation_status(const struct look_options *o, const struct report *r)
{
    static const int statuses[] = {
        [VERDICT_OK] = EXIT_CLEAN,
        [VERDICT_PROBLEMS] = EXIT_FAULTS,
        [VERDICT_UNTESTED] = EXIT_UNSEEN,
    };
    struct arena *a = NULL;
    struct report_alarm alarm;

    if (o->format != FORMAT_NAGIOS)
        return statuses[report_verdict(r)];
    a = arena_new();
    report_nagios(a, r, &o->limits, &alarm);
    arena_free(a);
    return (int)alarm.status;
}
