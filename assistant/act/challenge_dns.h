#ifndef CERTMEND_ACT_CHALLENGE_DNS_H
#define CERTMEND_ACT_CHALLENGE_DNS_H
/*
 * challenge_dns - dns-01 by a program of the user's, or by hand (RFC 8555 8.4)
 *
 *     PROGRAM present _acme-challenge.mail.example.org VALUE
 *     PROGRAM cleanup _acme-challenge.mail.example.org VALUE
 *
 * in the environment beside that: CERTMEND_ACTION, CERTMEND_NAME (the name in
 * the certificate), CERTMEND_TYPE (TXT), CERTMEND_RECORD and CERTMEND_VALUE.
 * For TLSA records the same program is called as act/dane_change.h says. Where
 * CNAME records delegate the challenge, the record is what they lead to.
 * Programs run one after the other: two values of one record must not race.
 * Then every authoritative server has to show the value before the CA is told.
 */
#include "acme/challenge_solver.h"
#include "acme/propagation.h"
#include "base/text.h"

struct dns_hook_call;

struct challenge_dns {
    struct loop *loop;
    struct arena *arena;
    const char *program; /* NULL: by hand */
    int64_t program_ms;  /* time limit; 0: that of act/hook.h */
    struct propagation_check watch;
    bool no_watch;     /* believe the program */
    const char *label; /* of a record that stays: set once, whoever asks for it,
                          and never cleaned up; NULL: "_acme-challenge" */

    /* By hand: tells the person to add the record, or that it may go. */
    void (*tell_record)(void *arg, bool add, const char *record,
                        const char *value);
    void *tell_arg;

    /* its own, zero at first */
    struct dns_hook_call *first, *last; /* the first is under way */
    struct text_list given; /* records that stay, as the program had them */
};

/* `c` outlives the solver. */
struct challenge_solver challenge_dns(struct challenge_dns *c);

#endif
