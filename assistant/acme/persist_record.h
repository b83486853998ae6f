#ifndef CERTMEND_ACME_PERSIST_RECORD_H
#define CERTMEND_ACME_PERSIST_RECORD_H
/*
 * persist_record - the TXT record of dns-persist-01, its text and its reading
 *
 *     _validation-persist.example.org. TXT
 *         "ca.example; accounturi=https://ca.example/acct/1; policy=wildcard"
 *
 * After draft-ietf-acme-dns-persist-01. The account stands in it as in CAA
 * records (RFC 8657 3): its address, which every CA has to take. Later texts
 * of the draft allow other addresses too, hashes among them; none of those is
 * written, and a record with one counts as that of another account. Pure.
 */
#include "base/arena.h"
#include "base/text.h"

#define PERSIST_TYPE "dns-persist-01"
enum { PERSIST_ISSUERS_MAX = 10 }; /* a CA that names more breaks the draft */

/* The state that is nearest to a record that will do comes last. */
enum persist_state {
    PERSIST_UNSEEN, /* nobody answers */
    PERSIST_ABSENT,
    PERSIST_GARBLED,
    PERSIST_OTHER_CA,
    PERSIST_OTHER_ACCOUNT,
    PERSIST_EXPIRED,
    PERSIST_NARROW, /* it lacks policy=wildcard */
    PERSIST_STANDS,
    PERSIST_STATE_COUNT,
};

struct persist_want {
    struct text_list issuers; /* any of them will do; none: not known */
    const char *account;      /* its address */
    bool wildcard;
};

/* The worth of a set of records, that of the best of them. */
struct persist_worth {
    enum persist_state state;
    int64_t until; /* 0: for ever */
};

/* "_validation-persist.example.org", of "*.example.org" too. */
const char *persist_owner(struct arena *a, const char *name);

/* By the first of the issuers; NULL: none is known, or there is no
 * account whose address can stand in it. */
const char *persist_text(struct arena *a, const struct persist_want *want);

/* As a zone file has it: strings of at most 255 bytes. */
const char *persist_line(struct arena *a, const char *owner, const char *text);

struct persist_worth persist_judge(const struct text_list *records,
                                   const struct persist_want *want,
                                   int64_t now);

/* Lower case, letters, digits, "-" and "." alone, no dot at its end. */
bool persist_issuer_ok(const char *issuer);

#endif
