#include "facts/mail_ways.h"

#include <assert.h>
#include <string.h>

#include "facts/cell_state.h"
#include "facts/client_view.h"
#include "facts/mail_places.h"
#include "model/name.h"

enum {
    HTTP_OK = 200,
    EXCHANGERS_MAX = 8,
    WAYS_MAX = 200,
};

const struct word way_source_words[] = {
    { "autoconfig", WAY_AUTOCONFIG },
    { "autodiscover", WAY_AUTODISCOVER },
    { "srv", WAY_SRV },
    { "mx", WAY_MX },
    { "guess", WAY_GUESS },
    { NULL, WAY_SOURCE_COUNT },
};
static_assert(sizeof way_source_words / sizeof *way_source_words ==
                  WAY_SOURCE_COUNT + 1,
              "a word per source");

/* Each name is tried on its own ports; in the order of
 * mail_places_guesses(). */
static const bool guess_families[][WAY_FAMILY_COUNT] = {
    { [WAY_IMAP] = true },
    { [WAY_POP] = true },
    { [WAY_POP] = true },
    { [WAY_SEND] = true },
    { [WAY_SEND] = true, [WAY_IMAP] = true, [WAY_POP] = true },
    { [WAY_SEND] = true, [WAY_IMAP] = true, [WAY_POP] = true },
};

static const struct {
    enum way_family family;
    const char *service;
} client_ports[] = {
    { WAY_SEND, "submissions" }, { WAY_SEND, "submission" },
    { WAY_IMAP, "imaps" },       { WAY_IMAP, "imap" },
    { WAY_POP, "pop3s" },        { WAY_POP, "pop3" },
};

/* ---- gathering ---- */

struct gathering {
    struct survey *s;
    struct arena *arena;
    struct mail_ways *ways;
};

static bool same_place(const struct mail_way *one, const char *host,
                       uint16_t port, const struct service *service)
{
    return one->port == port && one->service == service &&
           strcmp(one->host, host) == 0;
}

static void add(struct gathering *g, const struct mail_way *way)
{
    struct mail_ways *w = g->ways;

    for (size_t i = 0; i < w->len; i++)
        if (same_place(&w->items[i], way->host, way->port, way->service))
            return;
    if (w->len == WAYS_MAX)
        return;
    w->items = arena_grow(g->arena, w->items, w->len, sizeof *w->items);
    w->items[w->len++] = *way;
}

static enum way_family family_of(const char *family)
{
    if (strcmp(family, "imap") == 0)
        return WAY_IMAP;
    return strcmp(family, "pop3") == 0 ? WAY_POP : WAY_SEND;
}

static const struct service *service_for(enum way_family family, bool tls)
{
    static const char *const names[WAY_FAMILY_COUNT][2] = {
        [WAY_SEND] = { "submission", "submissions" },
        [WAY_IMAP] = { "imap", "imaps" },
        [WAY_POP] = { "pop3", "pop3s" },
        [WAY_SIEVE] = { "sieve", "sieve" },
    };

    return service_find(names[family][tls]);
}

static void take_servers(struct gathering *g, const struct mail_place *at,
                         const struct autoconfig *file)
{
    bool had[WAY_FAMILY_COUNT] = { false };
    bool is_autodiscover = at->kind == PLACE_AUTODISCOVER;

    for (size_t i = 0; i < file->len; i++) {
        const struct autoconfig_server *server = &file->servers[i];
        enum way_family family = family_of(server->family);
        add(g,
            &(struct mail_way){
                .source = is_autodiscover ? WAY_AUTODISCOVER : WAY_AUTOCONFIG,
                .is_providers = at->kind == PLACE_PROVIDER,
                .family = family,
                .published_at = at->url,
                .host = server->host,
                .port = server->port,
                .service =
                    service_for(family, server->socket == AUTOCONFIG_TLS),
                .is_plain = server->socket == AUTOCONFIG_PLAIN,
                .is_first = !had[family],
            });
        had[family] = true;
    }
}

static void take_file(struct gathering *g, const struct mail_place *at,
                      const struct fetch *f)
{
    struct mail_ways *w = g->ways;
    struct autoconfig file;

    autoconfig_read(g->arena, f->body, f->body_len, g->s->target.domain, &file);
    if (file.state == AUTOCONFIG_BROKEN && !w->broken.url)
        w->broken = (struct broken_settings){ at->url, file.why, at->kind };
    w->has_settings = w->has_settings || file.state == AUTOCONFIG_READ;
    take_servers(g, at, &file);
}

