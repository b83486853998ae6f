#ifndef CERTMEND_FACTS_MAIL_WAYS_H
#define CERTMEND_FACTS_MAIL_WAYS_H
/*
 * mail_ways - by which ways mail programs come to the servers of a mail domain
 *
 * What a domain publishes (settings files, Autodiscover, SRV of RFC 6186, 8314
 * and 5804), the client ports of its MX hosts, and the names that programs try
 * when nothing is published. A place counts once, under its strongest source.
 * How bad a fault is depends on the way: see mail_shield.h.
 *
 * Pure; mail_ways_fill() puts its result into the survey, as
 * crypto/verification.h does with verdicts, and it is not saved.
 */
#include "base/text.h"
#include "facts/autoconfig.h"
#include "facts/mail_places.h"
#include "model/survey.h"

enum way_source { /* the strongest first */
                  WAY_AUTOCONFIG,
                  WAY_AUTODISCOVER,
                  WAY_SRV,
                  WAY_MX,
                  WAY_GUESS,
                  WAY_SOURCE_COUNT,
};

extern const struct word way_source_words[]; /* "autoconfig", "mx" ... */

enum way_family { WAY_SEND, WAY_IMAP, WAY_POP, WAY_SIEVE, WAY_FAMILY_COUNT };

enum way_state {
    WAY_UNSEEN, /* nobody looked, or nothing can be said */
    WAY_GONE,   /* the host does not exist or has no address */
    WAY_CLOSED, /* nobody takes the connection, on any address */
    WAY_MUTE,   /* somebody does, and speaks another protocol */
    WAY_BAD,    /* the right protocol, and a program refuses */
    WAY_CLEAN,
};

struct mail_way {
    enum way_source source;
    enum way_family family;
    const char *published_at; /* URL or SRV owner; NULL: not published */
    const char *host;
    uint16_t port;
    const struct service *service; /* how it is to be secured, too */
    bool is_providers; /* its settings file is that of who runs the MX host */
    bool is_plain;     /* published as unencrypted; looked at as STARTTLS */
    bool is_first;  /* what a program takes of its kind; the others are spare */
    bool by_star;   /* the name exists by a wildcard record alone */
    bool is_filter; /* an MX host of another organisation */
    const size_t *cells; /* of the survey; those that show it */
    size_t cells_len;
};

struct broken_settings {
    const char *url, *why;
    enum place_kind kind;
};

struct mail_ways {
    struct mail_way *items;
    size_t len;
    bool has_srv;      /* even one that says "not offered" */
    bool has_settings; /* a file that can be read */
    const char
        *planned; /* where a file is that no program reads yet, or NULL */
    struct broken_settings broken; /* url NULL: none */
    const size_t *of_cell;         /* for each cell its way, or SIZE_MAX */
    size_t of_cell_len;
};

/* Of a mail domain without a port asked for; else nothing happens. Places that
 * are published count as asked for, those only tried if mail is spoken there.
 */
void mail_ways_fill(struct survey *s);

/* The way that a cell shows, or NULL. */
const struct mail_way *mail_way_of(const struct survey *s,
                                   const struct cell *c);

enum way_state mail_way_state(const struct survey *s,
                              const struct mail_way *way);

/* The same at every address. */
bool mail_way_is_all_clean(const struct survey *s, const struct mail_way *way);

/* Something of that source is published. */
bool mail_ways_publish(const struct survey *s, enum way_source source);

/* A clean way of the family other than `than`, of one source or any
 * (WAY_SOURCE_COUNT). */
const struct mail_way *mail_way_clean(const struct survey *s,
                                      enum way_family family,
                                      enum way_source source,
                                      const struct mail_way *than);

#endif
