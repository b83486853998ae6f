#include "probe/scan_plan.h"

#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "model/name.h"
#include "model/service.h"

struct endpoint {
    const char *host;
    const char *reference;
    const char *sni;    /* NULL: send none */
    const char *source; /* whose addresses */
    const struct service *service;
    uint16_t port;
    bool guesses; /* `service` is a first try */
    bool asked;
    bool is_brief;
    const struct endpoint_request *request; /* NULL: the target's own */
};

/* On a port nobody knows, TLS is tried at once; the scan goes on as whatever
 * greets there. */
static const struct service *service_of(const struct target *t, uint16_t port)
{
    const struct service *named = service_find(t->service);
    const struct service *known = service_at(port);

    if (named)
        return named;
    return known ? known : service_find("submissions");
}

static void add(struct scan_plan *g, const char *host, uint16_t port,
                const struct service *service,
                const struct endpoint_request *request)
{
    const struct target *t = &g->survey->target;
    bool is_target = t->host && strcmp(host, t->host) == 0;
    bool own_sni = !request || is_target;
    bool asked = !request || request->asked;
    bool at_address = request && request->address;
    const char *sni = name_is_ip(host) ? NULL : host;

    if (own_sni && t->sni)
        sni = t->sni;
    if ((own_sni || asked || at_address) && t->no_sni)
        sni = NULL;
    g->items = arena_grow(g->survey->arena, g->items, g->len, sizeof *g->items);
    g->items[g->len++] = (struct endpoint){
        .host = host,
        .reference = own_sni && t->name ? t->name : host,
        .sni = sni,
        .source = connect_to_source(&g->options->connect_to, host, port),
        .service = service ? service : service_of(t, port),
        .port = port,
        .asked = asked,
        .is_brief = request && request->is_brief,
        .request = request,
        .guesses = !service && !service_find(t->service) && !service_at(port),
    };
}

void scan_plan_host(struct scan_plan *g)
{
    const struct target *t = &g->survey->target;
    const struct service *named = service_find(t->service);
    uint16_t port = t->port || !named ? t->port : named->port;

    if (port) {
        add(g, t->host, port, NULL, NULL);
        return;
    }
    for (const struct service *s = services; s->name; s++)
        if (!s->on_request)
            add(g, t->host, s->port, s, NULL);
}

static const char *host_of(const struct dns_record *r)
{
    return r->host ? r->host : "."; /* a name that is none leads nowhere */
}

static int by_preference(const void *one, const void *other)
{
    const struct dns_record *a = one, *b = other;

    if (a->priority != b->priority)
        return a->priority < b->priority ? -1 : 1;
    return strcmp(host_of(a), host_of(b));
}

static void add_mail_host(struct scan_plan *g, const char *host)
{
    const struct target *t = &g->survey->target;
    const struct service *smtp = service_find("smtp");
    uint16_t port = t->port ? t->port : smtp->port;

    /* "." means that it takes no mail (RFC 7505); an address is no host name
       (RFC 5321 5.1). */
    if (strcmp(host, ".") != 0 && !name_is_ip(host))
        add(g, host, port, t->port ? NULL : smtp, NULL);
}

void scan_plan_domain(struct scan_plan *g)
{
    const char *domain = g->survey->target.domain;
    const struct dns_answer *mx = survey_answer(g->survey, domain, DNS_MX);

    if (!mx || mx->outcome == DNS_NODATA) {
        add_mail_host(g, domain); /* RFC 5321 5.1: the implicit MX */
        return;
    }
    struct dns_record *hosts = arena_copy(g->survey->arena, mx->records,
                                          mx->len * sizeof *mx->records);
    qsort(hosts, mx->len, sizeof *hosts, by_preference);
    for (size_t i = 0; i < mx->len && i < SCAN_PLAN_MAIL_HOSTS; i++)
        if (i == 0 || strcmp(host_of(&hosts[i]), host_of(&hosts[i - 1])) != 0)
            add_mail_host(g, host_of(&hosts[i]));
}

void scan_plan_requests(struct scan_plan *g, const struct probe_requests *w)
{
    for (size_t i = 0; i < w->scans_len; i++) {
        const struct endpoint_request *request = &w->scans[i];
        add(g, request->host, request->port, service_find(request->service),
            request);
    }
}

void scan_plan_ask(const struct scan_plan *g, const char *name,
                   struct dns_batch *i)
{
    if (name_is_ip(name))
        return;
    if (!g->options->no_ip4)
        dns_batch_add(i, name, DNS_A);
    if (!g->options->no_ip6)
        dns_batch_add(i, name, DNS_AAAA);
}

