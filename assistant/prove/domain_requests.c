#include "prove/domain_requests.h"

#include <string.h>

#include "facts/mail_places.h"
#include "facts/mail_ways.h"
#include "model/service.h"
#include "prove/order_requests.h"

static void ask_addresses(const struct survey *s, const char *host,
                          struct probe_requests *out)
{
    probe_request_question(out, s, host, DNS_A);
    probe_request_question(out, s, host, DNS_AAAA);
}

static void ask_published(const struct survey *s, const char *domain,
                          struct probe_requests *out)
{
    struct text_list owners = mail_places_srv_owners(out->arena, domain);
    struct mail_places files = mail_places_files(s, out->arena);

    for (size_t i = 0; i < owners.len; i++)
        probe_request_question(out, s, owners.text[i], DNS_SRV);
    probe_request_question(
        out, s, mail_places_autodiscover_owner(out->arena, domain), DNS_SRV);
    probe_request_question(
        out, s, mail_places_planned_owner(out->arena, domain), DNS_TXT);
    for (size_t i = 0; i < files.len; i++) {
        const char *url = files.items[i].url, *next = NULL;
        const struct fetch *had = mail_places_fetched(s, url, &next);
        if (!had || next)
            probe_request_fetch(out, s, next ? next : url, NULL,
                                requests_named_at(s, NULL));
    }
    ask_addresses(s, mail_places_nobody(out->arena, domain), out);
}

/* Who holds https://autodiscover, or the host that an SRV record names for it,
 * is asked as Outlook does, and tells by its certificate. */
static void look_at_autodiscover(const struct survey *s, const char *domain,
                                 struct probe_requests *out)
{
    const struct dns_record *srv = mail_places_autodiscover(s, out->arena);

    probe_request_endpoint(out, s,
                           arena_printf(out->arena, "autodiscover.%s", domain),
                           PORT_HTTPS);
    if (srv)
        probe_request_endpoint_as(out, s, srv->host, srv->port, "https");
}

void domain_requests(const struct survey *s, struct probe_requests *out)
{
    const char *domain = s->target.domain;

    if (s->target.kind != TARGET_DOMAIN)
        return;
    ask_published(s, domain, out);
    look_at_autodiscover(s, domain, out);
    probe_request_question(
        out, s, arena_printf(out->arena, "_smtp._tls.%s", domain), DNS_TXT);
    for (size_t i = 0; s->ways && i < s->ways->len; i++) {
        const struct mail_way *way = &s->ways->items[i];
        if (mail_way_state(s, way) == WAY_UNSEEN)
            probe_request_asked(
                out, s,
                &(struct endpoint_request){
                    .host = way->host,
                    .port = way->port,
                    .service = way->service->name,
                    .is_brief = way->is_filter,
                    .from_file = way->source == WAY_AUTOCONFIG ||
                                 way->source == WAY_AUTODISCOVER,
                    .named_at = requests_named_at(s, NULL),
                });
    }
}
