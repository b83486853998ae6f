#include "facts/san_plan.h"

#include <string.h>

#include "base/text.h"
#include "facts/candidate.h"
#include "facts/cell_state.h"
#include "facts/client_view.h"
#include "facts/hostname_match.h"
#include "facts/knowledge.h"
#include "facts/mail_shield.h"
#include "facts/name_harvest.h"
#include "facts/served_names.h"
#include "model/name.h"
#include "model/service.h"

enum {
    /* Twice what an authority certifies at once: what a server shows decides
     * how many questions are asked. */
    LOOKED_UP_MAX = 200,
};

static const char *const srv_labels[] = { "_submissions", "_submission",
                                          "_imaps", "_imap", "_pop3s" };

struct pool {
    const struct survey *s;
    struct arena *arena;
    const char *domain;
    struct uses uses;
    const char *why; /* of the answer that is read */
};

static bool has_too_many_labels(const struct survey *s, const char *name)
{
    int64_t most = knowledge_of(s)->usual->labels_max;

    return most && name_labels(name) > (size_t)most;
}

/* Boulder's policy: no public suffix, no deeper name than it takes; addresses
 * that everybody can reach (RFC 8738). */
bool san_plan_issuable(const struct survey *s, struct arena *a,
                       const char *name)
{
    const char *bare = name_base(name);

    if (name_is_ip(name))
        return !name_ip_is_private(name);
    return !name_is_ip(bare) && !name_is_internal(bare) &&
           !name_is_public_suffix(bare) && name_domain(a, bare) &&
           !strpbrk(bare, "_*") && !has_too_many_labels(s, name);
}

/* It gets the new certificate. */
static bool is_in_trouble(const struct survey *s, const struct cell *c)
{
    bool matters = !mail_way_of(s, c) || mail_shield_most(s, c) != SEV_INFO;

    return c->asked && matters && cell_has_tls(c) && !cell_is_clean(s, c);
}

/* Of a mail domain only the machines in trouble: its exchangers may be far
 * apart. */
static bool is_own_address(const struct survey *s, const char *address)
{
    struct text_list own = { 0 };

    if (s->target.kind == TARGET_HOST)
        own = survey_addresses(s, s->arena, s->target.host);
    for (size_t i = 0; i < own.len; i++)
        if (strcmp(own.text[i], address) == 0)
            return true;
    for (size_t i = 0; s->target.kind == TARGET_DOMAIN && i < s->cells_len; i++)
        if (is_in_trouble(s, &s->cells[i]) &&
            strcmp(s->cells[i].address, address) == 0)
            return true;
    return false;
}

bool san_plan_leads_here(const struct survey *s, const char *host)
{
    struct text_list its = survey_addresses(s, s->arena, host);

    for (size_t i = 0; i < its.len; i++)
        if (!is_own_address(s, its.text[i]))
            return false;
    return its.len > 0;
}

/* What the DNS says of it. */
static enum leads leads_of(const struct survey *s, const char *host)
{
    static const enum dns_type types[] = { DNS_A, DNS_AAAA };

    if (san_plan_leads_here(s, host))
        return LEADS_HERE;
    if (survey_addresses(s, s->arena, host).len)
        return LEADS_ELSEWHERE;
    for (size_t i = 0; i < sizeof types / sizeof *types; i++) {
        const struct dns_answer *answer = survey_answer(s, host, types[i]);
        if (!answer || answer->outcome == DNS_SERVFAIL ||
            answer->outcome == DNS_TIMED_OUT)
            return LEADS_UNKNOWN;
    }
    return LEADS_NOWHERE;
}

/* Of a file nobody asks the DNS: what stands on it is taken to be in use. */
static bool stays(const struct survey *s, const char *host)
{
    enum leads leads = leads_of(s, host);

    return leads == LEADS_HERE ||
           (s->target.kind == TARGET_FILE && leads == LEADS_UNKNOWN);
}

/* Whatever its domain. */
static void take_any(struct pool *p, const char *name, const char *why)
{
    struct uses *uses = &p->uses;

    if (!san_plan_issuable(p->s, p->arena, name) || uses->len == LOOKED_UP_MAX)
        return;
    for (size_t i = 0; i < uses->len; i++)
        if (strcmp(uses->items[i].name, name) == 0)
            return;
    uses->items =
        arena_grow(p->arena, uses->items, uses->len, sizeof *uses->items);
    uses->items[uses->len++] = (struct use){ name, why };
}

static void take(struct pool *p, const char *name, const char *why)
{
    if (name && p->domain && name_same_domain(name, p->domain))
        take_any(p, name, why);
}

