#ifndef CERTMEND_RUN_FLEET_PRINT_H
#define CERTMEND_RUN_FLEET_PRINT_H
/*
 * fleet_print - what is told of many targets, in the format asked for
 *
 * JSON Lines come as they are ready; documents come in the order in which the
 * targets were given. Nothing of a target is kept but what is still to be
 * printed.
 */
#include "run/fleet.h"

struct fleet_print {
    struct arena *arena;
    enum format format;
    size_t len; /* targets */
    /* Writes a finished text, or says why it cannot. */
    bool (*put)(const char *text, size_t len, struct err *err);

    struct fleet_text *texts; /* by their place in the fleet */
    size_t printed, shown;    /* done with; of these, had a text */
};

void fleet_print_begin(struct fleet_print *p);

/* One is done. */
MUST_CHECK bool fleet_print_take(struct fleet_print *p,
                                 const struct fleet_result *r, struct err *err);

#endif
