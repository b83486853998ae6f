#include "facts/mail_places.h"

#include <inttypes.h>
#include <string.h>
#include <strings.h>

#include "model/name.h"
#include "model/service.h"

enum { REDIRECTS_MAX = 3 };

/* RFC 6186 3.1 to 3.3, RFC 8314 5.1, RFC 5804 1.8. */
const struct srv_kind srv_kinds[] = {
    { "_submissions", "submissions" },
    { "_submission", "submission" },
    { "_imaps", "imaps" },
    { "_imap", "imap" },
    { "_pop3s", "pop3s" },
    { "_pop3", "pop3" },
    { "_sieve", "sieve" },
    { NULL, NULL },
};

/* The last is the domain itself. */
static const char *const guesses[] = { "imap.", "pop.",  "pop3.",
                                       "smtp.", "mail.", "" };

#define SETTINGS     "/mail/config-v1.1.xml"
#define WELL_KNOWN   "/.well-known/autoconfig" SETTINGS
#define AUTODISCOVER "/autodiscover/autodiscover.xml"

static void add_place(struct arena *a, struct mail_places *to,
                      enum place_kind kind, const char *url)
{
    for (size_t i = 0; i < to->len; i++)
        if (strcmp(to->items[i].url, url) == 0)
            return;
    to->items = arena_grow(a, to->items, to->len, sizeof *to->items);
    to->items[to->len++] = (struct mail_place){ kind, url };
}

static void add_own(struct arena *a, struct mail_places *to, const char *domain)
{
    static const struct {
        const char *before, *after;
    } own[] = {
        { "https://autoconfig.", SETTINGS },
        { "https://", WELL_KNOWN },
        { "http://autoconfig.", SETTINGS },
        { "http://", WELL_KNOWN },
    };

    for (size_t i = 0; i < sizeof own / sizeof *own; i++)
        add_place(
            a, to, PLACE_SETTINGS,
            arena_printf(a, "%s%s%s", own[i].before, domain, own[i].after));
}

/* Programs look at the first alone. */
static const char *first_exchanger(const struct survey *s, const char *domain)
{
    const struct dns_answer *mx = survey_answer(s, domain, DNS_MX);
    const struct dns_record *first = NULL;

    for (size_t i = 0; mx && i < mx->len; i++) {
        const struct dns_record *r = &mx->records[i];
        bool leads = r->host && strcmp(r->host, ".") != 0;
        if (leads && !name_is_ip(r->host) &&
            (!first || r->priority < first->priority))
            first = r;
    }
    return first ? first->host : NULL;
}

/* draft-ietf-mailmaint-autoconfig 3: the name of the MX host less a label, then
 * its registrable domain, and https alone. */
static void add_provider(const struct survey *s, struct arena *a,
                         struct mail_places *to, const char *domain)
{
    const char *host = first_exchanger(s, domain);
    const char *above = host ? strchr(host, '.') : NULL;
    const char *zone = host ? name_domain(a, host) : NULL;

    if (!zone || name_same_domain(host, domain))
        return;
    if (above && name_is_below(above + 1, zone))
        add_place(a, to, PLACE_PROVIDER,
                  arena_printf(a, "https://autoconfig.%s" SETTINGS, above + 1));
    add_place(a, to, PLACE_PROVIDER,
              arena_printf(a, "https://autoconfig.%s" SETTINGS, zone));
    add_place(a, to, PLACE_PROVIDER,
              arena_printf(a, "https://%s" WELL_KNOWN, zone));
}

const char *mail_places_autodiscover_owner(struct arena *a, const char *domain)
{
    return arena_printf(a, "_autodiscover._tcp.%s", domain);
}

const struct dns_record *mail_places_autodiscover(const struct survey *s,
                                                  struct arena *a)
{
    const struct dns_answer *srv = survey_answer(
        s, mail_places_autodiscover_owner(a, s->target.domain), DNS_SRV);
    const struct dns_record *best = NULL;

    for (size_t i = 0; srv && i < srv->len; i++) {
        const struct dns_record *r = &srv->records[i];
        bool leads = r->host && strcmp(r->host, ".") != 0 && r->port;
        if (leads && !name_is_ip(r->host) &&
            (!best || r->weight > best->weight))
            best = r;
    }
    return best;
}

