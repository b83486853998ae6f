#ifndef CERTMEND_RUN_PREFLIGHT_H
#define CERTMEND_RUN_PREFLIGHT_H
/*
 * preflight - would an order go well? Asked before the CA is
 *
 * One survey per name, with what this machine shows on port 80 while it is
 * taken; judged by the checks that judge everything else. What they find gets
 * a grade here, since it depends on the challenge; beside it stands what
 * concerns this machine: store, clock, rate limits. Changes nothing; files in
 * a web server's root are gone when it returns.
 *
 * To add one: a row in ratings[] of preflight_judge.c for a finding; a function
 * in preflight_own.c for this machine; a row in issue_checks[] of
 * issue_options.c for a new word of --skip.
 */
#include "model/finding.h"
#include "run/issue_options.h"

enum preflight_grade {
    PREFLIGHT_OK,
    PREFLIGHT_WARN,
    PREFLIGHT_BLOCK,
    PREFLIGHT_GRADE_COUNT,
};

extern const struct word preflight_grade_words[]; /* "ok", "warn", "block" */

struct preflight_item {
    const char *check; /* word of --skip */
    enum preflight_grade grade;
    const char *finding; /* id, or NULL */
    const char *text;    /* one sentence with full stop */
    const char *fix;     /* likewise, or NULL */
    bool is_own; /* this machine cannot do it, whatever the CA is like */
};

struct preflight_part {
    const char *name;      /* NULL: this machine and the CA */
    const char *challenge; /* of a name: "http-01" */
    const char *why;       /* half a sentence, why by that one */
    struct preflight_item *items;
    size_t len;
    const char *record; /* that has to stand, as in a zone file; or NULL */
};

struct preflight {
    struct arena *arena;
    struct preflight_part *parts; /* this machine, then the names in order */
    size_t len;
    bool blind; /* the network was asked, and nobody answered anything ... */
    bool is_cut_off; /* ... because this computer has no connection */
    struct text_list served_names; /* on what the mail ports show today, and not
                                      ordered; none where the store has one */
};

struct preflight_request {
    const struct issue_options *options;
    struct issue_order *order; /* its ways are given the choices */
    const struct rate_limit_log_cost *cost;
    bool asks_ca; /* its directory and clock too */
};

MUST_CHECK bool preflight(struct arena *a, const struct preflight_request *w,
                          struct preflight *out, struct err *err);

enum preflight_grade preflight_part_worst(const struct preflight_part *part);
enum preflight_grade preflight_worst(const struct preflight *f);

/* Names are proven by records that stay. */
bool preflight_is_persistent(const struct issue_order *o);

/* Some block is this machine's own: no CA could be shown its proof. */
bool preflight_blocks_own(const struct preflight *f);

/* Some block is about DANE: the CA may be any, senders would refuse what it
 * brings. */
bool preflight_blocks_dane(const struct preflight *f);

/* For people, and as JSON ("certmend.preflight/1"). */
void preflight_tell(const struct preflight *p, struct buf *out);
struct json *preflight_json(const struct preflight *p,
                            const struct issue_order *order);

/* What is not ok, as notes; `skip`: with how to go on all the same. */
void preflight_note(const struct preflight *p, bool skip);

/* ---- for preflight*.c ---- */

struct preflight_look { /* one name */
    const char *name;
    struct survey *survey;
    const char *domain;  /* registrable; NULL: none, or it has no address */
    const char *unshown; /* why nothing could be shown on port 80, or NULL */
    struct preflight_run *run;
    unsigned passes;
};

struct preflight_run {
    struct arena *arena;
    const struct preflight_request *request;
    struct preflight *out;
    struct preflight_look *looks; /* one per name */
    struct probe *probe;
    bool ca_answers;      /* with a certificate of another time, maybe */
    struct text_list caa; /* the CA's names in CAA records, as its directory
                              has them; none: nobody asked */
    struct challenge_solvers solvers;
    struct propagation_check
        watch; /* loop and resolver, for whoever needs them */
};

/* preflight_part.c */
void preflight_add(struct preflight *f, struct preflight_part *part,
                   const struct preflight_item *item);

/* preflight_probe.c: fills in the surveys. */
MUST_CHECK bool preflight_probe(struct preflight_run *run, struct err *err);

/* preflight_servers.c: what the zones' own servers say joins them. */
MUST_CHECK bool preflight_servers(struct preflight_run *run, struct err *err);

/* preflight_judge.c: challenge, findings and grades of one name. */
void preflight_judge(struct preflight_run *run, struct preflight_look *l,
                     struct preflight_part *part);

/* preflight_persist.c: the records that stay. */
MUST_CHECK bool preflight_persist(struct preflight_run *run, struct err *err);

/* preflight_dane.c: what binds senders to a key; after the challenges, so that
 * what is told already is not told twice. */
MUST_CHECK bool preflight_dane(struct preflight_run *run, struct err *err);

/* preflight_key.c: the key that is kept, and those that the ports show. */
MUST_CHECK bool preflight_key(struct preflight_run *run, struct err *err);

/* preflight_choose.c: by which challenge, and why. */
void preflight_choose(const struct preflight_run *run,
                      const struct preflight_look *l,
                      struct preflight_part *part);

/* This machine has the address. */
bool preflight_is_own(const char *address);

/* preflight_own.c */
MUST_CHECK bool preflight_own(struct preflight_run *run,
                              struct preflight_part *part, struct err *err);

#endif