/* A greeting may say anything. */
static void take_text(struct pool *p, const char *text, const char *why)
{
    if (text)
        take(p, name_read(p->arena, text, strlen(text)).text, why);
}

static void take_host(void *arg, const char *name, bool own_words)
{
    struct pool *p = arg;

    (void)own_words;
    take(p, name, p->why);
}

static void take_hosts(struct pool *p, const char *owner, enum dns_type type,
                       const char *why)
{
    p->why = why;
    name_harvest_hosts(p->s, owner, type, take_host, p);
}

static void take_dns(struct pool *p)
{
    struct text_list owners = san_plan_srv_owners(p->s, p->arena);

    take_hosts(p, p->domain, DNS_MX, "mail for the domain is delivered there");
    for (size_t i = 0; i < owners.len; i++)
        take_hosts(p, owners.text[i], DNS_SRV,
                   "the DNS leads mail programs there");
}

/* Whatever the domain; a name with a star is no host name. */
static void take_shown(void *arg, const char *text, bool own_words)
{
    struct pool *p = arg;
    struct name_read read = name_read(p->arena, text, strlen(text));

    (void)own_words;
    if (read.kind == NAME_HOST)
        take_any(p, read.text,
                 "it is on the present certificate and leads here");
}

/* Those of the person's own that are replaced. */
static void take_certificates(struct pool *p)
{
    for (size_t i = 0; i < p->s->cells_len; i++) {
        const struct cert *leaf = served_leaf(p->s, i);
        if (leaf && served_is_own(p->s, leaf))
            name_harvest_cert(leaf, take_shown, p);
    }
}

static void take_own_words(struct pool *p)
{
    static const char why[] = "the machine calls itself that";

    for (size_t i = 0; i < p->s->cells_len; i++) {
        const struct cell *c = &p->s->cells[i];
        if (!c->asked)
            continue;
        take_text(p, c->greeted_as, why);
        take_hosts(p, name_reverse(p->arena, c->address), DNS_PTR, why);
    }
}

static void take_customary(struct pool *p)
{
    const struct known *k = &knowledge_of(p->s)->known;

    for (size_t i = 0; i < k->hosts_len; i++)
        take(p, arena_printf(p->arena, "%s.%s", k->hosts[i].label, p->domain),
             k->hosts[i].is_settings
                 ? "mail programs fetch their settings there"
                 : "mail programs try it, and it leads here");
}

/* How mail programs or servers come there. */
static const char *reason_of(const struct survey *s, const struct cell *c)
{
    const struct mail_way *way = mail_way_of(s, c);

    if (!way || way->source == WAY_MX)
        return "mail for the domain is delivered there";
    return way->published_at ? "what the domain publishes leads programs there"
                             : "mail programs try it, and it leads here";
}

/* A domain's hosts are looked at in its place. */
static void take_asked(struct pool *p)
{
    const char *asked = target_reference(&p->s->target);

    if (p->s->target.kind != TARGET_DOMAIN && asked)
        take(p, asked, "it was asked for");
    for (size_t i = 0; i < p->s->cells_len; i++)
        if (is_in_trouble(p->s, &p->s->cells[i]) && p->s->cells[i].reference)
            take(p, p->s->cells[i].reference, reason_of(p->s, &p->s->cells[i]));
}

static const char *domain_of(const struct survey *s, struct arena *a)
{
    const char *asked = target_reference(&s->target);

    return asked && !name_is_ip(asked) ? name_domain(a, asked) : NULL;
}

struct text_list san_plan_srv_owners(const struct survey *s, struct arena *a)
{
    const char *domain = domain_of(s, a);
    struct text_list owners = { 0 };

    for (size_t i = 0; domain && i < sizeof srv_labels / sizeof *srv_labels;
         i++)
        text_list_add(a, &owners,
                      arena_printf(a, "%s._tcp.%s", srv_labels[i], domain));
    return owners;
}

/* A typed address: no domain speaks for it, the certificate there does. */
static struct uses collect_of_address(struct pool *p, size_t *own)
{
    const char *asked = target_reference(&p->s->target);

    if (!asked || !name_is_ip(asked))
        return p->uses;
    take_any(p, asked, "it was asked for");
    *own = p->uses.len;
    if (*own)
        take_certificates(p);
    return p->uses;
}

/* `own`: how many of them need not lead here, as they were asked for. */
static struct uses collect(const struct survey *s, struct arena *a, size_t *own)
{
    struct pool p = { .s = s, .arena = a, .domain = domain_of(s, a) };

