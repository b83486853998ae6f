#ifndef CERTMEND_FACTS_CHAIN_GAP_H
#define CERTMEND_FACTS_CHAIN_GAP_H
/*
 * chain_gap - the certificates that a server leaves out of its chain
 *
 * Pure; read from the verdict: what the path to a root holds and was not sent,
 * and where the path ends too early, whoever should have come next.
 */
#include "model/survey.h"

struct gap {
    const char *subject; /* "CN=R12,O=Let's Encrypt,C=US" */
    const char *name;    /* its common name, else the subject */
};

struct gaps {
    struct gap *items;
    size_t len;
    bool fetched; /* every one of them could be fetched */
};

/* From the leaf upwards; empty where the chain is whole. */
struct gaps gap_list(const struct survey *s, struct arena *a,
                     const struct cell *c);

#endif
