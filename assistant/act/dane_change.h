#ifndef CERTMEND_ACT_DANE_CHANGE_H
#define CERTMEND_ACT_DANE_CHANGE_H
/*
 * dane_change - a TLSA record comes or goes, by the program of --dns-hook
 *
 *     PROGRAM present-tlsa _25._tcp.mail.example.org "3 1 1 9F86..."
 *     PROGRAM cleanup-tlsa _25._tcp.mail.example.org "3 1 1 9F86..."
 *
 * in the environment beside that: CERTMEND_ACTION, CERTMEND_NAME (the folder of
 * the certificate), CERTMEND_TYPE (TLSA), CERTMEND_RECORD, CERTMEND_VALUE and
 * CERTMEND_TTL, the time to live of the records that are there. Adding what is
 * there and removing what is not have to succeed: after a crash the same is
 * asked again. The other records of the name stay. The words are others than
 * for a challenge so that a program which knows only those says no.
 *
 * What was added has to be seen on every authoritative server.
 */
#include "acme/propagation.h"

enum dane_act {
    DANE_LOOK, /* is it there? */
    DANE_ADD,
    DANE_REMOVE,
};

struct dane_change {
    enum dane_act act;
    const char *program; /* NULL: by hand, and only looked for */
    int64_t program_ms;  /* 0: that of act/hook.h */
    const char *name;    /* of the folder */
    const char *owner;   /* "_25._tcp.mail.example.org", or an alias of it */
    const char *value;   /* "3 1 1 9f86..." */
    uint32_t ttl_s;
    struct propagation_check watch;
};

struct dane_changed {
    const char *why;    /* NULL: it is so; else a sentence or two */
    const char *record; /* what the owner leads to */
    struct zone_answer seen;
};

/* Calls done exactly once, from the loop. */
typedef void dane_change_done(void *arg, const struct dane_changed *changed);
void dane_change(const struct dane_change *c, dane_change_done *done,
                 void *arg);

#endif
