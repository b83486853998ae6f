#include "run/evaluation.h"

#include "advise/plan_text.h"
#include "check/check.h"
#include "crypto/verification.h"
#include "facts/knowledge.h"
#include "facts/mail_ways.h"
#include "prove/prove.h"
#include "run/exit_status.h"
#include "run/options_to_words.h"

bool evaluation_open(struct arena *a, const struct look_options *o,
                     struct evaluation *out, struct err *err)
{
    struct evaluation j = { .arena = a, .options = o };

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

void evaluation_render(struct arena *a, enum format format,
                       const struct report *r, struct buf *out)
{
    switch (format) {
    case FORMAT_JSON:
        json_print(report_json(a, r), true, out);
        break;
    case FORMAT_JSONL:
        json_print(report_json(a, r), false, out);
        break;
    case FORMAT_HTML:
        report_html(a, r, out);
        break;
    case FORMAT_NAGIOS:
        report_nagios(a, r, out);
        break;
    default:
        report_text(a, r, out);
    }
}

/* Monitoring Plugins, development guidelines 2.3. */
enum plugin_status { PLUGIN_WARNING = 1, PLUGIN_CRITICAL = 2 };

int evaluation_status(enum format format, const struct report *r)
{
    static const int statuses[] = {
        [VERDICT_OK] = EXIT_CLEAN,
        [VERDICT_PROBLEMS] = EXIT_FAULTS,
        [VERDICT_UNTESTED] = EXIT_UNSEEN,
    };

    enum verdict_word verdict = report_verdict(r);

    if (format == FORMAT_NAGIOS && verdict == VERDICT_PROBLEMS)
        return report_is_critical(r) ? PLUGIN_CRITICAL : PLUGIN_WARNING;
    return statuses[verdict];
}
