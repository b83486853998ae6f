#include "prove/order_requests.h"

#include <string.h>

#include "check/policy.h"
#include "check/replacement.h"
#include "facts/caa.h"
#include "facts/candidate.h"
#include "facts/cell_state.h"
#include "facts/dns01.h"
#include "facts/http01.h"
#include "facts/san_plan.h"
#include "facts/tlsa.h"
#include "model/service.h"

enum { KNOCKS_MAX = 16, PINNED_NAMES_MAX = 8 };

/* Before anything was looked at: where the mail servers of the domain are. */
static enum ip_reach exchangers_reach(const struct survey *s)
{
    const char *domain = s->target.domain;
    const struct dns_answer *mx =
        domain ? survey_answer(s, domain, DNS_MX) : NULL;
    enum ip_reach nearest = IP_NOWHERE;

    for (size_t i = 0; mx && !s->cells_len && i < mx->len; i++) {
        const char *host = mx->records[i].host;
        struct text_list all = { 0 };
        if (host && !name_is_ip(host))
            all = survey_addresses(s, s->arena, host);
        for (size_t k = 0; k < all.len; k++)
            nearest = name_ip_farther(nearest, name_ip_reach(all.text[k]));
    }
    return nearest;
}

enum ip_reach requests_named_at(const struct survey *s, const struct cell *c)
{
    enum ip_reach nearest = IP_NOWHERE;

    if (c && s->target.kind != TARGET_DOMAIN)
        return name_ip_reach(c->address);
    for (size_t i = 0; i < s->cells_len; i++)
        if (s->cells[i].asked)
            nearest =
                name_ip_farther(nearest, name_ip_reach(s->cells[i].address));
    if (nearest == IP_NOWHERE)
        nearest = exchangers_reach(s);
    if (nearest != IP_NOWHERE)
        return nearest;
    return s->ordered.names.len ? IP_OWN : IP_PUBLIC;
}

static void ask_names(const struct survey *s, struct probe_requests *out)
{
    struct text_list owners = san_plan_srv_owners(s, out->arena);
    struct text_list names = san_plan_candidates(s, out->arena);

    for (size_t i = 0; i < owners.len; i++)
        probe_request_question(out, s, owners.text[i], DNS_SRV);
    for (size_t i = 0; i < names.len; i++) {
        probe_request_question(out, s, names.text[i], DNS_A);
        probe_request_question(out, s, names.text[i], DNS_AAAA);
    }
}

static void ask_caa(const struct survey *s, struct probe_requests *out)
{
    struct text_list names = replacement_names(s, out->arena);

    for (size_t i = 0; i < names.len; i++) {
        struct text_list owners = { 0 };
        if (!name_is_ip(names.text[i]))
            owners = caa_owners(out->arena, names.text[i]);
        for (size_t k = 0; k < owners.len; k++)
            probe_request_question(out, s, owners.text[k], DNS_CAA);
    }
}

static void knock(const struct survey *s, struct probe_requests *out)
{
    struct text_list names = replacement_names(s, out->arena);
    enum ip_reach named_at = requests_named_at(s, NULL);

    for (size_t i = 0; i < names.len; i++) {
        const char *url = http01_url(out->arena, names.text[i]);
        struct text_list to = survey_addresses(s, out->arena, names.text[i]);
        for (size_t k = 0; k < to.len && i * to.len + k < KNOCKS_MAX; k++)
            probe_request_fetch(out, s, url, to.text[k], named_at);
    }
}

/* The redirects, as the authority follows them. Whoever answered names where to
 * go on. */
static void follow(const struct survey *s, struct probe_requests *out)
{
    struct text_list names = replacement_names(s, out->arena);

    for (size_t i = 0; i < names.len; i++) {
        struct text_list to = survey_addresses(s, out->arena, names.text[i]);
        for (size_t k = 0; k < to.len && i * to.len + k < KNOCKS_MAX; k++) {
            struct http01 at =
                http01_judge_at(s, out->arena, names.text[i], to.text[k]);
            if (at.next)
                probe_request_fetch(out, s, at.next, NULL,
                                    name_ip_reach(to.text[k]));
        }
    }
}

static void ask_tlsa_at(const struct survey *s, const char *host, uint16_t port,
                        struct probe_requests *out)
{
    if (host[0] != '*' && !name_is_ip(host))
        probe_request_question(out, s, tlsa_owner(out->arena, host, port),
                               DNS_TLSA);
}

static void ask_tlsa(const struct survey *s, const struct cell *c,
                     struct probe_requests *out)
{
    ask_tlsa_at(s, c->host, c->port, out);
}

/* Its certificate's own names, whoever asked for which. */
static void ask_pins_by_name(const struct survey *s, const struct cell *c,
                             struct probe_requests *out)
{
    const struct cert *leaf = cell_leaf(s, c);
    size_t asked = 0;

