#ifndef CERTMEND_FACTS_DNS01_H
#define CERTMEND_FACTS_DNS01_H
/*
 * dns01 - would the TXT record of a challenge be found? (RFC 8555 8.4)
 *
 * Before there is one: does a CNAME at its name lead anywhere, and is there one
 * at the doubled name, where it lands when a provider's form adds the zone to
 * what is typed. Pure; reads the survey's answers.
 */
#include "model/survey.h"

/* "_acme-challenge.example.org", of a wildcard too; NULL: of an address. */
const char *dns01_owner(struct arena *a, const char *name);

/* "_acme-challenge.example.org.example.org", and a name beside it that has a
 * record only where every name has one. */
const char *dns01_doubled(struct arena *a, const char *name);
const char *dns01_control(struct arena *a, const char *name);

/* What CNAME records make of dns01_owner(); NULL: there are none. */
const char *dns01_target(const struct survey *s, struct arena *a,
                         const char *name);

/* The zone that dns01_target() would be in, asked for its SOA; NULL: none. */
const char *dns01_target_zone(const struct survey *s, struct arena *a,
                              const char *name);

bool dns01_target_is_broken(const struct survey *s, struct arena *a,
                            const char *name);
bool dns01_is_doubled(const struct survey *s, struct arena *a,
                      const char *name);

#endif
