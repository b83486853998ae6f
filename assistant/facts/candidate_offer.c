/*
 * candidate_offer - is another name worth typing, and for what
 *
 * A person who changes the name changes it for one service or for all: what is
 * right today has to be right afterwards too, or stays as it is.
 */
#include "facts/candidate.h"

#include <string.h>

#include "facts/cell_state.h"
#include "facts/client_view.h"
#include "facts/name_harvest.h"
#include "model/service.h"

/* The ports that matter for what was asked, TLS at once first. */
struct ports {
    uint16_t at[CANDIDATE_PORTS_MAX];
    size_t len;
};

static void port_put(struct ports *p, uint16_t port)
{
    for (size_t i = 0; i < p->len; i++) {
        if (p->at[i] == port)
            return;
    }
    if (port && p->len < CANDIDATE_PORTS_MAX)
        p->at[p->len++] = port;
}

/* In the order in which they are offered. */
static struct ports ports_to_offer(const struct survey *s)
{
    struct ports all = { .len = 0 };
    uint16_t asked = s->target.port;
    port_put(&all, asked);
    port_put(&all, candidate_partner(asked));
    if (!asked || asked == PORT_SMTP) {
        port_put(&all, 465);
        port_put(&all, 587);
    }
    for (int way = 0; !asked && way < SECURITY_COUNT; way++) {
        for (const struct service *at = services; at->name; at++) {
            if (at->client && (int)at->security == way)
                port_put(&all, at->port);
        }
    }
    return all;
}

static bool same_work(uint16_t a, uint16_t b)
{
    const struct service *one = service_at(a), *other = service_at(b);
    return a == b || (one && other && strcmp(one->family, other->family) == 0);
}

static bool works(const struct survey *s, const struct ports *ports,
                  const char *host, uint16_t port)
{
    for (size_t i = 0; i < ports->len; i++) {
        if (same_work(ports->at[i], port) &&
            candidate_seen_clean(s, host, ports->at[i]))
            return true;
    }
    return false;
}

bool candidate_cures(const struct survey *s, const char *host, uint16_t port)
{
    struct ports ports = ports_to_offer(s);
    return works(s, &ports, host, port);
}

/* Under the typed name something of that work answers, and not well. */
static bool fails(const struct survey *s, uint16_t port)
{
    for (size_t i = 0; i < s->cells_len; i++) {
        const struct cell *c = &s->cells[i];
        if (client_view_asked(s, c) && same_work(c->port, port) &&
            cell_answered(c) && !cell_is_clean(s, c))
            return true;
    }
    return false;
}

static void weigh_ports(const struct survey *s, const char *host,
                        struct candidate_offer *o)
{
    const char *typed = s->target.host;
    struct ports ports = ports_to_offer(s);
    for (size_t i = 0; i < ports.len; i++) {
        uint16_t port = ports.at[i];
        bool was = candidate_seen_clean(s, typed, port);
        if (candidate_seen_clean(s, host, port)) {
            o->right[o->right_len++] = port;
            if (!o->port && !was && fails(s, port))
                o->port = port;
        } else if (!works(s, &ports, host, port)) {
            if (was)
                o->lost[o->lost_len++] = port;
            else if (fails(s, port))
                o->left++;
        }
    }
}

/* What the names that tie `host` to the machine are compared by. */
struct tie_search {
    const char *host;
    bool same_domain; /* a name of its domain is enough */
    bool found;
};

static void compare(void *arg, const char *name, bool own_words)
{
    struct tie_search *look = arg;
    (void)own_words;
    look->found = look->found || strcmp(name, look->host) == 0 ||
                  (look->same_domain && name_same_domain(name, look->host));
}

/* PTR, greeting, MX or alias say this name, or one of its domain. */
static bool is_said(const struct survey *s, const char *host, bool same_domain)
{
    struct tie_search look = { .host = host, .same_domain = same_domain };
    const char *domain =
        s->target.host_is_ip ? NULL : name_domain(s->arena, s->target.host);
    name_harvest_greetings(s, compare, &look);
    name_harvest_dns(s, s->arena, domain, compare, &look);
    return look.found;
}

/* Most names of a certificate that was shown are of the name's domain. */
static bool is_majority(const struct survey *s, const char *host)
{
    for (size_t i = 0; i < s->cells_len; i++) {
        const struct cert *leaf = survey_new_leaf(s, i);
        size_t all = leaf ? leaf->dns_names.len : 0;
        size_t its = 0;
        if (all > CERT_NAMES_READ)
            all = CERT_NAMES_READ;
        for (size_t n = 0; n < all; n++) {
            const char *name = name_base(leaf->dns_names.text[n]);
            its += name_same_domain(name, host);
        }
        if (2 * its > all)
            return true;
    }
    return false;
}

static enum candidate_tie tie_of(const struct survey *s, const char *host)
{
    if (!s->target.host_is_ip && name_same_domain(host, s->target.host))
        return TIE_DOMAIN;
    if (is_said(s, host, false))
        return TIE_MACHINE;
    return is_said(s, host, true) || is_majority(s, host) ? TIE_CERTIFICATE
                                                          : TIE_NONE;
}

void candidate_offer(const struct survey *s, const char *host,
                     struct candidate_offer *out)
{
    struct candidate_offer o = { .port = 0 };
    if (candidate_leads_here(s, host))
        weigh_ports(s, host, &o);
    if (o.port)
        o.tie = tie_of(s, host);
    *out = o;
}

uint16_t candidate_port_anywhere(const struct survey *s, const char *host)
{
    struct ports ports = ports_to_offer(s);
    for (size_t i = 0; i < ports.len; i++) {
        if (candidate_clean_anywhere(s, host, ports.at[i]))
            return ports.at[i];
    }
    return 0;
}
