#ifndef CERTMEND_PROBE_CROWD_H
#define CERTMEND_PROBE_CROWD_H
/*
 * crowd - on behalf of anybody: connections to one address now, of all kinds
 *
 * Looks and fetches have lines of their own (probe/queue.h,
 * probe/fetch_line.h); a machine that is looked at because anybody may ask
 * meets both together, CROWD_MOST at a time. Addresses that share a place in
 * the table wait for one another, which hurts nobody.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { CROWD_MOST = 2, CROWD_PLACES = 4096 };

struct crowd {
    bool counts; /* else any number may come */
    uint8_t at[CROWD_PLACES];
};

/* `c` may be NULL: nobody counts. */
bool crowd_has_room(const struct crowd *c, const char *address);
void crowd_join(struct crowd *c, const char *address);
void crowd_leave(struct crowd *c, const char *address);

#endif