/* What nothing was encrypted on the way of leads Outlook on, and says nothing
 * else. The provider's file is for who has none. */
static bool counts(const struct gathering *g, const struct mail_place *at,
                   const struct fetch *f)
{
    bool in_clear = strncmp(f->url, "http://", strlen("http://")) == 0;

    if (at->kind == PLACE_PROVIDER)
        return !g->ways->has_settings;
    return at->kind != PLACE_AUTODISCOVER || !in_clear;
}

static void take_settings(struct gathering *g)
{
    struct mail_places files = mail_places_files(g->s, g->arena);

    for (size_t i = 0; i < files.len; i++) {
        const struct mail_place *at = &files.items[i];
        const char *next = NULL;
        const struct fetch *f = mail_places_fetched(g->s, at->url, &next);
        if (!f || f->status != HTTP_OK || !f->body_len)
            continue;
        if (at->kind == PLACE_PLANNED)
            g->ways->planned = *(const char *)f->body == '{' ? at->url : NULL;
        else if (counts(g, at, f))
            take_file(g, at, f);
    }
}

static enum way_family family_of_service(const char *name)
{
    const struct service *service = service_find(name);

    return strcmp(service->family, "sieve") == 0 ? WAY_SIEVE
                                                 : family_of(service->family);
}

static uint16_t lowest_priority(const struct dns_answer *srv)
{
    uint16_t lowest = UINT16_MAX;

    for (size_t i = 0; i < srv->len; i++)
        if (srv->records[i].priority < lowest)
            lowest = srv->records[i].priority;
    return lowest;
}

static void take_srv(struct gathering *g, const char *domain)
{
    struct text_list owners = mail_places_srv_owners(g->arena, domain);

    for (size_t i = 0; i < owners.len; i++) {
        const struct dns_answer *srv =
            survey_answer(g->s, owners.text[i], DNS_SRV);
        if (!srv || srv->outcome != DNS_ANSWERED)
            continue;
        uint16_t lowest = lowest_priority(srv);
        g->ways->has_srv = g->ways->has_srv || srv->len;
        for (size_t k = 0; k < srv->len; k++) {
            const struct dns_record *r = &srv->records[k];
            if (!r->host || strcmp(r->host, ".") == 0 || !r->port)
                continue; /* "not offered" (RFC 6186 3.4) */
            add(g, &(struct mail_way){
                       .source = WAY_SRV,
                       .family = family_of_service(srv_kinds[i].service),
                       .published_at = owners.text[i],
                       .host = r->host,
                       .port = r->port,
                       .service = service_find(srv_kinds[i].service),
                       .is_first = r->priority == lowest,
                   });
        }
    }
}

static void take_client_ports(struct gathering *g, const struct mail_way *like,
                              const bool *families)
{
    for (size_t i = 0; i < sizeof client_ports / sizeof *client_ports; i++) {
        struct mail_way way = *like;
        if (families && !families[client_ports[i].family])
            continue;
        way.family = client_ports[i].family;
        way.service = service_find(client_ports[i].service);
        way.port = way.service->port;
        add(g, &way);
    }
}

static bool is_published(const struct gathering *g, enum way_family family)
{
    for (size_t i = 0; i < g->ways->len; i++)
        if (g->ways->items[i].family == family &&
            g->ways->items[i].published_at)
            return true;
    return false;
}

/* The MX hosts of others are rarely what mail programs are set to; where
 * something is published nobody has to knock there. */
static void take_exchangers(struct gathering *g, const char *domain)
{
    const struct dns_answer *mx = survey_answer(g->s, domain, DNS_MX);
    bool known = is_published(g, WAY_SEND) && is_published(g, WAY_IMAP);
    size_t taken = 0;

    if (mx && mx->outcome == DNS_NODATA)
        take_client_ports(g,
                          &(struct mail_way){ .source = WAY_MX,
                                              .host = domain,
                                              .is_first = true },
                          NULL);
    for (size_t i = 0; mx && i < mx->len && taken < EXCHANGERS_MAX; i++) {
        const char *host = mx->records[i].host;
        bool is_ours = host && name_same_domain(host, domain);
        if (!host || strcmp(host, ".") == 0 || name_is_ip(host) ||
            (!is_ours && known))
            continue;
        taken++;
        take_client_ports(g,
                          &(struct mail_way){ .source = WAY_MX,
                                              .host = host,
                                              .is_first = true,
                                              .is_filter = !is_ours },
                          NULL);
    }
}