    *own = 0;
    if (!p.domain)
        return collect_of_address(&p, own);
    take_asked(&p);
    *own = p.uses.len;
    if (*own == 0)
        return p.uses;
    take_dns(&p);
    take_certificates(&p);
    take_customary(&p);
    take_own_words(&p);
    return p.uses;
}

struct text_list san_plan_candidates(const struct survey *s, struct arena *a)
{
    size_t own = 0;
    struct uses all = collect(s, a, &own);
    struct text_list names = { .len = all.len };

    names.text = arena_alloc(a, all.len + 1, sizeof *names.text);
    for (size_t i = 0; i < all.len; i++)
        names.text[i] = all.items[i].name;
    return names;
}

struct uses san_plan(const struct survey *s, struct arena *a)
{
    size_t own = 0, kept = 0;
    struct uses all = collect(s, a, &own);

    for (size_t i = 0; i < all.len; i++)
        if (i < own || stays(s, all.items[i].name))
            all.items[kept++] = all.items[i];
    all.len = kept;
    return all;
}

static bool is_covered(const struct text_list *kept, const char *name)
{
    if (name[0] != '*')
        return hostname_match_patterns(kept->text, kept->len, name).kind ==
               MATCH_COVERED;
    return text_is_among(name, kept->text, kept->len);
}

static enum going reason(struct arena *a, const struct survey *s, bool own,
                         const char *name)
{
    static const enum going reasons[LEADS_COUNT] = {
        [LEADS_HERE] = GOING_LEFT_OUT,
        [LEADS_ELSEWHERE] = GOING_ELSEWHERE,
        [LEADS_NOWHERE] = GOING_NOWHERE,
        [LEADS_UNKNOWN] = GOING_UNKNOWN,
    };

    if (!san_plan_issuable(s, a, name))
        return GOING_UNISSUABLE;
    if (name_is_ip(name))
        return GOING_ADDRESS;
    if (name_is_wildcard(name))
        return GOING_STAR;
    return own ? reasons[leads_of(s, name)] : GOING_FOREIGN;
}

static void add_going(struct arena *a, struct going_names *list,
                      const char *name, enum going why)
{
    for (size_t i = 0; i < list->len; i++)
        if (strcmp(list->items[i].name, name) == 0)
            return;
    list->items = arena_grow(a, list->items, list->len, sizeof *list->items);
    list->items[list->len++] = (struct going_name){ name, why };
}

/* Some address of it, even where others are elsewhere. */
static bool touches_here(const struct survey *s, const char *host)
{
    struct text_list its = survey_addresses(s, s->arena, host);

    for (size_t i = 0; i < its.len; i++)
        if (is_own_address(s, its.text[i]))
            return true;
    return false;
}

/* Of somebody else's certificate only what certainly leads here counts. */
static void compare(const struct survey *s, struct arena *a,
                    const struct cert *leaf, const struct text_list *kept,
                    struct going_names *out)
{
    bool own = served_is_own(s, leaf);
    size_t most = CERT_NAMES_READ;

    for (size_t i = 0; i < leaf->dns_names.len && i < most; i++) {
        const char *text = leaf->dns_names.text[i];
        const char *name = name_read_pattern(a, text);
        const char *shown = name ? name : text;
        if (!is_covered(kept, shown) &&
            (own || (*shown != '*' && touches_here(s, shown))))
            add_going(a, out, shown, reason(a, s, own, shown));
    }
    for (size_t i = 0; own && i < leaf->ip_names.len && i < most; i++)
        if (!is_covered(kept, leaf->ip_names.text[i]))
            add_going(a, out, leaf->ip_names.text[i],
                      reason(a, s, own, leaf->ip_names.text[i]));
}

/* A mail service whose port was not asked for: who installs a certificate does
 * so for all of them. */
static const struct cert *leaf_beside(const struct survey *s, size_t i)
{
    const struct cell *c = &s->cells[i];
    const struct service *at = service_at(c->port);
    bool mail = at && (at->client || c->port == PORT_SMTP);

    return mail && !c->asked && client_view_here(s, c) && cell_has_tls(c)
               ? cell_leaf(s, c)
               : NULL;
}

struct going_names san_plan_going(const struct survey *s, struct arena *a,
                                  const struct text_list *kept)
{
    struct going_names out = { 0 };

    for (size_t i = 0; i < s->cells_len; i++) {
        const struct cert *leaf = served_leaf(s, i);
        if (!leaf)
            leaf = leaf_beside(s, i);
        if (leaf)
            compare(s, a, leaf, kept, &out);
    }
    return out;
}
