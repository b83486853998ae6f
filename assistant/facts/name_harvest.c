#include "facts/name_harvest.h"

void name_harvest_greetings(const struct survey *s, name_take *take, void *arg)
{
    for (size_t i = 0; i < s->cells_len; i++)
        if (s->cells[i].asked && s->cells[i].greeted_as)
            take(arg, s->cells[i].greeted_as, true);
}

void name_harvest_hosts(const struct survey *s, const char *owner,
                        enum dns_type type, name_take *take, void *arg)
{
    const struct dns_answer *answer =
        owner ? survey_answer(s, owner, type) : NULL;
    bool is_address = type == DNS_A || type == DNS_AAAA;

    for (size_t i = 0; answer && !is_address && i < answer->len; i++)
        if (answer->records[i].host)
            take(arg, answer->records[i].host, type == DNS_PTR);
}

/* With what the owner is an alias of. */
static void take_answer(const struct survey *s, const char *owner,
                        enum dns_type type, name_take *take, void *arg)
{
    const struct dns_answer *answer =
        owner ? survey_answer(s, owner, type) : NULL;

    for (size_t i = 0; answer && i < answer->alias_len; i++)
        take(arg, answer->alias[i], type == DNS_PTR);
    name_harvest_hosts(s, owner, type, take, arg);
}

void name_harvest_dns(const struct survey *s, struct arena *a,
                      const char *domain, name_take *take, void *arg)
{
    static const enum dns_type types[] = { DNS_A, DNS_AAAA, DNS_CNAME, DNS_MX };
    const char *host = s->target.host;
    struct text_list own = survey_addresses(s, a, host);

    for (size_t i = 0; i < own.len; i++)
        take_answer(s, name_reverse(a, own.text[i]), DNS_PTR, take, arg);
    for (size_t i = 0; i < sizeof types / sizeof *types; i++)
        take_answer(s, host, types[i], take, arg);
    take_answer(s, domain, DNS_MX, take, arg);
}

void name_harvest_cert(const struct cert *leaf, name_take *take, void *arg)
{
    size_t len = leaf ? leaf->dns_names.len : 0;

    for (size_t i = 0; i < len && i < CERT_NAMES_READ; i++)
        take(arg, leaf->dns_names.text[i], false);
}
