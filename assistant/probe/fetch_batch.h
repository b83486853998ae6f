#ifndef CERTMEND_PROBE_FETCH_BATCH_H
#define CERTMEND_PROBE_FETCH_BATCH_H
/*
 * fetch_batch - some files that strangers named, fetched side by side
 *
 * Planned first, because the addresses of their hosts are asked for together
 * with all others; recorded together and in the order they were wanted.
 */
#include "model/probe_request.h"
#include "net/http.h"
#include "probe/fetch_line.h"

struct fetch_run;

struct fetch_batch {
    struct survey *survey;
    struct http_options options;
    struct http **http;      /* made when first needed */
    void (*done)(void *arg); /* once all have come, or not */
    void *arg;
    struct fetch_run *items;
    size_t len;
    size_t open;             /* under way, or waiting for their turn */
    struct fetch_line *line; /* where they wait; of all targets */
    size_t in_line;          /* so many do */
    int64_t waited_ms;       /* the longest of them did, before it went */
};

/* The requests live as long as the batch. Fails where no file is left for it:
 * our own failure. */
MUST_CHECK bool fetch_batch_plan(struct fetch_batch *b,
                                 const struct probe_requests *requests,
                                 struct err *err);

/* Whose addresses have to be known for one of `len`; NULL: no URL we fetch. */
const char *fetch_batch_host(const struct fetch_batch *b, size_t i);

/* Once the survey knows them. With nothing to fetch, done is called at once. */
void fetch_batch_start(struct fetch_batch *b, int64_t left_ms);

/* Before its memory goes, and behind http_free(): none of it waits any more. */
void fetch_batch_drop(const struct fetch_batch *b);

/* Something is under way. */
bool fetch_batch_waits(const struct fetch_batch *b);

/* Puts what came into the survey, certificates among it. */
void fetch_batch_record(const struct fetch_batch *b);

#endif
