#include "check/policy.h"

#include <string.h>

struct text_list policy_candidates(const struct survey *s, struct arena *a)
{
    const char *host = s->target.host;
    struct text_list list = { 0 };

    if (s->target.kind == TARGET_DOMAIN)
        text_list_add_new(a, &list, s->target.domain);
    if (s->target.kind != TARGET_HOST || s->target.host_is_ip)
        return list;
    const char *domain = name_domain(a, host);
    const char *parent = strchr(host, '.');
    if (!domain)
        return list;
    text_list_add_new(a, &list, domain);
    if (parent && name_is_below(parent + 1, domain))
        text_list_add_new(a, &list, parent + 1);
    text_list_add_new(a, &list, host);
    return list;
}

static bool delivers_to(const struct survey *s, const char *domain,
                        const char *host)
{
    const struct dns_answer *mx = survey_answer(s, domain, DNS_MX);

    for (size_t i = 0; mx && i < mx->len; i++)
        if (mx->records[i].host && strcmp(mx->records[i].host, host) == 0)
            return true;
    /* RFC 5321 5.1: without an MX record its own address takes the mail. */
    return mx && mx->outcome == DNS_NODATA && strcmp(domain, host) == 0;
}

struct text_list policy_domains(const struct survey *s, struct arena *a,
                                const char *host)
{
    struct text_list all = policy_candidates(s, a);
    struct text_list list = { 0 };

    for (size_t i = 0; i < all.len; i++)
        if (delivers_to(s, all.text[i], host))
            text_list_add_new(a, &list, all.text[i]);
    return list;
}

struct policy policy_of(const struct survey *s, struct arena *a,
                        const char *host)
{
    struct text_list domains = policy_domains(s, a, host);
    struct policy best = { 0 };

    for (size_t i = 0; i < domains.len; i++) {
        struct policy one = { domains.text[i],
                              sts_find(s, a, domains.text[i]) };
        if (one.sts.readable && (!best.domain || one.sts.mode > best.sts.mode))
            best = one;
    }
    return best;
}
