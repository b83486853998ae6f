#ifndef CERTMEND_ACT_CHALLENGE_PERSIST_H
#define CERTMEND_ACT_CHALLENGE_PERSIST_H
/*
 * challenge_persist - dns-persist-01: one record that stays
 *
 * Where it stands nothing is done, and nothing is cleaned up ever. Where it
 * does not, the program for the DNS sets it (act/challenge_dns.h; "present"
 * with _validation-persist.NAME, no "cleanup"); without a program the proof
 * fails before the CA is told, with the record that is missing.
 */
#include "act/challenge_dns.h"

struct challenge_persist {
    struct challenge_dns dns; /* by which it is set */
    const char *const *names; /* that are ordered: a star and the name below it
                                 share one record */
    size_t names_len;
    bool unlooked; /* without a program: the CA is asked whatever is there */
};

/* `c` outlives the solver. */
struct challenge_solver challenge_persist(struct challenge_persist *c);

#endif
