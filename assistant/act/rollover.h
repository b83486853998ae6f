#ifndef CERTMEND_ACT_ROLLOVER_H
#define CERTMEND_ACT_ROLLOVER_H
/*
 * rollover - from one key to the next under published TLSA records
 *
 *     DIR/rollover/NAME.json    how far it has come; not there: none under way
 *
 * A sender may hold an answer of the DNS for its whole time to live. So the
 * next key's records are published beside the old ones, twice that time goes
 * by, then the certificate with the next key goes live, and only once it is
 * seen everywhere, and as much time has gone by again, the old records go
 * (RFC 7671 8.1). Each step is written down before it is taken and may be taken
 * again: whoever comes after a crash goes on from there.
 *
 * The waits are counted by the time since the machine was started, which nobody
 * can set. What went by between the last run and a new start of the machine
 * does not count: then it takes longer, never shorter. The same on another
 * machine, to which the store was carried.
 */
#include "act/store.h"
#include "model/cert.h"

enum rollover_stage {
    ROLLOVER_PUBLISH, /* the next key's records come */
    ROLLOVER_WAIT,    /* two times to live, until nobody holds older answers */
    ROLLOVER_ORDER,   /* the certificate is got, and goes live */
    ROLLOVER_SERVE,   /* until every port shows it */
    ROLLOVER_SETTLE,  /* two times to live more */
    ROLLOVER_RETIRE,  /* the old records go, and a next key is made */
    ROLLOVER_STAGE_COUNT,
};

extern const struct word rollover_stage_words[]; /* "publish", "wait", ... */

enum { ROLLOVER_TTL_MAX_S = 7 * 86400 }; /* no cache holds more: RFC 8767 4 */

/* The records of one name and port. */
struct rollover_place {
    const char *owner;     /* "_25._tcp.mail.example.org" */
    struct text_list old;  /* "3 1 1 9f86...", of the key that is live */
    struct text_list next; /* of the next one */
};

/* A moment by the clock that nobody can set. */
struct rollover_clock {
    const char *boot; /* clock_boot_id() */
    int64_t boot_ms;  /* clock_boot_ms() */
    int64_t now_s;    /* clock_now_s(), for people */
};

struct rollover {
    enum rollover_stage stage;
    const char *old_key, *rollover_key; /* SHA-256 of the public halves */
    struct rollover_place *places;
    size_t len;
    int64_t ttl_s;     /* the longest of the records; 0: not known */
    int64_t waited_ms; /* of the wait under way, until `last` */
    struct rollover_clock last;
};

/* *out is NULL: none is under way. */
MUST_CHECK bool rollover_read(const struct store *s, const char *name,
                              struct rollover **out, struct err *err);

/* Wants store_lock(). */
MUST_CHECK bool rollover_write(struct store *s, const char *name,
                               const struct rollover *r, struct err *err);
MUST_CHECK bool rollover_end(struct store *s, const char *name,
                             struct err *err);

struct rollover_clock rollover_now(struct arena *a);

/* The wait begins. */
void rollover_wait_begin(struct rollover *r, const struct rollover_clock *now);

/* Counts what has gone by; how much is left, in milliseconds. */
int64_t rollover_wait_left_ms(struct rollover *r,
                              const struct rollover_clock *now);

/* What the count needs, as members of `to`; false: it cannot be read. */
void rollover_count_to_json(struct arena *a, const struct rollover *r,
                            struct json *to);
MUST_CHECK bool rollover_count_from_json(const struct json *j,
                                         struct rollover *out);

/* By how much the machine's clock was set since `last`, in seconds; what is
 * not known is 0. */
int64_t rollover_clock_jump(const struct rollover *r,
                            const struct rollover_clock *now);

#endif
