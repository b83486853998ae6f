#ifndef CERTMEND_RUN_FLEET_PRINT_H
#define CERTMEND_RUN_FLEET_PRINT_H
/*
 * fleet_print - what is told of many targets, in the format asked for
 *
 * JSON Lines come as they are ready; documents of one target each come in the
 * order in which they were given; tables, pages and lines for monitoring come
 * at the end, worst first. Nothing of a target is kept but what is still to be
 * printed.
 */
#include "report/fleet_since.h"
#include "run/fleet.h"

struct fleet_print {
    struct arena *arena;
    const struct look_options *options;
    size_t len;                    /* targets */
    const struct fleet_past *past; /* what it is held against, or NULL */
    /* Writes a finished text, or says why it cannot. */
    bool (*put)(const char *text, size_t len, struct err *err);

    struct fleet_text *texts;    /* by their place in the fleet */
    struct fleet_row *rows;      /* in the order in which they ended */
    struct report_alarm *alarms; /* of these rows */
    size_t printed, shown;       /* done with; of these, had a text */
};

void fleet_print_begin(struct fleet_print *p);

/* One is done. */
MUST_CHECK bool fleet_print_take(struct fleet_print *p,
                                 const struct fleet_result *r, struct err *err);

/* All are. */
MUST_CHECK bool fleet_print_end(struct fleet_print *p, struct err *err);

#endif
