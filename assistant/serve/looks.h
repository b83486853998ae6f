#ifndef CERTMEND_SERVE_LOOKS_H
#define CERTMEND_SERVE_LOOKS_H
/*
 * looks - what was asked: waiting, under way, answered
 *
 * Each has an id nobody can guess, under which its answer is read ("/a/ID").
 * One at a time for a session, a few in all, a few more in line; answers are
 * kept for a while, and the oldest goes first. A look goes on when its browser
 * leaves: the answer may be asked for again. What is let go of has its memory
 * given back at once.
 */
#include "run/target_run.h"
#include "serve/sessions.h"

enum {
    LOOKS_RUNNING = 8,   /* in all */
    LOOKS_WAITING = 20,  /* beyond them */
    LOOKS_A_MINUTE = 30, /* of one session */
    LOOKS_KEPT = 64,     /* answers */
    LOOKS_KEPT_MS = 30 * 60 * 1000,
    LOOKS_TARGETS = 20, /* in one look */
    LOOKS_RETRY_S = 10,
};

enum look_state { LOOK_WAITING, LOOK_RUNNING, LOOK_DONE };

struct look_request {
    struct text_list targets; /* words for target_parse(); at least one */
    const char *client;       /* the chip: "gmail"; NULL: none */
    const char *said;         /* what a pasted message means; or NULL */
    const char *before; /* id of the look that this one repeats; or NULL */
    bool dropped;       /* a line that looked like a password was */
};

/* How far a port is, for who watches. */
enum port_step { PORT_WAITS, PORT_TALKS, PORT_DONE, PORT_SILENT };
extern const struct word port_step_words[]; /* "waiting", "talking", "open",
                                               "closed" */

struct look_port { /* of a host, whatever its addresses */
    const char *host;
    uint16_t port;
    enum port_step step;
};

struct look_part { /* one target */
    const char *input;
    struct target_run run; /* run.report is good when `is_done` and not
                              run.failed; else run.err */
    bool is_done;
};

struct serve_look {
    struct arena *arena; /* its own; gone with it */
    char id[TOKEN_TEXT];
    char owner[TOKEN_TEXT]; /* the session's id, which may be gone */
    enum look_state state;
    struct look_request asked;
    struct look_part *parts; /* asked.targets.len of them */
    size_t parts_done;
    struct look_port *ports; /* as they are planned */
    size_t ports_len, ports_done;
    struct json *news; /* against asked.before (page/page_news.h); or NULL */
    int64_t asked_ms, done_ms;     /* monotonic */
    int64_t asked_s;               /* wall clock */
    struct look_watcher *watchers; /* the streams of "/a/ID/events" */
    struct look_probe *probe;      /* while it runs */
    struct serve_look *next;
};

/* The report of the first, or only, target; NULL: none could be made (see
 * look_err()), or not yet. */
const struct report *look_report(const struct serve_look *l);
const struct err *look_err(const struct serve_look *l);

/* The report worded for a program ("gmail", "dovecot", ...); made once for
 * each, nothing is looked at. NULL: there is no report. */
const struct report *look_report_for(struct serve_look *l, const char *client);

struct looks {
    struct serve_look *first; /* newest first */
    size_t waiting, running, kept;
    /* Called when one may run; ends in looks_done(). */
    void (*start)(void *arg, struct serve_look *l);
    /* It will be let go of: whatever it has is stopped. */
    void (*drop)(void *arg, struct serve_look *l);
    void *arg;
};

enum looks_answer {
    LOOKS_TAKEN, /* it runs, or waits for its turn */
    LOOKS_FULL,  /* as many wait as may */
    LOOKS_OFTEN, /* this session has asked too often in the last minute */
};

MUST_CHECK enum looks_answer looks_ask(struct looks *all,
                                       struct serve_session *s,
                                       const struct look_request *q,
                                       int64_t now_ms, struct serve_look **out);

/* NULL: there never was one, or it is gone. */
struct serve_look *looks_find(struct looks *all, const char *id);

void looks_done(struct looks *all, struct serve_look *l, int64_t now_ms);
void looks_tick(struct looks *all, int64_t now_ms); /* what is old goes */
void looks_free(struct looks *all);

#endif
