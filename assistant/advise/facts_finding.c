/*
 * facts_finding - the facts of one finding and of the cells it was seen in
 */
#include "advise/facts_get.h"

#include <string.h>

#include "advise/software.h"
#include "base/clock.h"
#include "facts/cell_state.h"
#include "facts/hostname_match.h"
#include "facts/mail_shield.h"
#include "facts/near_port.h"
#include "facts/stale.h"
#include "facts/validity.h"
#include "model/service.h"

FINDING_FACT(finding_severity)
{
    return facts_text(now, table_text(severity_words, (int)f->severity));
}

FINDING_FACT(finding_title)
{
    return facts_text(now, f->def->title);
}

FINDING_FACT(finding_detail)
{
    return facts_text(now, f->detail);
}

FINDING_FACT(finding_subject)
{
    return facts_text(now, f->subject);
}

FINDING_FACT(finding_record)
{
    return facts_text(now, json_find_text(f->params, "record"));
}

FINDING_FACT(finding_value)
{
    return facts_text(now, json_find_text(f->params, "value"));
}

FINDING_FACT(finding_leave_out)
{
    (void)now;
    return json_find(f->params, "leave_out");
}

FINDING_FACT(finding_places)
{
    return facts_text(now, json_find_text(f->params, "places"));
}

FINDING_FACT(finding_numbers)
{
    return facts_text(now, json_find_text(f->params, "numbers"));
}

FINDING_FACT(finding_remove)
{
    return facts_text(now, json_find_text(f->params, "remove"));
}

/* Of a domain's many hosts the one in trouble. */
FINDING_FACT(finding_asked_host)
{
    const struct survey *s = now->survey;

    if (s->target.kind != TARGET_DOMAIN || !f->cells_len)
        return NULL;
    return facts_text(now, s->cells[f->cells[0]].host);
}

FINDING_FACT(finding_source)
{
    return facts_text(now, json_find_text(f->params, "source"));
}

FINDING_FACT(finding_maker)
{
    return facts_text(now, json_find_text(f->params, "maker"));
}

FINDING_FACT(finding_good_host)
{
    return facts_text(now, json_find_text(f->params, "good_host"));
}

FINDING_FACT(finding_good_port)
{
    (void)now;
    return json_find(f->params, "good_port");
}

FINDING_FACT(finding_good_socket)
{
    return facts_text(now, json_find_text(f->params, "good_socket"));
}

FINDING_FACT(finding_good_type)
{
    return facts_text(now, json_find_text(f->params, "good_type"));
}

FINDING_FACT(finding_incoming)
{
    (void)now;
    return json_find(f->params, "incoming");
}

FINDING_FACT(finding_outgoing)
{
    (void)now;
    return json_find(f->params, "outgoing");
}

FINDING_FACT(finding_served_domain)
{
    return facts_text(now, json_find_text(f->params, "served_domain"));
}

FINDING_FACT(finding_target)
{
    return facts_text(now, json_find_text(f->params, "target"));
}

FINDING_FACT(finding_host)
{
    return facts_text(now, json_find_text(f->params, "host"));
}

/* RFC 7671 8.1: twice the time that others may keep the old answer. */
FINDING_FACT(finding_wait)
{
    double ttl_s = json_find_number(f->params, "ttl", 0);
    long long minutes = (2 * (long long)ttl_s + 59) / 60;
    const char *text =
        minutes > 120 ? arena_printf(now->arena, "%lld hours", minutes / 60 + 1)
                      : arena_printf(now->arena, "%lld minutes", minutes);
    return minutes ? facts_text(now, text) : NULL;
}

static bool has_number(const struct json *list, double number)
{
    JSON_EACH (item, list) {
        if (item->number >= number && item->number <= number)
            return true;
    }
    return false;
}

FINDING_FACT(finding_ports)
{
    struct json *ports = json_array(now->arena);
    for (size_t i = 0; i < f->cells_len; i++) {
        uint16_t port = now->survey->cells[f->cells[i]].port;
        if (!has_number(ports, port))
            json_add_number(now->arena, ports, port);
    }
    return ports->len ? ports : NULL;
}

FINDING_FACT(finding_addresses)
{
    struct text_list names = { 0 };
    for (size_t i = 0; i < f->cells_len; i++)
        text_list_add_new(now->arena, &names,
                          now->survey->cells[f->cells[i]].address);
    return facts_list(now, &names);
}

