#include <string.h>

#include "check/replacement.h"
#include "facts/candidate.h"
#include "facts/client_view.h"
#include "facts/connection_lost.h"
#include "facts/near_port.h"
#include "facts/rotation.h"
#include "facts/san_plan.h"
#include "model/service.h"
#include "prove/domain_requests.h"
#include "prove/order_requests.h"
#include "prove/prove.h"

enum {
    LOOKED_AT_MAX = 8, /* candidate names that get connections */
    AGAIN_MAX = 4,     /* places that get ROTATION_LOOKS more ... */
    AGAIN_AT_HOST = 2, /* ... and at one host */
};

static void ask_addresses(const struct survey *s, const char *host,
                          struct probe_requests *out)
{
    probe_request_question(out, s, host, DNS_A);
    probe_request_question(out, s, host, DNS_AAAA);
}

/* What the DNS knows about the machine: each answer may name candidates. */
static void ask_about_target(const struct survey *s, struct probe_requests *out)
{
    const char *host = s->target.host;
    struct text_list own = survey_addresses(s, out->arena, host);
    for (size_t i = 0; i < own.len; i++)
        probe_request_question(out, s, name_reverse(out->arena, own.text[i]),
                               DNS_PTR);
    if (s->target.host_is_ip)
        return;
    const char *domain = name_domain(out->arena, host);
    probe_request_question(out, s, host, DNS_MX);
    if (domain)
        probe_request_question(out, s, domain, DNS_MX);
}

static void look_at(const struct survey *s, const char *host,
                    struct probe_requests *out)
{
    uint16_t ports[CANDIDATE_PORTS_MAX];
    size_t len = candidate_ports(s, ports);
    for (size_t i = 0; i < len; i++)
        probe_request_endpoint(out, s, host, ports[i]);
}

/* Only where a look can prove something: here, or, when the asked name leads
 * nowhere, anywhere in its own domain. */
static bool is_worth_a_look(const struct survey *s, const char *host, bool lost)
{
    if (lost)
        return survey_addresses(s, s->arena, host).len > 0 &&
               name_same_domain(host, s->target.host);
    return candidate_leads_here(s, host);
}

static void look_for_names(const struct survey *s, struct probe_requests *out)
{
    struct text_list names = candidate_names(s, out->arena);
    bool lost = survey_addresses(s, out->arena, s->target.host).len == 0;
    size_t looked_at = 0;
    for (size_t i = 0; i < names.len; i++) {
        const char *host = names.text[i];
        ask_addresses(s, host, out);
        if (looked_at < LOOKED_AT_MAX && is_worth_a_look(s, host, lost)) {
            look_at(s, host, out);
            looked_at++;
        }
    }
}

/* The issuer that ends the path too early, from the address it gives. */
static void fetch_missing(const struct survey *s, const struct cell *c,
                          struct probe_requests *out)
{
    const struct verdict *v = &c->verdict;
    if (v->trusted || v->repaired || v->path_len == 0)
        return;
    const struct cert *last = &s->certs[v->path[v->path_len - 1]].cert;
    if (last->issuer_url && !last->self_signed)
        probe_request_fetch(out, s, last->issuer_url, NULL,
                            requests_named_at(s, c));
}

/* The lists of revoked certificates that the path names. */
static void fetch_lists(const struct survey *s, const struct cell *c,
                        struct probe_requests *out)
{
    const struct verdict *v = &c->verdict;
    for (size_t i = 0; i + 1 < v->path_len; i++) {
        const char *url = s->certs[v->path[i]].cert.crl_url;
        if (url)
            probe_request_fetch(out, s, url, NULL, requests_named_at(s, c));
    }
}

static bool is_same_place(const struct cell *c, const struct cell *other)
{
    return c->port == other->port && c->host && other->host &&
           strcmp(c->host, other->host) == 0 &&
           strcmp(c->address, other->address) == 0;
}

static bool was_looked_at_again(const struct survey *s, const struct cell *c)
{
    size_t looks = 0;

    for (size_t i = 0; i < s->cells_len; i++)
        looks += client_view(s, &s->cells[i]) && is_same_place(&s->cells[i], c);
    return looks > ROTATION_LOOKS;
}

