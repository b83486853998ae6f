#include "cmd/exam.h"

#include <string.h>

#include "base/clock.h"
#include "base/file.h"
#include "base/log.h"
#include "cmd/look_file.h"
#include "model/survey_json.h"
#include "prove/prove.h"

/* A PTR or MX answer names candidates; they are looked up, then looked at. */
enum { ROUNDS_MAX = 4, SURVEY_MAX = 128 * 1024 * 1024 };

static void fail(struct exam *e)
{
    e->failed = true;
    e->done(e);
}

static bool save(struct exam *e)
{
    const char *path = e->judge->options->save;
    struct buf text;

    if (!path)
        return true;
    buf_init(&text, e->arena, SURVEY_MAX);
    json_print(survey_to_json(e->arena, e->survey), true, &text);
    if (text.full)
        return err_set(&e->err, ERR_SYSTEM,
                       "%s: the survey is too big to be kept", path);
    return file_write(path, text.text, text.len, FILE_PUBLIC, &e->err);
}

static void finish(struct exam *e, const struct findings *found)
{
    if (!judge_survey(e->judge, e->survey, found, &e->report, &e->err) ||
        !save(e))
        fail(e);
    else
        e->done(e);
}

static void next_round(void *arg)
{
    struct exam *e = arg;
    struct wishes wishes = { .arena = e->arena };
    struct findings *found = NULL;

    e->rounds++;
    if (!judge_findings(e->judge, e->survey, &found, &e->err)) {
        fail(e);
        return;
    }
    if (e->survey->target.kind != TARGET_FILE)
        prove_wishes(e->survey, found, &wishes);
    bool nothing =
        !wishes.looks_len && !wishes.questions_len && !wishes.fetches_len;
    if (nothing || e->rounds >= ROUNDS_MAX) {
        finish(e, found);
        return;
    }
    log_verbose("looking further: ports %zu, names %zu, files %zu",
                wishes.looks_len, wishes.questions_len, wishes.fetches_len);
    probe_more(e->probe, e->survey, &wishes, next_round, e);
}

static bool prepare(struct exam *e, const char *input)
{
    const struct look_options *o = e->judge->options;
    struct target target;

    if (look_file_is_meant(input)) {
        if (!look_file(e->arena, o, input, &e->survey, &e->err))
            return false;
    } else {
        if (!target_parse(e->arena, input, &target, &e->err) ||
            !look_options_apply(e->arena, o, &target, &e->err))
            return false;
        e->survey = survey_new(e->arena, &target, clock_now_s());
        e->survey->resolver = o->probe.resolver;
    }
    if (o->now_s)
        e->survey->judged_at = o->now_s;
    return true;
}

void exam_start(struct exam *e, const char *input)
{
    e->arena = arena_new();
    if (!prepare(e, input)) {
        fail(e);
        return;
    }
    if (e->survey->target.kind == TARGET_FILE) {
        next_round(e);
        return;
    }
    log_verbose("looking at %s", e->survey->target.host);
    probe_first(e->probe, e->survey, next_round, e);
}

void exam_free(struct exam *e)
{
    arena_free(e->arena);
    e->arena = NULL;
}

/* The probe tells when nothing is left to do. */
static void ignore(struct exam *e)
{
    (void)e;
}

bool exam_look(struct exam *e, struct judge *judge, const char *input,
               struct err *err)
{
    struct probe_options probe = judge->options->probe;

    *e = (struct exam){ .judge = judge, .done = ignore };
    probe.ca_file = judge->options->ca_file; /* for https too */
    if (!probe_new(&probe, &e->probe, err))
        return false;
    exam_start(e, input);
    bool looked = probe_run(e->probe, err);
    probe_free(e->probe);
    e->probe = NULL;
    if (looked && e->failed) {
        *err = e->err;
        return false;
    }
    return looked;
}
