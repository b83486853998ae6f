#ifndef CERTMEND_PROBE_INQUIRY_H
#define CERTMEND_PROBE_INQUIRY_H
/*
 * inquiry - some questions to the DNS, asked side by side
 *
 * Recorded together and in the order they were added, so the order in which
 * answers come in shows nowhere.
 */
#include "model/survey.h"
#include "net/resolve.h"

struct query;

struct inquiry {
    struct survey *survey;
    void (*done)(void *arg); /* once all are answered */
    void *arg;
    struct query *items;
    size_t len;
    size_t open; /* not yet answered */
};

/* Unless the survey knows the answer, or it is in the list. */
void inquiry_add(struct inquiry *i, const char *name, enum dns_type type);

/* Asks; nobody waits longer than `wait_ms`. With no question at all, done is
 * called at once. No more may be added. */
void inquiry_start(struct inquiry *i, struct resolver *r, int64_t wait_ms);

/* Puts the answers into the survey. */
void inquiry_record(const struct inquiry *i);

#endif