/* Where looks disagree, a few more tell machines that share an address from
 * programs that were set up apart. */
static void look_again(const struct survey *s, struct probe_requests *out)
{
    const char *last_host = NULL;
    size_t places = 0, at_host = 0;

    for (size_t i = 0; i < s->cells_len && places < AGAIN_MAX; i++) {
        const struct cell *c = &s->cells[i];
        if (!client_view_counts(s, c) || !rotation_is_suspected(s, c))
            continue;
        if (!last_host || strcmp(last_host, c->host) != 0)
            at_host = 0;
        last_host = c->host;
        if (at_host++ >= AGAIN_AT_HOST)
            continue;
        places++;
        if (!was_looked_at_again(s, c))
            probe_request_again(out, c, ROTATION_LOOKS);
    }
}

/* It talks where TLS was due: perhaps it upgrades when it is asked to. */
static void try_other_mode(const struct survey *s, const struct cell *c,
                           struct probe_requests *out)
{
    const struct service *service = service_find(c->service);
    if (c->asked && c->plain_text && service && service->partner)
        probe_request_endpoint_as(out, s, c->host, c->port, service->partner);
}

/* Who installs a certificate does so for every mail service: the names of the
 * ports that were not asked for may be lost by it. */
static void ask_names_beside(const struct survey *s, const struct cell *c,
                             struct probe_requests *out)
{
    const struct cert *leaf = c->chain_len ? cell_leaf(s, c) : NULL;

    if (!leaf || c->asked || !client_view_here(s, c))
        return;
    for (size_t i = 0; i < leaf->dns_names.len && i < CANDIDATE_MAX; i++) {
        const char *text = leaf->dns_names.text[i];
        struct name_read name = name_read(out->arena, text, strlen(text));
        if (name.kind == NAME_HOST)
            ask_addresses(s, name.text, out);
    }
}

/* One port was asked for, and its certificate fails: perhaps another port of
 * the same host shows the right one, and it only has to be copied. */
static void look_at_other_ports(const struct survey *s,
                                struct probe_requests *out)
{
    bool wrong = false;
    for (size_t i = 0; i < s->cells_len; i++)
        wrong = wrong || replacement_changes(s, &s->cells[i]);
    for (const struct service *at = services; wrong && at->name; at++)
        if (at->client || at->port == PORT_HTTPS)
            probe_request_endpoint(out, s, s->target.host, at->port);
    for (size_t i = 0; wrong && i < s->cells_len; i++)
        ask_names_beside(s, &s->cells[i], out);
}

/* What the port was mistyped for, or the same service the other way. */
static void look_at_likely_ports(const struct survey *s,
                                 struct probe_requests *out)
{
    uint16_t ports[NEAR_PORTS_MAX];
    size_t len = near_ports(s->target.port, ports);
    uint16_t partner = candidate_partner(s->target.port);

    if (partner)
        probe_request_endpoint(out, s, s->target.host, partner);
    for (size_t i = 0; i < len; i++)
        probe_request_endpoint(out, s, s->target.host, ports[i]);
}

void prove_requests(const struct survey *s, const struct findings *found,
                    struct probe_requests *out)
{
    enum severity worst = findings_worst(found);
    if (s->target.kind != TARGET_FILE)
        order_requests_add_policy(s, out);
    domain_requests(s, out);
    if (connection_lost_dns_is_silent(s))
        probe_request_question(out, s, CONNECTION_LOST_CONTROL, DNS_NS);
    if (s->target.kind != TARGET_FILE)
        look_again(s, out);
    for (size_t i = 0; s->target.revocation && i < s->cells_len; i++)
        fetch_lists(s, &s->cells[i], out);
    if (worst != SEV_ERROR && worst != SEV_WARNING)
        return;
    for (size_t i = 0; i < s->cells_len; i++) {
        if (s->cells[i].asked)
            fetch_missing(s, &s->cells[i], out);
        try_other_mode(s, &s->cells[i], out);
    }
    if (s->target.kind != TARGET_FILE)
        order_requests_add(s, found, out);
    if (s->target.kind != TARGET_HOST)
        return;
    ask_about_target(s, out);
    look_for_names(s, out);
    if (s->target.port)
        look_at_other_ports(s, out);
    look_at_likely_ports(s, out);
}
