#include "model/in_use.h"

#include <string.h>

#include "model/name.h"
#include "model/state.h"

enum { NAMES_MAX = 40, LABELS_MAX = 10 };

static const struct {
    const char *label;
    const char *why;
} customary[] = {
    { "mail", "mail programs try it, and it leads here" },
    { "smtp", "mail programs try it, and it leads here" },
    { "imap", "mail programs try it, and it leads here" },
    { "pop", "mail programs try it, and it leads here" },
    { "autoconfig", "mail programs fetch their settings there" },
    { "autodiscover", "mail programs fetch their settings there" },
};

static const char *const srv_labels[] = { "_submissions", "_submission",
                                          "_imaps", "_imap", "_pop3s" };

struct pool {
    const struct survey *s;
    struct arena *arena;
    const char *domain;
    struct uses uses;
};

/* Boulder's policy: no address, no public suffix, ten labels at most. */
bool in_use_issuable(struct arena *a, const char *name)
{
    const char *bare = strncmp(name, "*.", 2) == 0 ? name + 2 : name;

    return !name_is_ip(bare) && !name_is_internal(bare) &&
           !name_is_public_suffix(bare) && name_domain(a, bare) &&
           !strpbrk(bare, "_*") && name_labels(name) <= LABELS_MAX;
}

/* It gets the new certificate. */
static bool is_in_trouble(const struct survey *s, const struct cell *c)
{
    return c->asked && cell_has_tls(c) && !cell_is_clean(s, c);
}

/* Of a mail domain only the machines in trouble: its exchangers may be far
 * apart. */
static bool is_own_address(const struct survey *s, const char *address)
{
    struct address_list own = { 0 };

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

bool in_use_leads_here(const struct survey *s, const char *host)
{
    struct address_list its = survey_addresses(s, s->arena, host);

    for (size_t i = 0; i < its.len; i++)
        if (!is_own_address(s, its.text[i]))
            return false;
    return its.len > 0;
}

static void take(struct pool *p, const char *name, const char *why)
{
    struct uses *uses = &p->uses;

    if (!name || !name_same_domain(name, p->domain) ||
        !in_use_issuable(p->arena, name) || uses->len == NAMES_MAX)
        return;
    for (size_t i = 0; i < uses->len; i++)
        if (strcmp(uses->items[i].name, name) == 0)
            return;
    uses->items =
        arena_grow(p->arena, uses->items, uses->len, sizeof *uses->items);
    uses->items[uses->len++] = (struct use){ name, why };
}

/* A greeting may say anything. */
static void take_text(struct pool *p, const char *text, const char *why)
{
    if (text)
        take(p, name_read(p->arena, text, strlen(text)).text, why);
}

static void take_hosts(struct pool *p, const char *owner, enum dns_type type,
                       const char *why)
{
    const struct dns_answer *answer = survey_answer(p->s, owner, type);

    for (size_t i = 0; answer && i < answer->len; i++)
        take(p, answer->records[i].host, why);
}

static void take_dns(struct pool *p)
{
    struct names_list owners = in_use_srv_owners(p->s, p->arena);

    take_hosts(p, p->domain, DNS_MX, "mail for the domain is delivered there");
    for (size_t i = 0; i < owners.len; i++)
        take_hosts(p, owners.text[i], DNS_SRV,
                   "the DNS leads mail programs there");
}

static void take_certificates(struct pool *p)
{
    for (size_t i = 0; i < p->s->cells_len; i++) {
        const struct cert *leaf = survey_new_leaf(p->s, i);
        size_t len = leaf ? leaf->dns_names.len : 0;
        for (size_t n = 0; n < len && n < CERT_NAMES_READ; n++)
            if (leaf->dns_names.text[n][0] != '*')
                take_text(p, leaf->dns_names.text[n],
                          "it is on the present certificate and leads here");
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
    for (size_t i = 0; i < sizeof customary / sizeof *customary; i++)
        take(p, arena_printf(p->arena, "%s.%s", customary[i].label, p->domain),
             customary[i].why);
}

/* A domain's MX hosts are looked at in its place. */
static void take_asked(struct pool *p)
{
    const char *asked = target_reference(&p->s->target);

    if (p->s->target.kind != TARGET_DOMAIN && asked)
        take(p, asked, "it was asked for");
    for (size_t i = 0; i < p->s->cells_len; i++)
        if (is_in_trouble(p->s, &p->s->cells[i]) && p->s->cells[i].reference)
            take(p, p->s->cells[i].reference,
                 "mail for the domain is delivered there");
}

static const char *domain_of(const struct survey *s, struct arena *a)
{
    const char *asked = target_reference(&s->target);

    return asked && !name_is_ip(asked) ? name_domain(a, asked) : NULL;
}

struct names_list in_use_srv_owners(const struct survey *s, struct arena *a)
{
    const char *domain = domain_of(s, a);
    struct names_list owners = { 0 };

    for (size_t i = 0; domain && i < sizeof srv_labels / sizeof *srv_labels;
         i++) {
        owners.text =
            arena_grow(a, owners.text, owners.len, sizeof *owners.text);
        owners.text[owners.len++] =
            arena_printf(a, "%s._tcp.%s", srv_labels[i], domain);
    }
    return owners;
}

/* `own`: how many of them need not lead here, as they were asked for. */
static struct uses collect(const struct survey *s, struct arena *a, size_t *own)
{
    struct pool p = { .s = s, .arena = a, .domain = domain_of(s, a) };

    *own = 0;
    if (!p.domain)
        return p.uses;
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

struct names_list in_use_candidates(const struct survey *s, struct arena *a)
{
    size_t own = 0;
    struct uses all = collect(s, a, &own);
    struct names_list names = { .len = all.len };

    names.text = arena_alloc(a, all.len + 1, sizeof *names.text);
    for (size_t i = 0; i < all.len; i++)
        names.text[i] = all.items[i].name;
    return names;
}

struct uses in_use(const struct survey *s, struct arena *a)
{
    size_t own = 0, kept = 0;
    struct uses all = collect(s, a, &own);

    for (size_t i = 0; i < all.len; i++)
        if (i < own || in_use_leads_here(s, all.items[i].name))
            all.items[kept++] = all.items[i];
    all.len = kept;
    return all;
}