FINDING_FACT(finding_dead)
{
    for (size_t i = 0; i < f->cells_len; i++) {
        enum outcome o = now->survey->cells[f->cells[i]].connect.outcome;
        if (o != OUTCOME_REFUSED && o != OUTCOME_TIMED_OUT)
            return NULL;
    }
    if (f->cells_len == 0)
        return NULL;
    const char *address = now->survey->cells[f->cells[0]].address;
    return facts_text(now, strchr(address, ':') ? "AAAA" : "A");
}

FINDING_FACT(finding_services)
{
    struct text_list names = { 0 };
    for (size_t i = 0; i < f->cells_len; i++)
        text_list_add_new(now->arena, &names,
                          now->survey->cells[f->cells[i]].service);
    return facts_list(now, &names);
}

/* What a port that nothing is known of was mistyped for: the likeliest that is
 * clean. Where something answers, it was meant. */
static const struct service *near_port(const struct survey *s,
                                       const struct cell *c)
{
    uint16_t ports[NEAR_PORTS_MAX];
    size_t len = cell_answered(c) ? 0 : near_ports(c->port, ports);

    for (size_t i = 0; i < len; i++)
        if (candidate_seen_clean(s, c->host, ports[i]))
            return service_at(ports[i]);
    return NULL;
}

/* The first faulty port of the finding whose partner is clean, or what it was
 * mistyped for. */
static const struct service *other_port(const struct context *now,
                                        const struct finding *f)
{
    const struct survey *s = now->survey;
    for (size_t i = 0; i < f->cells_len; i++) {
        const struct cell *c = &s->cells[f->cells[i]];
        uint16_t port = candidate_partner(c->port);
        if (port && c->asked && !cell_is_clean(s, c) &&
            candidate_seen_clean(s, c->host, port))
            return service_at(port);
        const struct service *meant = c->asked ? near_port(s, c) : NULL;
        if (meant)
            return meant;
    }
    return NULL;
}

FINDING_FACT(other_port_near)
{
    const struct service *at = other_port(now, f);
    for (size_t i = 0; at && i < f->cells_len; i++)
        if (near_port(now->survey, &now->survey->cells[f->cells[i]]) == at)
            return json_bool(now->arena, true);
    return json_bool(now->arena, false);
}

FINDING_FACT(other_port_found)
{
    return json_bool(now->arena, other_port(now, f) != NULL);
}

FINDING_FACT(other_port_port)
{
    const struct service *at = other_port(now, f);
    return at ? json_number(now->arena, at->port) : NULL;
}

FINDING_FACT(other_port_security)
{
    const struct service *at = other_port(now, f);
    return at ? facts_text(now, table_text(security_words, (int)at->security))
              : NULL;
}

FINDING_FACT(other_port_service)
{
    const struct service *at = other_port(now, f);
    return at ? facts_text(now, at->name) : NULL;
}

/* A cell that waited in silence and then spoke TLS, and all is well there. */
static const struct cell *other_mode(const struct context *now,
                                     const struct finding *f)
{
    const struct cell *found = NULL;
    for (size_t i = 0; i < f->cells_len; i++) {
        const struct cell *c = &now->survey->cells[f->cells[i]];
        if (!candidate_other_mode(now->survey, c))
            return NULL;
        if (!found || found->port == c->port)
            found = c;
    }
    return found;
}

FINDING_FACT(mode_found)
{
    return json_bool(now->arena, other_mode(now, f) != NULL);
}

FINDING_FACT(mode_port)
{
    const struct cell *c = other_mode(now, f);
    return c ? json_number(now->arena, c->port) : NULL;
}

FINDING_FACT(mode_security)
{
    const struct cell *c = other_mode(now, f);
    if (!c)
        return NULL;
    return facts_text(now, c->plain_text ? "starttls" : "implicit");
}

static const struct cert *served(const struct context *now,
                                 const struct finding *f)
{
    const struct cell *c = context_cell(now, f);
    return c ? cell_leaf(now->survey, c) : NULL;
}

FINDING_FACT(served_names)
{
    const struct cert *leaf = served(now, f);
    return leaf ? facts_list(now, &leaf->dns_names) : NULL;
}

FINDING_FACT(served_name_ok)
{
    const struct cell *c = context_cell(now, f);
    return c && c->verdict.done ? json_bool(now->arena, c->verdict.name_ok)
                                : NULL;
}