    for (size_t i = 0; leaf && i < leaf->dns_names.len; i++) {
        const char *name = leaf->dns_names.text[i];
        if (asked == PINNED_NAMES_MAX || i == CERT_NAMES_READ)
            return;
        if (!san_plan_leads_here(s, name))
            continue;
        ask_tlsa_at(s, name, PORT_SMTP, out);
        ask_tlsa_at(s, name, c->port, out);
        asked++;
    }
}

/* Senders may know the same key by another name of the certificate: most
 * often that of the exchanger, whatever port was asked. */
static void ask_pins(const struct survey *s, struct probe_requests *out)
{
    struct text_list names = replacement_names(s, out->arena);

    for (size_t i = 0; i < names.len; i++)
        ask_tlsa_at(s, names.text[i], PORT_SMTP, out);
    for (size_t i = 0; i < s->cells_len; i++) {
        if (!replacement_changes(s, &s->cells[i]))
            continue;
        ask_tlsa(s, &s->cells[i], out);
        ask_pins_by_name(s, &s->cells[i], out);
        for (size_t k = 0; k < names.len && k < PINNED_NAMES_MAX; k++)
            ask_tlsa_at(s, names.text[k], s->cells[i].port, out);
    }
}

/* No order where some port is right: its certificate may go to the others. */
static void ask_pin_of_the_machine(const struct survey *s,
                                   struct probe_requests *out)
{
    const struct cell *good = candidate_good(s);

    for (size_t i = 0; good && i < s->cells_len; i++)
        if (replacement_changes(s, &s->cells[i]) &&
            !cell_is_clean(s, &s->cells[i]))
            ask_tlsa_at(s, good->host, PORT_SMTP, out);
}

void order_requests_add(const struct survey *s, const struct findings *found,
                        struct probe_requests *out)
{
    if (!replacement_is_due(s, found)) {
        ask_pin_of_the_machine(s, out);
        return;
    }
    ask_names(s, out);
    ask_caa(s, out);
    knock(s, out);
    ask_pins(s, out);
}

static void ask_addresses(const struct survey *s, struct probe_requests *out)
{
    struct text_list names = replacement_names(s, out->arena);

    for (size_t i = 0; i < names.len; i++) {
        if (name_is_wildcard(names.text[i]) || name_is_ip(names.text[i]))
            continue;
        probe_request_question(out, s, names.text[i], DNS_A);
        probe_request_question(out, s, names.text[i], DNS_AAAA);
    }
}

static void ask_dns01(const struct survey *s, struct probe_requests *out)
{
    struct text_list names = replacement_names(s, out->arena);
    struct arena *a = out->arena;

    for (size_t i = 0; i < names.len; i++) {
        const char *name = names.text[i];
        const char *zone = dns01_target_zone(s, a, name);
        if (!dns01_control(a, name))
            continue;
        probe_request_question(out, s, dns01_owner(a, name), DNS_TXT);
        probe_request_question(out, s, dns01_doubled(a, name), DNS_TXT);
        probe_request_question(out, s, dns01_control(a, name), DNS_TXT);
        if (zone)
            probe_request_question(out, s, zone, DNS_SOA);
    }
}

void order_requests_add_of(const struct survey *s, unsigned what,
                           struct probe_requests *out)
{
    if (what & ORDER_REQUEST_ADDRESSES)
        ask_addresses(s, out);
    if (what & ORDER_REQUEST_CAA)
        ask_caa(s, out);
    if (what & ORDER_REQUEST_PORT80) {
        knock(s, out);
        follow(s, out);
    }
    if (what & ORDER_REQUEST_DNS01)
        ask_dns01(s, out);
}

static bool announces(const struct survey *s, const char *owner)
{
    const struct dns_answer *txt = survey_answer(s, owner, DNS_TXT);

    for (size_t i = 0; txt && i < txt->len; i++)
        if (strncmp(txt->records[i].text, "v=STSv1", 7) == 0)
            return true;
    return false;
}

void order_requests_add_policy(const struct survey *s,
                               struct probe_requests *out)
{
    if (!replacement_policy_matters(s))
        return;
    struct text_list domains = policy_candidates(s, out->arena);
    for (size_t i = 0; i < domains.len; i++) {
        const char *domain = domains.text[i];
        const char *owner = sts_record_owner(out->arena, domain);
        probe_request_question(out, s, domain, DNS_MX);
        probe_request_question(out, s, owner, DNS_TXT);
        if (announces(s, owner))
            probe_request_fetch(out, s, sts_policy_url(out->arena, domain),
                                NULL, requests_named_at(s, NULL));
    }
    for (size_t i = 0; i < s->cells_len; i++)
        if (s->cells[i].asked && s->cells[i].port == PORT_SMTP &&
            cell_has_tls(&s->cells[i]))
            ask_tlsa(s, &s->cells[i], out);
}
