#ifndef CERTMEND_MODEL_PROBE_REQUEST_H
#define CERTMEND_MODEL_PROBE_REQUEST_H
/*
 * probe_request - what else has to be looked at
 *
 * Pure code lists requests from a survey; probe/ fulfils them and adds what it
 * saw to the same survey.
 */
#include "model/name.h"
#include "model/survey.h"

struct endpoint_request {
    const char *host;    /* resolved first; every address is looked at ... */
    const char *address; /* ... or only this one; NULL: every */
    uint16_t port;
    const char *service; /* row of services[] */
    bool asked;          /* it is judged, and not only there to prove a fix */
    bool is_brief;       /* nobody was led there: a port that drops all is
                             given up soon */
    bool from_file;      /* a stranger's file names it ... */
    enum ip_reach named_at; /* ... which came from so near to us */
};

struct question_request {
    const char *name;
    enum dns_type type;
};

struct fetch_request {
    const char *url;
    const char *address;    /* ask this address, or NULL: any of the host's */
    enum ip_reach named_at; /* how near to us whoever named it is: of several
                               the farthest */
};

struct probe_requests {
    struct arena *arena;
    struct endpoint_request *scans;
    size_t scans_len;
    struct question_request *questions;
    size_t questions_len;
    struct fetch_request *fetches;
    size_t fetches_len;
};

/* Append unless it is there, or the survey has the answer already. */
void probe_request_endpoint(struct probe_requests *w, const struct survey *s,
                            const char *host, uint16_t port);
/* The same as another service than the port is known for; again, if that has
 * to be. */
void probe_request_endpoint_as(struct probe_requests *w, const struct survey *s,
                               const char *host, uint16_t port,
                               const char *service);
/* A place that the question was about all along: it is judged. */
void probe_request_asked(struct probe_requests *w, const struct survey *s,
                         const struct endpoint_request *request);
/* The place of `c`, so many times more, though it was looked at. */
void probe_request_again(struct probe_requests *w, const struct cell *c,
                         size_t times);
void probe_request_question(struct probe_requests *w, const struct survey *s,
                            const char *name, enum dns_type type);
void probe_request_fetch(struct probe_requests *w, const struct survey *s,
                         const char *url, const char *address,
                         enum ip_reach named_at);

#endif
