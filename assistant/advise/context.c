#include "advise/context.h"

#include <string.h>

#include "base/text.h"
#include "facts/cell_state.h"
#include "facts/chain_gap.h"
#include "facts/client_view.h"
#include "facts/hostname_match.h"
#include "facts/served_names.h"

enum { WILDCARD_PAYS_AT = 4 }; /* names of one level in use */

/* 25 and 443 of a bare host are there for comparison. */
static bool port_counts(const struct target *t, uint16_t port)
{
    if (t->kind != TARGET_HOST)
        return true;
    if (t->port)
        return t->port == port;
    const struct service *at = service_at(port);
    return at && at->client;
}

bool context_is_faulty(const struct context *now, const struct cell *c)
{
    const struct survey *s = now->survey;
    return client_view_asked(s, c) && port_counts(&s->target, c->port) &&
           cell_has_tls(c) && !cell_is_clean(s, c);
}

const struct cell *context_cell(const struct context *now,
                                const struct finding *f)
{
    const struct survey *s = now->survey;
    for (size_t i = 0; f && i < f->cells_len; i++) {
        const struct cell *c = &s->cells[f->cells[i]];
        if (!cell_is_clean(s, c))
            return c;
    }
    return f && f->cells_len ? &s->cells[f->cells[0]] : NULL;
}

static struct place place_at(const struct survey *s, const char *host,
                             uint16_t port)
{
    struct place found = { 0 };
    for (size_t i = 0; port && i < s->cells_len; i++) {
        const struct cell *c = &s->cells[i];
        if (c->port == port && strcmp(c->host, host) == 0)
            found = (struct place){ host, port, c->security };
    }
    return found;
}

/* A name that may go tomorrow comes behind all others, one that leaves services
 * where they are behind one that carries all; 0 is the best. */
static size_t price(const struct candidate_offer *o)
{
    enum { STRANGER = 10000, LOST = 100 };
    return (o->tie == TIE_NONE ? STRANGER : 0) + o->lost_len * LOST + o->left;
}

static void read_candidate(struct context *now, const struct text_list *names)
{
    for (size_t i = 0; i < names->len; i++) {
        struct candidate_offer offer;
        candidate_offer(now->survey, names->text[i], &offer);
        bool better =
            !now->candidate.host || price(&offer) < price(&now->offer);
        if (!offer.port || !better)
            continue;
        now->candidate = place_at(now->survey, names->text[i], offer.port);
        now->offer = offer;
    }
}

static void read_suggestion(struct context *now, const struct text_list *names)
{
    const struct survey *s = now->survey;
    const char *host = s->target.host;
    if (!host || survey_addresses(s, now->arena, host).len > 0)
        return;
    for (size_t i = 0; i < names->len && !now->suggestion.host; i++) {
        const char *name = names->text[i];
        if (name_same_domain(name, host))
            now->suggestion =
                place_at(s, name, candidate_port_anywhere(s, name));
    }
}

static void read_names(struct context *now)
{
    now->uses = san_plan(now->survey, now->arena);
    for (size_t i = 0; i < now->uses.len; i++)
        text_list_add_new(now->arena, &now->san_plan, now->uses.items[i].name);
}

static bool shows(const struct survey *s, const char *pattern)
{
    for (size_t i = 0; i < s->cells_len; i++) {
        const struct cert *leaf = cell_leaf(s, &s->cells[i]);
        if (leaf && s->cells[i].asked &&
            text_list_has(&leaf->dns_names, pattern))
            return true;
    }
    return false;
}

/* Nobody knows who uses what they cover. */
static void add_served_stars(struct context *now)
{
    for (size_t i = 0; i < now->survey->cells_len; i++) {
        const struct cert *leaf = served_leaf(now->survey, i);
        if (!leaf || !served_is_own(now->survey, leaf))
            continue;
        for (size_t n = 0; n < leaf->dns_names.len && n < CERT_NAMES_READ;
             n++) {
            const char *name =
                name_read_pattern(now->arena, leaf->dns_names.text[n]);
            if (name && name_is_wildcard(name) &&
                san_plan_issuable(now->survey, now->arena, name))
                text_list_add_new(now->arena, &now->wildcard, name);
        }
    }
}