void scan_plan_questions(const struct scan_plan *g, struct dns_batch *i)
{
    for (size_t n = 0; n < g->len; n++)
        scan_plan_ask(g, g->items[n].source, i);
}

static size_t host_rank(const struct scan_plan *g, const char *host)
{
    size_t i = 0;

    while (strcmp(g->items[i].host, host) != 0)
        i++;
    return i;
}

/* Where anybody may ask: why this is not looked at. What the DNS says counts,
 * and where --connect-to leads; net/connection.c judges that once more. */
static const char *held_back(const struct scan_plan *g, const struct scan *l)
{
    const struct public_address_rule *rule = g->options->public_only;
    const char *no = public_address_no_name(rule, l->cell.host);

    no = no ? no : public_address_no_port(rule, l->cell.port);
    no = no ? no : public_address_no(rule, l->cell.address);
    no = no ? no : public_address_no(rule, l->place.address);
    if (!no && rule && rule->counted)
        no = rule->counted(rule->arg, l->cell.address);
    return no;
}

static struct scan *new_look(const struct scan_plan *g, size_t endpoint,
                             const char *address)
{
    const struct endpoint *s = &g->items[endpoint];
    struct scan *l = arena_alloc(g->survey->arena, 1, sizeof *l);

    l->cell = (struct cell){
        .host = s->host,
        .reference = s->reference,
        .address = address,
        .port = s->port,
        .service = s->service->name,
        .security = s->service->security,
        .sni = s->sni,
        .asked = s->asked,
        .alert = -1,
    };
    l->service = s->service;
    l->place =
        connect_to_place(&g->options->connect_to, s->host, address, s->port);
    l->held_back = held_back(g, l);
    l->guesses = s->guesses;
    l->is_brief = s->is_brief;
    l->wants_inside = protocol_find(s->service->family) != NULL;
    l->wants_variant = s->asked && s->sni && !g->survey->target.sni;
    /* Who names the SNI asks for that one scan and no other. */
    l->wants_rsa = s->asked && !g->survey->target.sni &&
                   strcmp(s->service->family, "http") != 0;
    l->arena = g->survey->arena;
    l->host_rank = host_rank(g, s->host);
    l->port_rank = endpoint;
    return l;
}

static int by_number(const char *a, const char *b)
{
    uint8_t x[16] = { 0 }, y[16] = { 0 };
    size_t x_len = name_ip_bytes(a, x), y_len = name_ip_bytes(b, y);

    if (x_len != y_len)
        return x_len < y_len ? -1 : 1;
    return memcmp(x, y, sizeof x);
}

static int in_order(const void *one, const void *other)
{
    const struct scan *const *a = one, *const *b = other;
    int addresses = by_number((*a)->cell.address, (*b)->cell.address);

    if ((*a)->host_rank != (*b)->host_rank)
        return (*a)->host_rank < (*b)->host_rank ? -1 : 1;
    if (addresses != 0)
        return addresses;
    return (*a)->port_rank < (*b)->port_rank ? -1 : 1;
}

/* Some zones hold thousands, and every one of them is somebody's machine. */
static void tell_of_cut(const char *host, size_t len)
{
    if (len > SCAN_PLAN_ADDRESSES)
        log_note("%s has %zu addresses: the first %d are looked at", host, len,
                 SCAN_PLAN_ADDRESSES);
}

/* A stranger's settings file may name a router or a service of this machine.
 * Where --connect-to leads a name, whoever runs us has said so. */
static bool may_knock(const struct endpoint *e, const char *address)
{
    if (e->request && e->request->address &&
        strcmp(e->request->address, address) != 0)
        return false;
    if (!e->request || !e->request->from_file ||
        (strcmp(e->source, e->host) != 0 && !name_is_ip(e->host)))
        return true;
    return name_ip_may_lead(e->request->named_at, name_ip_reach(address));
}

struct scan **scan_plan_scans(const struct scan_plan *g, size_t *len)
{
    struct arena *a = g->survey->arena;
    struct scan **scans = NULL;

    *len = 0;
    for (size_t i = 0; i < g->len; i++) {
        struct text_list all =
            survey_addresses(g->survey, a, g->items[i].source);
        if (i == 0 || strcmp(g->items[i].source, g->items[i - 1].source) != 0)
            tell_of_cut(g->items[i].source, all.len);
        for (size_t n = 0; n < all.len && n < SCAN_PLAN_ADDRESSES; n++) {
            if (!may_knock(&g->items[i], all.text[n]))
                continue;
            scans = arena_grow(a, scans, *len, sizeof(struct scan *));
            scans[(*len)++] = new_look(g, i, all.text[n]);
        }
    }
    if (*len)
        qsort(scans, *len, sizeof(struct scan *), in_order);
    return scans;
}
