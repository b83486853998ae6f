#include "facts/candidate.h"

#include <string.h>

#include "base/text.h"
#include "facts/cell_state.h"
#include "facts/client_view.h"
#include "facts/knowledge.h"
#include "facts/mail_shield.h"
#include "facts/name_harvest.h"
#include "facts/validity.h"

enum rank { SAME_DOMAIN, OWN_WORDS, OTHER, RANK_COUNT };

struct candidate_pool {
    const struct survey *s;
    struct arena *arena;
    const char *domain; /* registrable, of the asked host; or NULL */
    struct text_list names[RANK_COUNT];
    size_t len; /* of all ranks */
};

static enum rank rank_of(const struct candidate_pool *p, const char *name,
                         bool own_words)
{
    if (p->domain &&
        (strcmp(name, p->domain) == 0 || name_is_below(name, p->domain)))
        return SAME_DOMAIN;
    return own_words ? OWN_WORDS : OTHER;
}

/* Names that machines at home and containers give themselves lead elsewhere
 * for everybody else. */
static bool is_for_all(const struct candidate_pool *p, const char *name)
{
    return !name_is_internal(name) &&
           (name_has_known_end(name) ||
            (p->domain && name_same_domain(name, p->domain)));
}

static void take(void *arg, const char *text, bool own_words)
{
    struct candidate_pool *p = arg;
    if (p->len == CANDIDATE_MAX)
        return;
    struct name_read name = name_read(p->arena, text, strlen(text));
    if (name.kind != NAME_HOST || !is_for_all(p, name.text) ||
        strcmp(name.text, p->s->target.host) == 0)
        return;
    for (int r = 0; r < RANK_COUNT; r++) {
        if (text_is_among(name.text, p->names[r].text, p->names[r].len))
            return;
    }
    text_list_add(p->arena, &p->names[rank_of(p, name.text, own_words)],
                  name.text);
    p->len++;
}

/* Where no address was asked for by name: "the same domain" needs one. */
static const char *asked_domain(const struct survey *s, struct arena *a)
{
    return s->target.host_is_ip ? NULL : name_domain(a, s->target.host);
}

/* shop.example.net of imap.shop.example.net, where the star is *.example.net */
static void take_parent(struct candidate_pool *p, const char *star)
{
    const char *host = p->s->target.host;
    if (p->s->target.host_is_ip || !name_is_wildcard(star) ||
        !*name_base(star) || !name_is_below(host, name_base(star)))
        return;
    for (size_t above = name_labels(host) - name_labels(star); above; above--)
        host = strchr(host, '.') + 1;
    take(p, host, false);
}

static void take_shown(void *arg, const char *name, bool own_words)
{
    if (name[0] == '*')
        take_parent(arg, name);
    else
        take(arg, name, own_words);
}

static void take_siblings(struct candidate_pool *p)
{
    const struct known *k = &knowledge_of(p->s)->known;
    if (!p->domain)
        return;
    for (size_t i = 0; i < k->hosts_len; i++)
        if (!k->hosts[i].is_settings)
            take(p,
                 arena_printf(p->arena, "%s.%s", k->hosts[i].label, p->domain),
                 false);
}

/* A chat program looks for the name of the domain, whatever the machine is
 * called (RFC 6120 13.7.2); a mail server has no settings page. */
static bool is_other_work(const struct survey *s)
{
    const struct service *asked = s->target.service
                                      ? service_find(s->target.service)
                                      : service_at(s->target.port);

    return asked && asked->on_request;
}

struct text_list candidate_names(const struct survey *s, struct arena *a)
{
    struct text_list all = { 0 };
    if (s->target.kind != TARGET_HOST || is_other_work(s))
        return all;
    struct candidate_pool p = { .s = s,
                                .arena = a,
                                .domain = asked_domain(s, a) };
    name_harvest_greetings(s, take, &p);
    take_siblings(&p);
    name_harvest_dns(s, a, p.domain, take, &p);
    for (size_t i = 0; i < s->cells_len; i++)
        name_harvest_cert(survey_new_leaf(s, i), take_shown, &p);
    for (int r = 0; r < RANK_COUNT; r++) {
        for (size_t i = 0; i < p.names[r].len; i++)
            text_list_add(a, &all, p.names[r].text[i]);
    }
    return all;
}

/* An address that could not be asked for cannot have been looked at; one that
 * DNSSEC disproves is none. */
static bool addresses_are_known(const struct survey *s, const char *host)
{
    static const enum dns_type types[] = { DNS_A, DNS_AAAA };
    for (size_t i = 0; i < sizeof types / sizeof *types; i++) {
        const struct dns_answer *answer = survey_answer(s, host, types[i]);
        if (answer &&
            (answer->outcome == DNS_SERVFAIL ||
             answer->outcome == DNS_TIMED_OUT || answer->security == DNS_BOGUS))
            return false;
    }
    return true;
}

static bool addresses_have_v4(const struct text_list *list)
{
    for (size_t i = 0; i < list->len; i++) {
        if (!strchr(list->text[i], ':'))
            return true;
    }
    return false;
}