static void take_guesses(struct gathering *g, const char *domain)
{
    struct text_list names = mail_places_guesses(g->arena, domain);

    for (size_t i = 0; i < names.len; i++)
        take_client_ports(
            g,
            &(struct mail_way){
                .source = WAY_GUESS,
                .host = names.text[i],
                .by_star = mail_places_by_star(g->s, names.text[i]),
            },
            guess_families[i]);
}

/* ---- the cells of each ---- */

static bool shows(const struct survey *s, const struct cell *c,
                  const struct mail_way *way)
{
    return c->port == way->port && c->key_type == KEY_UNKNOWN &&
           strcmp(c->service, way->service->name) == 0 &&
           strcmp(c->host, way->host) == 0 && client_view(s, c);
}

static enum way_state state_of_cell(const struct survey *s,
                                    const struct cell *c)
{
    enum cell_state state = cell_state(s, c);

    if (cell_is_clean(s, c))
        return WAY_CLEAN;
    if (state == STATE_NOT_TRIED)
        return WAY_UNSEEN;
    if (c->connect.outcome != OUTCOME_OK)
        return WAY_CLOSED;
    /* Clear text where TLS was due, or the other way round, is mail too. Who
     * takes TLS there and hangs up does not reach the server behind. */
    bool cut_off = c->inside.outcome == OUTCOME_CLOSED ||
                   c->inside.outcome == OUTCOME_ALERTED;
    if (cell_speaks(c) || cut_off || c->wants_tls ||
        (c->plain_text && c->greeted_as))
        return WAY_BAD;
    return WAY_MUTE;
}

/* What is published is asked for by whoever reads it. What is only tried says
 * nothing where no mail server answers. */
static bool is_asked(const struct survey *s, const struct mail_way *way,
                     const struct cell *c)
{
    enum way_state state = state_of_cell(s, c);

    return way->published_at || state == WAY_BAD || state == WAY_CLEAN;
}

/* The same place was looked at in the same way before: facts/rotation.h. */
static bool is_repeat(const struct survey *s, const struct cell *c)
{
    for (const struct cell *before = s->cells; before < c; before++)
        if (before->port == c->port && before->key_type == c->key_type &&
            (before->sni == NULL) == (c->sni == NULL) &&
            strcmp(before->host, c->host) == 0 &&
            strcmp(before->address, c->address) == 0 &&
            strcmp(before->service, c->service) == 0)
            return true;
    return false;
}

/* The look without SNI at the same place goes with the one with SNI; that for
 * another kind of key is what some programs get to see. */
static void mark(struct gathering *g, size_t w, const struct cell *c,
                 size_t *of_cell)
{
    struct survey *s = g->s;
    bool asked = is_asked(s, &g->ways->items[w], c);

    for (size_t i = 0; i < s->cells_len; i++) {
        struct cell *other = &s->cells[i];
        if (other->port != c->port || strcmp(other->host, c->host) != 0 ||
            strcmp(other->address, c->address) != 0 ||
            strcmp(other->service, c->service) != 0)
            continue;
        other->asked = asked && !is_repeat(s, other);
        if (other->key_type != KEY_UNKNOWN)
            of_cell[i] = w;
    }
}

static void find_cells(struct gathering *g)
{
    struct survey *s = g->s;
    size_t *of_cell = arena_alloc(g->arena, s->cells_len, sizeof *of_cell);

    for (size_t i = 0; i < s->cells_len; i++)
        of_cell[i] = SIZE_MAX;
    for (size_t w = 0; w < g->ways->len; w++) {
        struct mail_way *way = &g->ways->items[w];
        size_t *cells = NULL;
        for (size_t i = 0; i < s->cells_len; i++) {
            if (!shows(s, &s->cells[i], way))
                continue;
            cells = arena_grow(g->arena, cells, way->cells_len, sizeof *cells);
            cells[way->cells_len++] = i;
            of_cell[i] = w;
            mark(g, w, &s->cells[i], of_cell);
        }
        way->cells = cells;
    }
    g->ways->of_cell = of_cell;
    g->ways->of_cell_len = s->cells_len;
}

