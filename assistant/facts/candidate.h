#ifndef CERTMEND_FACTS_CANDIDATE_H
#define CERTMEND_FACTS_CANDIDATE_H
/*
 * candidate - other names that may be the right ones for the same machine
 *
 * Pure: read from the survey, judged by the survey. A name is worth offering
 * only when all its addresses are the target's own and a look at exactly that
 * name and port came back clean on each of them. The same certificate on
 * another machine proves nothing: a provider's wildcard sits on all its
 * machines, the account on one.
 */
#include "model/survey.h"

enum {
    CANDIDATE_MAX = 40,       /* names we are ready to resolve */
    CANDIDATE_PORTS_MAX = 16, /* ports we are ready to look at */
};

/* What ties a name to the machine, strongest first. */
enum candidate_tie {
    TIE_DOMAIN,      /* it is in the registrable domain of the asked name */
    TIE_MACHINE,     /* PTR, greeting, MX or the alias give it to the machine */
    TIE_CERTIFICATE, /* they give another name of its domain to the machine; or
                        most names of the certificate are in that domain */
    TIE_NONE,        /* perhaps another customer's, who may take it away */
};

/* What a person gains and loses who types the other name. */
struct candidate_offer {
    uint16_t port; /* to offer: clean under the other name, not under the typed
                      one, whose service fails there; 0: nothing is gained */
    uint16_t right[CANDIDATE_PORTS_MAX]; /* clean under the other name */
    size_t right_len;
    uint16_t lost[CANDIDATE_PORTS_MAX]; /* clean under the typed name alone,
                                           no partner of theirs either */
    size_t lost_len;
    size_t left; /* ports that fail under both, with their partners */
    enum candidate_tie tie;
};

/*
 * Names found on the certificates, in greetings, PTR, CNAME and MX answers,
 * mail., smtp., imap. and pop. of the domain, and of a name that is too deep
 * for a star the part that fits it; the asked host is left out.
 * Best first: the same registrable domain, then what the machine calls
 * itself, then the others. Empty for anything but a host.
 */
struct text_list candidate_names(const struct survey *s, struct arena *a);

/* Every A and AAAA of `host` is an address of the target; at least one, and
 * one of IPv4 where the target has such. */
bool candidate_leads_here(const struct survey *s, const char *host);

/* candidate_leads_here(), and a look at that name and port was clean on each
 * address. Works for the asked host too. */
bool candidate_seen_clean(const struct survey *s, const char *host,
                          uint16_t port);

/* A look at that name and port was clean on each of its own addresses,
 * wherever they are. */
bool candidate_clean_anywhere(const struct survey *s, const char *host,
                              uint16_t port);

/*
 * The best port of `host` that gains something: the one asked for, else its
 * partner, else 465, then 587, then any client port, TLS at once first.
 */
void candidate_offer(const struct survey *s, const char *host,
                     struct candidate_offer *out);

/* The mail that goes by the service of `port` is clean under `host`, on that
 * port or on another of its family. */
bool candidate_cures(const struct survey *s, const char *host, uint16_t port);

/* The first port of `host` seen clean wherever it leads: for an asked name
 * that does not exist. 0: none. */
uint16_t candidate_port_anywhere(const struct survey *s, const char *host);

/* The same service the other way (465 and 587); 0: there is none. */
uint16_t candidate_partner(uint16_t port);

/* Ports on which a candidate has to be looked at; how many. */
size_t candidate_ports(const struct survey *s,
                       uint16_t ports[CANDIDATE_PORTS_MAX]);

/* The cell's own port secured the other way than it is known for: TLS at once
 * where STARTTLS is the custom, or, seen by another look, STARTTLS where TLS
 * was due. Name, chain and dates held. */
bool candidate_other_mode(const struct survey *s, const struct cell *c);

/* A cell whose certificate is clean and not soon over: of what was asked, or,
 * where that fails, of another port of the same host and name. NULL: none. */
const struct cell *candidate_good(const struct survey *s);

#endif
