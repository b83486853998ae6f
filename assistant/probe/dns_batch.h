#ifndef CERTMEND_PROBE_DNS_BATCH_H
#define CERTMEND_PROBE_DNS_BATCH_H
/*
 * dns_batch - some questions to the DNS, asked side by side
 *
 * Recorded together and in the order they were added, so the order in which
 * answers come in shows nowhere.
 */
#include "model/survey.h"
#include "net/resolve.h"

struct query;

struct dns_batch {
    struct survey *survey;
    void (*done)(void *arg); /* once all are answered */
    void *arg;
    struct query *items;
    size_t len;
    size_t open; /* not yet answered */
};

/* Unless the survey knows the answer, or it is in the list. */
void dns_batch_add(struct dns_batch *i, const char *name, enum dns_type type);

/* Asks; nobody waits longer than `wait_ms`. With no question at all, done is
 * called at once. No more may be added. */
void dns_batch_start(struct dns_batch *i, struct resolver *r, int64_t wait_ms);

/* Puts the answers into the survey. */
void dns_batch_record(const struct dns_batch *i);

#endif
