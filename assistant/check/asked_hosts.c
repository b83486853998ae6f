#include "check/asked_hosts.h"

#include <string.h>

static void host_add(struct arena *a, struct text_list *list, const char *host)
{
    if (!host || !*host || strcmp(host, ".") == 0 || name_is_ip(host))
        return;
    text_list_add_new(a, list, host);
}

const struct dns_answer *asked_hosts_mx(const struct survey *s)
{
    if (s->target.kind != TARGET_DOMAIN || !s->target.domain)
        return NULL;
    return survey_answer(s, s->target.domain, DNS_MX);
}

struct text_list asked_hosts(const struct survey *s, struct arena *a)
{
    const struct dns_answer *mx = asked_hosts_mx(s);
    struct text_list list = { 0 };

    for (size_t i = 0; mx && i < mx->len; i++)
        host_add(a, &list, mx->records[i].host);
    bool has_mx = mx && mx->len > 0;
    if (s->target.kind == TARGET_DOMAIN && !has_mx)
        host_add(a, &list, s->target.domain);
    if (s->target.kind == TARGET_HOST)
        host_add(a, &list, s->target.host);
    return list;
}
