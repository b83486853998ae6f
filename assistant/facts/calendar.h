#ifndef CERTMEND_FACTS_CALENDAR_H
#define CERTMEND_FACTS_CALENDAR_H
/*
 * calendar - what holds from one day to another
 *
 * How long a certificate may be valid, what a CA gives, how strong a key has
 * to be: rows of rules/calendar.json, and under "calendar" in the file of a CA
 * and of its profiles. A row holds in [since, until); those of one kind and
 * one "of" follow each other without a gap. Pure: the day is given.
 *
 *   { "kind": "lifetime_max", "of": "public", "days": 200,
 *     "since": "2026-03-15", "until": "2027-03-15", "refs": ["BR 6.3.2"] }
 *
 * To add a date: one row. A kind: a row in calendar.c too.
 */
#include "base/json.h"
#include "model/cert.h"

enum calendar_kind {
    CALENDAR_LIFETIME_MAX, /* seconds, of certificates issued then */
    CALENDAR_LIFETIME,     /* seconds; what a CA gives then */
    CALENDAR_REUSE,        /* seconds; how long a proof counts */
    CALENDAR_RENEWAL,      /* seconds; what is a short or a long life, and how
                              long before the end of a long one it is late */
    CALENDAR_KEY_BITS_MIN,
    CALENDAR_LINKS,          /* certificates to send beside the leaf */
    CALENDAR_NO_CLIENT_AUTH, /* 1; clientAuth is not given, or not taken */
    CALENDAR_DNSSEC,         /* 1; the CA validates what it looks up */
    CALENDAR_KIND_COUNT,
};

struct calendar_row {
    enum calendar_kind kind;
    const char *of; /* "public", "rsa", "letsencrypt.classic" */
    int64_t value;
    int64_t since, until; /* Unix seconds, UTC; no end: INT64_MIN, INT64_MAX */
    struct text_list refs;
};

struct calendar {
    const struct calendar_row *rows;
    size_t len;
};

/* Appends the rows of a list; `of` is theirs, or NULL: each says its own.
 * `path` begins every error. */
MUST_CHECK bool calendar_read(struct arena *a, const struct json *list,
                              const char *of, const char *path,
                              struct calendar *into, struct err *err);

/* The row that holds at that time; NULL: none does. */
const struct calendar_row *calendar_at(const struct calendar *c,
                                       enum calendar_kind kind, const char *of,
                                       int64_t at);

/* Its value; 0: none holds. */
int64_t calendar_value(const struct calendar *c, enum calendar_kind kind,
                       const char *of, int64_t at);

#endif
