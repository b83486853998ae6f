#include "facts/mail_places.h"

#include <inttypes.h>
#include <string.h>
#include <strings.h>

#include "model/name.h"

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

struct text_list mail_places_urls(struct arena *a, const char *domain)
{
    static const char *const forms[] = {
        "https://autoconfig.%s/mail/config-v1.1.xml",
        "https://%s/.well-known/autoconfig/mail/config-v1.1.xml",
        "http://autoconfig.%s/mail/config-v1.1.xml",
        "http://%s/.well-known/autoconfig/mail/config-v1.1.xml",
        "https://autodiscover.%s/autodiscover/autodiscover.xml",
        "http://autodiscover.%s/autodiscover/autodiscover.xml",
    };
    struct text_list urls = { 0 };

    for (size_t i = 0; i < sizeof forms / sizeof *forms; i++) {
        const char *at = strstr(forms[i], "%s");
        text_list_add(a, &urls,
                      arena_printf(a, "%.*s%s%s", (int)(at - forms[i]),
                                   forms[i], domain, at + 2));
    }
    return urls;
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
