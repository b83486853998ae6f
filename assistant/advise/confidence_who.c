#include "advise/confidence_who.h"

#include <string.h>

#include "facts/mail_ways.h"
#include "model/service.h"

static enum reach who_by_way(const struct mail_way *way)
{
    if (way->published_at)
        return way->is_first ? REACH_PUBLISHED : REACH_SPARE;
    if (way->is_filter)
        return REACH_FILTER;
    return way->source == WAY_MX ? REACH_MAIL_HOST : REACH_GUESS;
}

/* A sender takes the smallest preference there is (RFC 5321 5.1). REACH_COUNT:
 * no exchanger of the domain. */
static enum reach who_by_preference(const struct survey *s, const char *host)
{
    const char *domain = s->target.domain;
    const struct dns_answer *mx =
        domain ? survey_answer(s, domain, DNS_MX) : NULL;
    const struct dns_record *its = NULL;
    unsigned least = UINT16_MAX;

    for (size_t i = 0; mx && i < mx->len; i++) {
        const struct dns_record *r = &mx->records[i];
        least = r->priority < least ? r->priority : least;
        if (r->host && strcmp(r->host, host) == 0 &&
            (!its || r->priority < its->priority))
            its = r;
    }
    if (!its)
        return REACH_COUNT;
    return its->priority == least ? REACH_EXCHANGER : REACH_BACKUP;
}

enum reach confidence_who_at(const struct survey *s, const struct cell *c)
{
    const struct mail_way *way = mail_way_of(s, c);
    bool whole_host = s->target.kind == TARGET_HOST && s->target.port == 0 &&
                      !s->target.service;

    if (way)
        return who_by_way(way);
    if (c->port == PORT_SMTP && s->target.kind == TARGET_DOMAIN)
        return who_by_preference(s, c->host) == REACH_BACKUP ? REACH_BACKUP
                                                             : REACH_EXCHANGER;
    if (c->port == PORT_SMTP && whole_host)
        return REACH_PORT_25;
    return c->port == PORT_HTTPS && whole_host && s->target.role != ROLE_HTTPS
               ? REACH_WEB
               : REACH_ASKED;
}

/* The best way that leads to the host: who comes by it is hit. */
static enum reach who_by_ways(const struct survey *s, const char *host,
                              const struct confidence_table *t)
{
    enum reach most = REACH_COUNT;

    for (size_t i = 0; s->ways && i < s->ways->len; i++) {
        const struct mail_way *way = &s->ways->items[i];
        enum reach who = who_by_way(way);
        if (strcmp(way->host, host) == 0 &&
            (most == REACH_COUNT || t->who[who] > t->who[most]))
            most = who;
    }
    return most;
}

enum reach confidence_who_about(const struct survey *s, const struct finding *f,
                                const struct confidence_table *t)
{
    const char *host = json_find_text(f->params, "host");
    const char *name = host ? host : json_find_text(f->params, "name");

    if (!name)
        return REACH_DOMAIN;
    enum reach as_exchanger = who_by_preference(s, name);
    enum reach as_way = who_by_ways(s, name, t);
    if (as_exchanger == REACH_COUNT)
        return as_way == REACH_COUNT ? REACH_DOMAIN : as_way;
    return as_way == REACH_COUNT || t->who[as_exchanger] >= t->who[as_way]
               ? as_exchanger
               : as_way;
}