/* Mail of other servers goes on whatever the name is. */
static bool wants_name(const struct context *now, const struct cell *c)
{
    const struct survey *s = now->survey;
    bool is_aside = c->port == PORT_SMTP && s->target.port != PORT_SMTP;

    return context_is_faulty(now, c) && c->reference && !is_aside &&
           mail_shield_most(s, c) != SEV_INFO;
}

FINDING_FACT(served_fits_all)
{
    const struct survey *s = now->survey;
    const struct cert *leaf = served(now, f);
    bool fits = true;

    for (size_t i = 0; leaf && i < s->cells_len; i++) {
        const struct cell *c = &s->cells[i];
        if (wants_name(now, c))
            fits = fits && hostname_match_cert(leaf, c->reference).kind ==
                               MATCH_COVERED;
    }
    return leaf ? json_bool(now->arena, fits) : NULL;
}

FINDING_FACT(served_trusted)
{
    const struct cell *c = context_cell(now, f);
    return c && c->verdict.done ? json_bool(now->arena, c->verdict.trusted)
                                : NULL;
}

FINDING_FACT(served_in_date)
{
    const struct cert *leaf = served(now, f);
    int64_t at = now->survey->judged_at;
    return leaf ? json_bool(now->arena,
                            leaf->not_before <= at && at <= leaf->not_after)
                : NULL;
}

FINDING_FACT(served_self_signed)
{
    const struct cert *leaf = served(now, f);
    return leaf ? json_bool(now->arena, leaf->self_signed) : NULL;
}

FINDING_FACT(served_issuer)
{
    const struct cert *leaf = served(now, f);
    return leaf ? facts_text(now,
                             leaf->issuer_cn ? leaf->issuer_cn : leaf->issuer)
                : NULL;
}

FINDING_FACT(served_from)
{
    const struct cert *leaf = served(now, f);
    return leaf ? facts_text(now, clock_text(now->arena, leaf->not_before))
                : NULL;
}

FINDING_FACT(served_until)
{
    const struct cert *leaf = served(now, f);
    return leaf ? facts_text(now, clock_text(now->arena, leaf->not_after))
                : NULL;
}

FINDING_FACT(served_from_moment)
{
    const struct cert *leaf = served(now, f);
    return leaf ? facts_text(now, clock_moment(now->arena, leaf->not_before))
                : NULL;
}

FINDING_FACT(served_until_moment)
{
    const struct cert *leaf = served(now, f);
    return leaf ? facts_text(now, clock_moment(now->arena, leaf->not_after))
                : NULL;
}

FINDING_FACT(server_port)
{
    const struct cell *c = context_cell(now, f);
    return c ? json_number(now->arena, c->port) : NULL;
}

FINDING_FACT(server_service)
{
    const struct cell *c = context_cell(now, f);
    return c ? facts_text(now, c->service) : NULL;
}

/* 587 told to be TLS at once is somebody's mistake, and not the server's. */
FINDING_FACT(server_usual)
{
    bool usual = true;

    for (size_t i = 0; i < f->cells_len; i++) {
        const struct cell *c = &now->survey->cells[f->cells[i]];
        const struct service *at = service_at(c->port);
        usual = usual && (!at || strcmp(at->name, c->service) == 0);
    }
    return json_bool(now->arena, usual);
}

FINDING_FACT(server_software)
{
    const struct cell *c = context_cell(now, f);
    return c ? facts_text(now, software_of(now->survey, c)) : NULL;
}

FINDING_FACT(stale_services)
{
    struct text_list names = { 0 };
    for (size_t i = 0; i < f->cells_len; i++) {
        const struct cell *c = &now->survey->cells[f->cells[i]];
        if (stale_is_behind(now->survey, c))
            text_list_add_new(now->arena, &names, c->service);
    }
    return facts_list(now, &names);
}

static const struct cell *successor(const struct context *now,
                                    const struct finding *f)
{
    return stale_successor_of(now->survey, f->cells, f->cells_len);
}

FINDING_FACT(stale_good_port)
{
    const struct cell *fresh = successor(now, f);
    return fresh ? json_number(now->arena, fresh->port) : NULL;
}

FINDING_FACT(stale_seen)
{
    return json_bool(now->arena, successor(now, f) != NULL);
}

FINDING_FACT(clock_wrong)
{
    const struct cell *c = context_cell(now, f);
    return json_bool(now->arena, c && validity_clock_is_wrong(now->survey, c));
}
