#ifndef CERTMEND_FACTS_SAN_PLAN_H
#define CERTMEND_FACTS_SAN_PLAN_H
/*
 * san_plan - which names belong on a new certificate, and why each does
 *
 * RFC 7817 5 in spirit: all names by which people and programs are led to
 * this machine, and nothing else. What is found in the DNS counts in the asked
 * registrable domain only: others the person may not control. What stands on a
 * certificate that would be replaced (facts/served_names.h) and leads here
 * counts whatever its domain: nobody who uses it may lose it. Pure; read from
 * the survey's answers.
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

struct uses san_plan(const struct survey *s, struct arena *a);

/* Names that san_plan() would take if they led here: their addresses have to be
 * asked for. Likewise the SRV owners that name hosts (RFC 6186, RFC 8314). */
struct text_list san_plan_candidates(const struct survey *s, struct arena *a);
struct text_list san_plan_srv_owners(const struct survey *s, struct arena *a);

enum leads {
    LEADS_HERE, /* every address of it is one of those looked at */
    LEADS_ELSEWHERE,
    LEADS_NOWHERE, /* it has no address */
    LEADS_UNKNOWN, /* not asked, or nobody could say */
    LEADS_COUNT,
};

/* Why a name that is served today would not be on the new certificate. */
enum going {
    GOING_UNISSUABLE, /* no public authority certifies it */
    GOING_ADDRESS,    /* an IP address */
    GOING_STAR,
    GOING_ELSEWHERE,
    GOING_NOWHERE,
    GOING_UNKNOWN,
    GOING_FOREIGN,  /* an address is here, the certificate somebody else's */
    GOING_LEFT_OUT, /* leads here and could be had */
    GOING_COUNT,
};

struct going_name {
    const char *name;
    enum going why;
};

struct going_names {
    struct going_name *items;
    size_t len;
};

/* The names of the certificates that one with the names `kept` would replace,
 * and that it does not cover. */
struct going_names san_plan_going(const struct survey *s, struct arena *a,
                                  const struct text_list *kept);

/* Every address of `host` is one of those looked at. */
bool san_plan_leads_here(const struct survey *s, const char *host);

/* May a public authority certify it? (BR 7.1.2.7.12, 4.2.2) */
bool san_plan_issuable(const struct survey *s, struct arena *a,
                       const char *name);

#endif
