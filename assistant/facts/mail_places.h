#ifndef CERTMEND_FACTS_MAIL_PLACES_H
#define CERTMEND_FACTS_MAIL_PLACES_H
/*
 * mail_places - where mail programs look for the servers of a mail domain
 *
 * Settings files, SRV records and the names they try; what came of asking
 * there is in the survey. Pure.
 */
#include "base/text.h"
#include "model/survey.h"

struct srv_kind {
    const char *label;   /* "_imaps"; NULL ends the table */
    const char *service; /* of services[] */
};

extern const struct srv_kind srv_kinds[]; /* as mail_places_srv_owners() */

/* "autoconfig.example.com/mail/config-v1.1.xml" and the like, https first. */
struct text_list mail_places_urls(struct arena *a, const char *domain);
struct text_list mail_places_srv_owners(struct arena *a, const char *domain);
struct text_list mail_places_guesses(struct arena *a, const char *domain);

/* A name that nobody has: who answers for it does so by a wildcard record
 * (RFC 4592). */
const char *mail_places_nobody(struct arena *a, const char *domain);

bool mail_places_by_star(const struct survey *s, const char *host);

/* What came of a URL, redirects followed: three at most, and from https never
 * to http. `next`: where it leads on, not fetched yet; else NULL. */
const struct fetch *mail_places_fetched(const struct survey *s, const char *url,
                                        const char **next);

#endif
