/*
 * cmd_watch - looks again until it is mended, and says so once
 *
 * Each look asks afresh: a resolver of our own keeps nothing between two
 * looks. What others keep for their TTL is theirs, hence the patience.
 */
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/clock.h"
#include "base/log.h"
#include "cmd/cmd.h"
#include "run/target_run.h"

enum {
    REPORT_MAX = 16 * 1024 * 1024,
    EVERY_FIRST_S = 30,
    EVERY_MOST_S = 15 * MINUTE_S,
    FOR_S = DAY_S,
    FOR_MOST_S = 366 * DAY_S,
};

struct watch_options {
    struct look_options look; /* first: its rows write into it */
    int64_t every_s;          /* 0: patience grows */
    int64_t for_s;
};

struct watching {
    struct evaluation evaluation;
    const struct watch_options *options;
    const char *input;
    struct arena *arena;
    const char *before; /* what was wrong at the last look; NULL: no look yet */
    int64_t began_ms;   /* monotonic */
    int64_t pause_s;
};

/* "90", "90s", "15m", "2h", "1d". */
static bool read_span(const char *text, int64_t *out, struct err *err)
{
    static const struct {
        const char *unit;
        int64_t seconds;
    } units[] = { { "", 1 },
                  { "s", 1 },
                  { "m", MINUTE_S },
                  { "h", HOUR_S },
                  { "d", DAY_S } };
    size_t digits = strspn(text, "0123456789");
    int64_t number = digits && digits < 9 ? strtol(text, NULL, 10) : 0;

    for (size_t i = 0; i < sizeof units / sizeof *units; i++) {
        int64_t seconds = number * units[i].seconds;
        if (strcmp(text + digits, units[i].unit) != 0 || seconds < 1 ||
            seconds > FOR_MOST_S)
            continue;
        *out = seconds;
        return true;
    }
    return err_set(err, ERR_USAGE,
                   "a time such as 90s, 15m, 2h or 1d was wanted, not "
                   "\"%.100s\"",
                   text);
}

static bool set_every(struct arena *a, void *into, const char *value,
                      struct err *err)
{
    (void)a;
    return read_span(value, &((struct watch_options *)into)->every_s, err);
}

static bool set_for(struct arena *a, void *into, const char *value,
                    struct err *err)
{
    (void)a;
    return read_span(value, &((struct watch_options *)into)->for_s, err);
}

static const struct option_row watch_option_rows[] = {
    { .name = "every",
      .value = "TIME",
      .about = "look this often; by default patience grows: 30s to 15m",
      .set = set_every },
    { .name = "for",
      .value = "TIME",
      .about = "give up after so long: 90s, 15m, 2h; default 1d",
      .set = set_for },
    { .name = NULL },
};

/* The titles of what is wrong, "; " between them. */
static const char *what_is_wrong(struct arena *a, const struct report *r)
{
    struct buf out;

    buf_init(&out, a, 4000);
    for (size_t i = 0; i < r->findings->len; i++) {
        const struct finding *f = &r->findings->items[i];
        if (f->severity != SEV_INFO && !plan_part_of(r->plan, i))
            buf_printf(&out, "%s%s", out.len ? "; " : "", f->def->title);
    }
    return out.len ? out.text : "no answer that says anything";
}

/* Notes what is still wrong; patience grows while nothing changes. */
static void note(struct watching *w, const struct report *r)
{
    const char *now = what_is_wrong(w->arena, r);
    bool same = w->before && strcmp(w->before, now) == 0;
    const char *when = clock_text(w->arena, clock_now_s());

    if (!same)
        w->pause_s = EVERY_FIRST_S;
    else if (w->pause_s < EVERY_MOST_S)
        w->pause_s += w->pause_s / 2;
    if (w->pause_s > EVERY_MOST_S)
        w->pause_s = EVERY_MOST_S;
    if (w->options->every_s)
        w->pause_s = w->options->every_s;
    if (same)
        log_note("%s: unchanged", when);
    else
        log_note("%s: %s", when, now);
    w->before = now;
}

/* False: the time is over. */
static bool wait_for_next(struct watching *w)
{
    int64_t left_ms =
        w->began_ms + w->options->for_s * 1000 - clock_monotonic_ms();
    int64_t pause_ms = w->pause_s * 1000;

    if (left_ms <= 0)
        return false;
    if (pause_ms > left_ms)
        pause_ms = left_ms;
    log_verbose("looking again in %lld s", (long long)(pause_ms / 1000));
    struct timespec pause = { pause_ms / 1000, pause_ms % 1000 * 1000000 };
    nanosleep(&pause, NULL); /* a signal only makes it look sooner */
    return true;
}

static bool render_mended(struct watching *w, const struct report *r,
                          struct err *err)
{
    const struct look_options *o = &w->options->look;
    struct buf out;

    buf_init(&out, w->arena, REPORT_MAX);
    if (o->format != FORMAT_TEXT) {
        if (!evaluation_render(w->arena, o, r, &out, err))
            return false;
    } else if (w->before)
        buf_printf(&out, "%s is mended: nothing is wrong any more.\n",
                   r->survey->target.input);
    else
        buf_printf(&out, "%s: nothing is wrong.\n", r->survey->target.input);
    return command_print(out.text, out.len, err);
}

/* One look and what it says; EXIT_FAILED with *err set. */
static enum exit_status look_once(struct watching *w, struct err *err)
{
    static const struct look_options as_text = { .format = FORMAT_TEXT };
    struct target_run e;
    enum exit_status status = EXIT_FAILED;

    if (target_run_look(&e, &w->evaluation, w->input, err)) {
        status = (enum exit_status)evaluation_status(&as_text, &e.report);
        if (status == EXIT_CLEAN && !render_mended(w, &e.report, err))
            status = EXIT_FAILED;
        else if (status != EXIT_CLEAN)
            note(w, &e.report);
    }
    target_run_free(&e);
    return status;
}

static enum exit_status watch(struct watching *w, struct err *err)
{
    enum exit_status status = look_once(w, err);

    while ((status == EXIT_FAULTS || status == EXIT_UNSEEN) && wait_for_next(w))
        status = look_once(w, err);
    return status;
}

enum exit_status cmd_watch(struct arena *a, char **argv, struct err *err)
{
    static const struct option_row *const tables[] = { watch_option_rows,
                                                       look_option_rows, NULL };
    struct watch_options o = { .for_s = FOR_S };
    struct watching w = { .options = &o, .arena = a };
    struct text_list words;

    look_options_init(&o.look);
    if (!options_read(a, argv, tables, &o, &words, err))
        return EXIT_FAILED;
    look_options_settle(&o.look);
    if (words.len != 1 || strcmp(words.text[0], "-") == 0) {
        err_set(err, ERR_USAGE,
                "one mail server to look at was wanted, such as \"certmend "
                "watch mail.example.com:587\"");
        return EXIT_FAILED;
    }
    if (!evaluation_open(a, &o.look, &w.evaluation, err))
        return EXIT_FAILED;
    w.input = words.text[0];
    w.began_ms = clock_monotonic_ms();
    enum exit_status status = watch(&w, err);
    evaluation_close(&w.evaluation);
    return status;
}
