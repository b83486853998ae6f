#ifndef CERTMEND_SERVE_LOOKS_H
#define CERTMEND_SERVE_LOOKS_H
/*
 * looks - what was asked: waiting, under way, answered
 *
 * Each has an id nobody can guess, under which its answer is read ("/a/ID").
 * One at a time for a session, a few in all, a few more in line; answers are
 * kept for a while, as many as have room, and the oldest goes first. A look
 * goes on when its browser leaves: the answer may be asked for again. What is
 * let go of has its memory given back at once.
 *
 * Here is the book of them; what looks, serve/look_run.h, is handed in. Nothing
 * of it waits or reads a clock.
 */
#include "run/target_run.h"
#include "serve/sessions.h"

enum {
    LOOKS_RUNNING = 8,                   /* in all */
    LOOKS_WAITING = 20,                  /* beyond them */
    LOOKS_KEPT = 64,                     /* answers */
    LOOKS_KEPT_BYTES = 96 * 1024 * 1024, /* about; the newest in any case */
    LOOKS_KEPT_MS = 30 * 60 * 1000,
    LOOKS_RETRY_S = 10,
};

enum look_state { LOOK_WAITING, LOOK_RUNNING, LOOK_DONE };

struct look_request {
    struct text_list targets; /* words for target_parse(); at least one */
    const char *client;       /* of page_clients, or NULL */
    const char *means;   /* what a pasted message means, a sentence; or NULL */
    bool pasted;         /* it came from a message, known or not */
    const char *program; /* whose message it is, or NULL */
    const char *before;  /* id of the look that this one repeats; or NULL */
    size_t before_part;  /* of its targets, where this one is of one alone */
    const char *tried;   /* id of its fix that was carried out; or NULL */
    bool dropped;        /* a line that looked like a password was */
};

/* Of a host and port, whatever its addresses. */
struct look_port {
    const char *host;
    uint16_t port;
    size_t open; /* cells that wait or are under way */
    bool began;  /* one of them has been talked to */
    bool heard;  /* somebody has taken a connection */
};

struct look_part { /* one target */
    const char *input;
    struct serve_look *look;
    struct target_run run; /* run.report is good when `is_done` and not
                              run.failed; else run.err says why not */
    bool is_done;
    struct json *request; /* a certificate request that was made, in the look's
                             arena; or NULL */
};

struct serve_look {
    struct arena *arena; /* its own; gone with it */
    char id[TOKEN_TEXT];
    struct serve_session *session; /* until it is done; then NULL */
    enum look_state state;
    struct look_request asked;
    struct look_part *parts; /* asked.targets.len of them */
    size_t parts_len, parts_done;
    struct look_port *ports; /* in the order in which they were planned */
    size_t ports_len;
    struct json *news;             /* against asked.before, or NULL */
    int64_t began_ms, done_ms;     /* monotonic */
    size_t bytes;                  /* of its surveys, about, once it is done */
    struct look_watcher *watchers; /* the streams of "/a/ID/events" */
    void *under_way;               /* serve/look_run.c's, or NULL */
    struct serve_look *next;
};

/* The report of one of the targets; NULL: none could be made, or not yet. */
const struct report *look_report(const struct serve_look *l, size_t part);
/* The same, to make a page of: what is worked out of its survey is kept in `a`,
 * as a page may be asked for a thousand times. */
const struct report *look_report_in(struct arena *a, const struct serve_look *l,
                                    size_t part);

struct looks {
    struct serve_look *first; /* newest first */
    size_t waiting, running, kept;
    size_t kept_bytes; /* of the answers, about */
    /* It may run now. Ends in looks_done(), from the loop. */
    void (*start)(void *arg, struct serve_look *l);
    /* Its memory goes: whatever is under way is stopped. */
    void (*drop)(void *arg, struct serve_look *l);
    void *arg;
};

enum looks_answer {
    LOOKS_TAKEN, /* it runs, or waits for its turn */
    LOOKS_FULL,  /* as many wait as may */
    LOOKS_OFTEN, /* this session has asked too often in the last minute */
};

/* Everything in `q` is copied. `out` is set where it is taken. */
MUST_CHECK enum looks_answer looks_ask(struct looks *all,
                                       struct serve_session *s,
                                       const struct look_request *q,
                                       int64_t now_ms, struct serve_look **out);

/* NULL: there never was one, or it is gone. */
struct serve_look *looks_find(const struct looks *all, const char *id);

void looks_done(struct looks *all, struct serve_look *l, int64_t now_ms);
void looks_tick(struct looks *all, int64_t now_ms); /* what is old goes */
void looks_free(struct looks *all);

#endif
