#ifndef CERTMEND_RUN_FLEET_H
#define CERTMEND_RUN_FLEET_H
/*
 * fleet - many targets in one run, side by side
 *
 * As many are under way as connections are allowed (--jobs), whatever the
 * number of targets; each is told once, as soon as it is done, and its memory
 * is given back at once. A line that is no target is told like one that could
 * not be looked at.
 */
#include "run/exit_status.h"
#include "run/target_run.h"

struct fleet_item {
    const char *input;
    const char *label;             /* printable: whose it is; or NULL */
    struct evaluation *evaluation; /* of its own; NULL: the fleet's */
    bool from_list;                /* a line of a list, not typed */
};

struct fleet_result {
    size_t at; /* in items */
    const struct fleet_item *item;
    struct arena *arena;         /* gone when the listener returns */
    const struct report *report; /* NULL: there is none, see err */
    const struct err *err;
    bool is_target; /* false: the words are nothing that can be looked at */
};

struct fleet {
    struct arena *arena;
    struct evaluation *evaluation;
    struct fleet_item *items;
    size_t len;
    /* Called once for each. False, with *err: the run ends here. */
    bool (*done)(void *arg, const struct fleet_result *r, struct err *err);
    void *arg;
    enum exit_status status; /* of all that were told; see fleet_status() */
};

void fleet_add(struct fleet *f, const char *input, const char *label);

/* The words of a command line; "-" is a list on standard input, one target a
 * line: "mail.example.com # whose it is". Empty lines and lines that begin with
 * "#" are passed over. ERR_USAGE where there is nothing to look at. */
MUST_CHECK bool fleet_add_words(struct fleet *f, const struct text_list *words,
                                struct err *err);

/* All of them. False: our own failure, or done() said so; a reader of standard
 * output who has left is ERR_GONE, and is noticed before anything is written.
 */
MUST_CHECK bool fleet_run(struct fleet *f, struct err *err);

/* What a target adds to the status of the run. */
void fleet_status(struct fleet *f, const struct fleet_result *r);

#endif
