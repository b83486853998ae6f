#ifndef CERTMEND_MODEL_IN_USE_H
#define CERTMEND_MODEL_IN_USE_H
/*
 * in_use - which names belong on a new certificate, and why each does
 *
 * RFC 7817 5 in spirit: all names by which people and programs are led to
 * this machine, and nothing else. Only names of the asked registrable domain:
 * others the person may not control. Pure; read from the survey's answers.
 */
#include "model/survey.h"

struct use {
    const char *name; /* normal form */
    const char *why;  /* half a sentence: "it was asked for" */
};

struct uses {
    struct use *items; /* what was asked for first */
    size_t len;
};

struct uses in_use(const struct survey *s, struct arena *a);

/* Names that in_use() would take if they led here: their addresses have to be
 * asked for. Likewise the SRV owners that name hosts (RFC 6186, RFC 8314). */
struct names_list in_use_candidates(const struct survey *s, struct arena *a);
struct names_list in_use_srv_owners(const struct survey *s, struct arena *a);

/* Every address of `host` is one of those looked at. */
bool in_use_leads_here(const struct survey *s, const char *host);

/* May a public authority certify it? (BR 7.1.2.7.12, 4.2.2) */
bool in_use_issuable(struct arena *a, const char *name);

#endif