/* The order of Outlook; by http it only lets itself be led on. */
static void add_autodiscover(const struct survey *s, struct arena *a,
                             struct mail_places *to, const char *domain)
{
    static const char *const before[] = { "https://", "https://autodiscover.",
                                          "http://autodiscover." };
    const struct dns_record *srv = mail_places_autodiscover(s, a);

    for (size_t i = 0; i < sizeof before / sizeof *before; i++)
        add_place(a, to, PLACE_AUTODISCOVER,
                  arena_printf(a, "%s%s" AUTODISCOVER, before[i], domain));
    if (srv)
        add_place(a, to, PLACE_AUTODISCOVER,
                  srv->port == PORT_HTTPS
                      ? arena_printf(a, "https://%s" AUTODISCOVER, srv->host)
                      : arena_printf(a, "https://%s:%u" AUTODISCOVER, srv->host,
                                     (unsigned)srv->port));
}

const char *mail_places_planned_owner(struct arena *a, const char *domain)
{
    return arena_printf(a, "_ua-auto-config.%s", domain);
}

struct mail_places mail_places_files(const struct survey *s, struct arena *a)
{
    const char *domain = s->target.domain;
    struct mail_places files = { 0 };

    add_own(a, &files, domain);
    add_provider(s, a, &files, domain);
    add_autodiscover(s, a, &files, domain);
    add_place(a, &files, PLACE_PLANNED,
              arena_printf(a,
                           "https://ua-auto-config.%s/.well-known/"
                           "user-agent-configuration.json",
                           domain));
    return files;
}

struct text_list mail_places_srv_owners(struct arena *a, const char *domain)
{
    struct text_list owners = { 0 };

    for (size_t i = 0; srv_kinds[i].label; i++)
        text_list_add(
            a, &owners,
            arena_printf(a, "%s._tcp.%s", srv_kinds[i].label, domain));
    return owners;
}

struct text_list mail_places_guesses(struct arena *a, const char *domain)
{
    struct text_list names = { 0 };

    for (size_t i = 0; i < sizeof guesses / sizeof *guesses; i++)
        text_list_add(a, &names, arena_printf(a, "%s%s", guesses[i], domain));
    return names;
}

/* The same for one domain each time, so that saved surveys stay stable. */
const char *mail_places_nobody(struct arena *a, const char *domain)
{
    uint64_t hash = 14695981039346656037u; /* FNV-1a */

    for (const char *p = domain; *p; p++)
        hash = (hash ^ (unsigned char)*p) * 1099511628211u;
    return arena_printf(a, "x%012" PRIx64 ".%s", hash >> 16, domain);
}

static bool is_redirect(const struct fetch *f)
{
    return f->status >= 300 && f->status < 400 && f->location;
}

static bool is_plain_http(const char *url)
{
    return strncasecmp(url, "http://", strlen("http://")) == 0;
}

const struct fetch *mail_places_fetched(const struct survey *s, const char *url,
                                        const char **next)
{
    const struct fetch *f = survey_fetch(s, url);

    *next = NULL;
    for (int i = 0; f && is_redirect(f) && i < REDIRECTS_MAX; i++) {
        if (!is_plain_http(f->url) && is_plain_http(f->location))
            return f;
        *next = survey_fetch(s, f->location) ? NULL : f->location;
        if (*next)
            return f;
        f = survey_fetch(s, f->location);
    }
    return f;
}

static bool same_addresses(const struct survey *s, const char *one,
                           const char *other)
{
    struct text_list a = survey_addresses(s, s->arena, one);
    struct text_list b = survey_addresses(s, s->arena, other);

    for (size_t i = 0; i < a.len; i++)
        if (!text_is_among(a.text[i], b.text, b.len))
            return false;
    return a.len && a.len == b.len;
}

bool mail_places_by_star(const struct survey *s, const char *host)
{
    const char *domain = s->target.domain;

    return domain && name_is_below(host, domain) &&
           same_addresses(s, host, mail_places_nobody(s->arena, domain));
}
