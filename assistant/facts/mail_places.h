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

enum place_kind {
    PLACE_SETTINGS,     /* config-v1.1.xml of the domain itself */
    PLACE_PROVIDER,     /* the same of whoever runs its MX host */
    PLACE_AUTODISCOVER, /* autodiscover.xml */
    PLACE_PLANNED,      /* draft-ietf-mailmaint-pacc: no program reads it yet */
};

struct mail_place {
    enum place_kind kind;
    const char *url;
};

struct mail_places {
    struct mail_place *items;
    size_t len;
};

/* Where files may be, in the order in which they count: those that the MX and
 * SRV answers lead to come with them. */
struct mail_places mail_places_files(const struct survey *s, struct arena *a);

/* Where Autodiscover by SRV leads: the heaviest, as programs take it; NULL:
 * nowhere. */
const struct dns_record *mail_places_autodiscover(const struct survey *s,
                                                  struct arena *a);
const char *mail_places_autodiscover_owner(struct arena *a, const char *domain);
const char *mail_places_planned_owner(struct arena *a, const char *domain);

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
