#ifndef CERTMEND_FACTS_NAME_HARVEST_H
#define CERTMEND_FACTS_NAME_HARVEST_H
/*
 * name_harvest - names by which the machine that was asked about goes
 *
 * Greetings, the DNS and certificates, in one order. What is worth taking is
 * the taker's to say: facts/candidate.h looks for another name to type,
 * facts/san_plan.h for what a new certificate has to cover. Names come as they
 * stand there; none is NULL. Pure.
 */
#include "model/survey.h"

/* `own_words`: the machine, or its PTR record, calls itself that. */
typedef void name_take(void *arg, const char *name, bool own_words);

/* What the cells that were asked for call themselves. */
void name_harvest_greetings(const struct survey *s, name_take *take, void *arg);

/* The host names in an answer (MX, PTR, SRV, CNAME); none where `owner` is
 * NULL. */
void name_harvest_hosts(const struct survey *s, const char *owner,
                        enum dns_type type, name_take *take, void *arg);

/* PTR of the asked host's addresses; its aliases and MX; the MX of its domain,
 * which is NULL where there is none. */
void name_harvest_dns(const struct survey *s, struct arena *a,
                      const char *domain, name_take *take, void *arg);

/* The DNS names of a certificate, stars too, CERT_NAMES_READ of them. */
void name_harvest_cert(const struct cert *leaf, name_take *take, void *arg);

#endif