static void read_wildcard(struct context *now)
{
    if (!now->domain || now->san_plan.len == 0)
        return;
    const char *star = arena_printf(now->arena, "*.%s", now->domain);
    bool apex = text_list_has(&now->san_plan, now->domain);
    size_t one_level = 0;
    text_list_add_new(now->arena, &now->wildcard, star);
    if (apex)
        text_list_add_new(now->arena, &now->wildcard, now->domain);
    add_served_stars(now);
    size_t stars = now->wildcard.len;
    for (size_t i = 0; i < now->san_plan.len; i++) {
        const char *name = now->san_plan.text[i];
        one_level += name_is_below(name, now->domain) &&
                     name_labels(name) == name_labels(now->domain) + 1;
        if (hostname_match_patterns(now->wildcard.text, stars, name).kind !=
            MATCH_COVERED)
            text_list_add_new(now->arena, &now->wildcard, name);
    }
    now->wildcard_pays =
        one_level >= WILDCARD_PAYS_AT || (apex && shows(now->survey, star));
}

/* Another address of the same host is clean on the same port. */
static bool is_good_elsewhere(const struct survey *s, const struct cell *bad)
{
    for (size_t i = 0; i < s->cells_len; i++) {
        const struct cell *good = &s->cells[i];
        if (good->port == bad->port && client_view_asked(s, good) &&
            cell_is_clean(s, good) && strcmp(good->host, bad->host) == 0 &&
            strcmp(good->address, bad->address) != 0)
            return true;
    }
    return false;
}

/* Addresses tell the whole difference only if each port is right on one. */
static void read_difference(struct context *now)
{
    bool by_address = true;
    for (size_t i = 0; i < now->survey->cells_len; i++) {
        const struct cell *bad = &now->survey->cells[i];
        if (!context_is_faulty(now, bad))
            continue;
        text_list_add_new(now->arena, &now->differ_ports,
                          arena_printf(now->arena, "%u", bad->port));
        text_list_add_new(now->arena, &now->differ_addresses, bad->address);
        by_address = by_address && is_good_elsewhere(now->survey, bad);
    }
    if (!by_address)
        now->differ_addresses.len = 0;
}

static void add_missing(struct context *now, const struct cell *c)
{
    struct gaps gaps = gap_list(now->survey, now->arena, c);
    for (size_t i = 0; i < gaps.len; i++) {
        text_list_add_new(now->arena, &now->missing, gaps.items[i].subject);
        text_list_add_new(now->arena, &now->missing_names, gaps.items[i].name);
    }
    now->missing_fetched = now->missing_fetched && gaps.fetched;
}

static void read_chain(struct context *now)
{
    now->missing_fetched = true;
    for (size_t i = 0; i < now->survey->cells_len; i++) {
        const struct cell *c = &now->survey->cells[i];
        if (!context_is_faulty(now, c))
            continue;
        for (size_t k = 0; k < c->verdict.faults_len; k++) {
            if (c->verdict.faults[k].code == TRUST_ISSUER_UNKNOWN)
                add_missing(now, c);
        }
    }
}

void context_read(const struct survey *s, struct context *out)
{
    struct context now = { .survey = s, .arena = s->arena };
    now.asked = target_reference(&s->target);
    now.issuable = now.asked && san_plan_issuable(s, s->arena, now.asked);
    if (now.asked && !name_is_ip(now.asked))
        now.domain = name_domain(s->arena, now.asked);
    now.good = candidate_good(s);
    struct text_list names = candidate_names(s, s->arena);
    read_candidate(&now, &names);
    read_suggestion(&now, &names);
    read_names(&now);
    read_wildcard(&now);
    read_difference(&now);
    read_chain(&now);
    *out = now;
}
