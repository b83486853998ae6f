#include "facts/dns01.h"

#include <string.h>

#include "model/name.h"

/* NULL where the whole would be longer than a name may be. */
static const char *below(struct arena *a, const char *label, const char *name)
{
    enum { NAME_LEN_MAX = 253 };
    const char *owner = arena_printf(a, "%s.%s", label, name);

    return name_is_ip(name) || strlen(owner) > NAME_LEN_MAX ? NULL : owner;
}

const char *dns01_owner(struct arena *a, const char *name)
{
    return below(a, "_acme-challenge", name_base(name));
}

const char *dns01_doubled(struct arena *a, const char *name)
{
    const char *owner = dns01_owner(a, name);

    return owner ? below(a, owner, name_base(name)) : NULL;
}

const char *dns01_control(struct arena *a, const char *name)
{
    const char *nobody = below(a, "certmend-nobody-has-this", name_base(name));

    return nobody ? below(a, nobody, name_base(name)) : NULL;
}

static const struct dns_answer *txt(const struct survey *s, const char *owner)
{
    return owner ? survey_answer(s, owner, DNS_TXT) : NULL;
}

const char *dns01_target(const struct survey *s, struct arena *a,
                         const char *name)
{
    const struct dns_answer *answer = txt(s, dns01_owner(a, name));

    return answer && answer->alias_len ? answer->alias[answer->alias_len - 1]
                                       : NULL;
}

const char *dns01_target_zone(const struct survey *s, struct arena *a,
                              const char *name)
{
    const char *target = dns01_target(s, a, name);

    return target ? name_domain(a, target) : NULL;
}

/* That the target has no record yet is as it should be; that its whole domain
 * does not exist, or its servers fail, is not. */
bool dns01_target_is_broken(const struct survey *s, struct arena *a,
                            const char *name)
{
    const struct dns_answer *answer = txt(s, dns01_owner(a, name));

    if (!answer || !answer->alias_len)
        return false;
    if (answer->outcome == DNS_SERVFAIL || answer->outcome == DNS_TIMED_OUT)
        return true;
    const char *zone = dns01_target_zone(s, a, name);
    const struct dns_answer *soa =
        zone ? survey_answer(s, zone, DNS_SOA) : NULL;
    return soa && soa->outcome == DNS_NXDOMAIN;
}

static bool is_there(const struct survey *s, const char *owner)
{
    const struct dns_answer *answer = txt(s, owner);

    return answer && answer->outcome == DNS_ANSWERED;
}

bool dns01_is_doubled(const struct survey *s, struct arena *a, const char *name)
{
    return is_there(s, dns01_doubled(a, name)) &&
           !is_there(s, dns01_control(a, name));
}