/* What answers for people is no filter, whoever runs it. */
static bool greets_people(const struct survey *s, const struct mail_way *way)
{
    bool for_people = way->family == WAY_IMAP || way->family == WAY_POP;

    for (size_t i = 0; for_people && i < way->cells_len; i++)
        if (cell_speaks(&s->cells[way->cells[i]]))
            return true;
    return false;
}

static void find_filters(struct gathering *g)
{
    struct mail_ways *w = g->ways;

    for (size_t i = 0; i < w->len; i++)
        for (size_t k = 0; w->items[i].is_filter && k < w->len; k++)
            if (strcmp(w->items[i].host, w->items[k].host) == 0 &&
                greets_people(g->s, &w->items[k]))
                w->items[i].is_filter = false;
}

void mail_ways_fill(struct survey *s)
{
    const struct target *t = &s->target;
    struct gathering g = { .s = s, .arena = s->arena };

    s->ways = NULL;
    if (t->kind != TARGET_DOMAIN || t->port || t->service)
        return;
    g.ways = arena_alloc(s->arena, 1, sizeof *g.ways);
    *g.ways = (struct mail_ways){ .items = NULL };
    take_settings(&g);
    take_srv(&g, t->domain);
    take_exchangers(&g, t->domain);
    take_guesses(&g, t->domain);
    find_cells(&g);
    find_filters(&g);
    s->ways = g.ways;
}

/* ---- judging ---- */

const struct mail_way *mail_way_of(const struct survey *s, const struct cell *c)
{
    const struct mail_ways *w = s->ways;
    size_t i = (size_t)(c - s->cells);

    if (!w || i >= w->of_cell_len || w->of_cell[i] == SIZE_MAX)
        return NULL;
    return &w->items[w->of_cell[i]];
}

static bool is_known_absent(const struct survey *s, const char *host)
{
    const struct dns_answer *ip4 = survey_answer(s, host, DNS_A);
    const struct dns_answer *ip6 = survey_answer(s, host, DNS_AAAA);
    const struct dns_answer *both[] = { ip4, ip6 };

    for (size_t i = 0; i < 2; i++)
        if (both[i] && both[i]->outcome != DNS_NXDOMAIN &&
            both[i]->outcome != DNS_NODATA)
            return false;
    return ip4 || ip6;
}

/* Of several addresses the best counts here: that they differ is told. */
enum way_state mail_way_state(const struct survey *s,
                              const struct mail_way *way)
{
    enum way_state best = WAY_UNSEEN;

    if (!way->cells_len)
        return is_known_absent(s, way->host) ? WAY_GONE : WAY_UNSEEN;
    for (size_t i = 0; i < way->cells_len; i++) {
        enum way_state state = state_of_cell(s, &s->cells[way->cells[i]]);
        if (state > best)
            best = state;
    }
    return best;
}

bool mail_way_is_all_clean(const struct survey *s, const struct mail_way *way)
{
    for (size_t i = 0; i < way->cells_len; i++)
        if (state_of_cell(s, &s->cells[way->cells[i]]) != WAY_CLEAN)
            return false;
    return way->cells_len > 0;
}

bool mail_ways_publish(const struct survey *s, enum way_source source)
{
    for (size_t i = 0; s->ways && i < s->ways->len; i++)
        if (s->ways->items[i].source == source &&
            s->ways->items[i].published_at)
            return true;
    return false;
}

const struct mail_way *mail_way_clean(const struct survey *s,
                                      enum way_family family,
                                      enum way_source source,
                                      const struct mail_way *than)
{
    for (size_t i = 0; s->ways && i < s->ways->len; i++) {
        const struct mail_way *way = &s->ways->items[i];
        bool fits = source == WAY_SOURCE_COUNT || way->source == source;
        if (way != than && fits && way->family == family && !way->is_plain &&
            mail_way_state(s, way) == WAY_CLEAN)
            return way;
    }
    return NULL;
}
