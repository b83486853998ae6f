#include "run/fleet.h"

#include <string.h>

#include "base/file.h"
#include "base/log.h"
#include "net/loop.h"
#include "run/output_gone.h"

enum {
    LABEL_MAX = 200,
    TARGETS_MAX = 64 * 1024 * 1024, /* bytes on standard input */
};

void fleet_add(struct fleet *f, const char *input, const char *label)
{
    f->items = arena_grow(f->arena, f->items, f->len, sizeof *f->items);
    f->items[f->len++] = (struct fleet_item){
        .input = arena_text(f->arena, input),
        .label = arena_text(f->arena, label),
    };
}

static const char blanks[] = " \t";

static size_t without_blanks(const char *text, size_t len)
{
    while (len && strchr(blanks, text[len - 1]))
        len--;
    return len;
}

/* Where " # label" begins; a "#" inside a word belongs to the word. */
static size_t words_end(const char *line, size_t len)
{
    for (size_t i = 1; i < len; i++)
        if (line[i] == '#' && strchr(blanks, line[i - 1]))
            return i;
    return len;
}

static void add_line(struct fleet *f, const char *line, size_t len)
{
    size_t end = words_end(line, len);
    const char *label = NULL;

    if (end < len) {
        const char *text = line + end + 1;
        size_t left = len - end - 1;
        while (left && strchr(blanks, *text)) {
            text++;
            left--;
        }
        left = without_blanks(text, left);
        if (left)
            label = arena_printable(f->arena, text,
                                    left < LABEL_MAX ? left : LABEL_MAX);
    }
    fleet_add(f, arena_text_n(f->arena, line, without_blanks(line, end)),
              label);
    f->items[f->len - 1].from_list = true;
}

static void add_list(struct fleet *f, const char *text)
{
    while (*text) {
        size_t len = strcspn(text, "\r\n");
        size_t lead = strspn(text, blanks);
        if (len > lead && text[lead] != '#')
            add_line(f, text + lead, len - lead);
        text += len;
        text += strspn(text, "\r\n");
    }
}

static bool add_standard_input(struct fleet *f, struct err *err)
{
    const char *text = NULL;
    size_t len = 0;

    if (!file_read(f->arena, "-", TARGETS_MAX, &text, &len, err))
        return err_add(err, "targets from standard input");
    add_list(f, text);
    return true;
}

bool fleet_add_words(struct fleet *f, const struct text_list *words,
                     struct err *err)
{
    for (size_t i = 0; i < words->len; i++) {
        if (strcmp(words->text[i], "-") != 0)
            fleet_add(f, words->text[i], NULL);
        else if (!add_standard_input(f, err))
            return false;
    }
    if (!words->len)
        return err_set(err, ERR_USAGE,
                       "a mail server to look at was wanted, such as "
                       "\"certmend check mail.example.com\"");
    if (!f->len)
        return err_set(err, ERR_USAGE,
                       "targets on standard input were wanted, one a line, and "
                       "there are none");
    return true;
}

/* ---- the run ---- */

struct fleet_slot {
    struct target_run run;
    struct fleet_under_way *all;
    size_t at;
    struct fleet_slot *next; /* in use, or free */
};

struct fleet_under_way {
    struct fleet *fleet;
    struct probe *probe;
    struct fleet_slot *used, *free;
    size_t started, running, done;
    size_t most; /* targets at once: each has a connection or waits for one */
    size_t no_targets;
    bool starting;
    struct err err; /* why it has ended before its time */
};

static void stop(struct fleet_under_way *u)
{
    loop_stop(probe_loop(u->probe));
}

static struct fleet_slot *take_slot(struct fleet_under_way *u)
{
    struct fleet_slot *s = u->free;

    if (s)
        u->free = s->next;
    else
        s = arena_alloc(u->fleet->arena, 1, sizeof *s);
    *s = (struct fleet_slot){ .all = u, .next = u->used };
    u->used = s;
    return s;
}

static void give_back(struct fleet_under_way *u, struct fleet_slot *s)
{
    struct fleet_slot **link = &u->used;

    while (*link != s)
        link = &(*link)->next;
    *link = s->next;
    target_run_free(&s->run);
    s->next = u->free;
    u->free = s;
}

static void start_more(void *arg);

static void one_done(struct target_run *e)
{
    struct fleet_slot *s = e->arg;
    struct fleet_under_way *u = s->all;
    const struct fleet_result result = {
        .at = s->at,
        .item = &u->fleet->items[s->at],
        .arena = e->arena,
        .report = e->failed ? NULL : &e->report,
        .err = e->failed ? &e->err : NULL,
        .is_target = !e->failed || e->survey,
    };

    u->running--;
    u->no_targets += !result.is_target;
    probe_tell_targets(u->probe, ++u->done, u->fleet->len);
    if (u->err.kind == ERR_NONE &&
        !u->fleet->done(u->fleet->arg, &result, &u->err))
        stop(u); /* nobody would hear of what is looked at now */
    give_back(u, s);
    start_more(u);
}

static bool may_start(const struct fleet_under_way *u)
{
    return u->err.kind == ERR_NONE && u->started < u->fleet->len &&
           u->running < u->most && (!u->running || !probe_is_busy(u->probe));
}

static void start_more(void *arg)
{
    struct fleet_under_way *u = arg;

    if (u->starting)
        return;
    u->starting = true; /* a run may end before target_run_start() returns */
    while (may_start(u)) {
        struct fleet_slot *s = take_slot(u);
        struct fleet_item *item = &u->fleet->items[u->started];
        s->at = u->started++;
        s->run = (struct target_run){ .evaluation = item->evaluation
                                                        ? item->evaluation
                                                        : u->fleet->evaluation,
                                      .probe = u->probe,
                                      .label = item->label,
                                      .done = one_done,
                                      .arg = s };
        u->running++;
        target_run_start(&s->run, item->input);
    }
    u->starting = false;
}

static void reader_left(void *arg, const struct err *err)
{
    struct fleet_under_way *u = arg;

    if (u->err.kind == ERR_NONE)
        u->err = *err;
    stop(u);
}

bool fleet_run(struct fleet *f, struct err *err)
{
    const struct look_options *o = f->evaluation->options;
    struct probe_options probe = o->probe;
    struct fleet_under_way u = { .fleet = f };
    struct output_gone gone;

    probe.ca_file = o->ca_file; /* for https too */
    if (!probe_new(&probe, &u.probe, err))
        return false;
    u.most = o->probe.jobs;
    probe_tell_targets(u.probe, 0, f->len);
    output_gone_watch(&gone, probe_loop(u.probe), reader_left, &u);
    probe_tell_room(u.probe, start_more, &u);
    start_more(&u);
    bool ran = u.err.kind != ERR_NONE || probe_run(u.probe, err);
    output_gone_stop(&gone);
    probe_free(u.probe);
    while (u.used) /* those that a failure has cut short */
        give_back(&u, u.used);
    if (ran && u.err.kind != ERR_NONE) {
        *err = u.err;
        return false;
    }
    if (ran && u.no_targets == f->len && o->format != FORMAT_NAGIOS)
        f->status = EXIT_FAILED; /* it was no list of targets */
    return ran;
}

void fleet_status(struct fleet *f, const struct fleet_result *r)
{
    const struct look_options *o = f->evaluation->options;
    enum exit_status status = EXIT_UNSEEN;

    if (r->report)
        status = (enum exit_status)evaluation_status(o, r->report);
    else if (o->format != FORMAT_NAGIOS &&
             !(r->item->from_list && !r->is_target))
        status = EXIT_FAILED;
    f->status = exit_graver(f->status, status);
}