bool candidate_leads_here(const struct survey *s, const char *host)
{
    if (s->target.kind != TARGET_HOST || !addresses_are_known(s, host))
        return false;
    struct text_list own = survey_addresses(s, s->arena, s->target.host);
    struct text_list its = survey_addresses(s, s->arena, host);
    for (size_t i = 0; i < its.len; i++) {
        if (!text_list_has(&own, its.text[i]))
            return false;
    }
    /* Most networks have IPv4, and many have nothing else. */
    return its.len > 0 && (addresses_have_v4(&its) || !addresses_have_v4(&own));
}

static bool cell_is_of(const struct survey *s, const struct cell *c,
                       const char *host, uint16_t port)
{
    return c->port == port && strcmp(c->host, host) == 0 && client_view(s, c);
}

static bool clean_at(const struct survey *s, const char *host, uint16_t port,
                     const char *address)
{
    bool seen = false;
    for (size_t i = 0; i < s->cells_len; i++) {
        const struct cell *c = &s->cells[i];
        if (!cell_is_of(s, c, host, port) || strcmp(c->address, address) != 0)
            continue;
        if (!cell_is_clean(s, c))
            return false;
        seen = true;
    }
    return seen;
}

bool candidate_clean_anywhere(const struct survey *s, const char *host,
                              uint16_t port)
{
    struct text_list its = survey_addresses(s, s->arena, host);
    for (size_t i = 0; i < its.len; i++) {
        if (!clean_at(s, host, port, its.text[i]))
            return false;
    }
    return its.len > 0 && addresses_are_known(s, host);
}

bool candidate_seen_clean(const struct survey *s, const char *host,
                          uint16_t port)
{
    return candidate_leads_here(s, host) &&
           candidate_clean_anywhere(s, host, port);
}

uint16_t candidate_partner(uint16_t port)
{
    const struct service *at = service_at(port);
    const struct service *other =
        at && at->partner ? service_find(at->partner) : NULL;
    return other ? other->port : 0;
}

static bool fails_where_asked(const struct survey *s)
{
    for (size_t i = 0; i < s->cells_len; i++) {
        const struct cell *c = &s->cells[i];
        if (client_view_asked(s, c) && cell_has_tls(c) && !cell_is_clean(s, c))
            return true;
    }
    return false;
}

static bool is_good(const struct survey *s, const struct cell *c)
{
    return c->key_type == KEY_UNKNOWN && client_view_here(s, c) &&
           validity_is_fresh(s, c);
}

/* A domain has many hosts, and what is right at one says nothing about another:
 * each that fails needs a good port of its own. */
static bool is_lost(const struct survey *s, const struct cell *bad)
{
    bool fails = client_view_asked(s, bad) && cell_has_tls(bad) &&
                 !cell_is_clean(s, bad) &&
                 mail_shield_most(s, bad) != SEV_INFO && mail_way_of(s, bad);

    for (size_t i = 0; fails && i < s->cells_len; i++)
        if (is_good(s, &s->cells[i]) &&
            strcmp(s->cells[i].host, bad->host) == 0)
            return false;
    return fails;
}

static bool leaves_host_behind(const struct survey *s)
{
    for (size_t i = 0; s->ways && i < s->cells_len; i++)
        if (is_lost(s, &s->cells[i]))
            return true;
    return false;
}

const struct cell *candidate_good(const struct survey *s)
{
    const struct cell *elsewhere = NULL;
    if (leaves_host_behind(s))
        return NULL;
    for (size_t i = 0; i < s->cells_len; i++) {
        const struct cell *c = &s->cells[i];
        if (!is_good(s, c))
            continue;
        if (c->asked)
            return c;
        if (!elsewhere)
            elsewhere = c;
    }
    return elsewhere && fails_where_asked(s) ? elsewhere : NULL;
}

static bool answers_in_tls(const struct survey *s, uint16_t port)
{
    for (size_t i = 0; i < s->cells_len; i++) {
        const struct cell *c = &s->cells[i];
        if (c->port == port && c->asked && cell_has_tls(c))
            return true;
    }
    return false;
}

static size_t port_add(uint16_t ports[CANDIDATE_PORTS_MAX], size_t len,
                       uint16_t port)
{
    for (size_t i = 0; i < len; i++) {
        if (ports[i] == port)
            return len;
    }
    if (port && len < CANDIDATE_PORTS_MAX)
        ports[len++] = port;
    return len;
}

size_t candidate_ports(const struct survey *s,
                       uint16_t ports[CANDIDATE_PORTS_MAX])
{
    size_t len = 0;
    if (s->target.port) {
        len = port_add(ports, len, s->target.port);
        len = port_add(ports, len, candidate_partner(s->target.port));
    }
    /* 25 is for mail servers: what a person means there is submission. */
    if (s->target.port == 25) {
        len = port_add(ports, len, 465);
        len = port_add(ports, len, 587);
    }
    if (s->target.port)
        return len;
    if (survey_addresses(s, s->arena, s->target.host).len == 0) {
        len = port_add(ports, len, 465);
        len = port_add(ports, len, 587);
        return port_add(ports, len, 993);
    }
    for (const struct service *at = services; at->name; at++) {
        if (at->client && answers_in_tls(s, at->port))
            len = port_add(ports, len, at->port);
    }
    return len;
}
