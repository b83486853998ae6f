#include "check/check.h"

#include <string.h>

#include "check/asked_hosts.h"

enum { ALIAS, IP_LITERAL, NO_MAIL, IMPLICIT };

static const struct finding_def finds[] = {
    [ALIAS] = {
        "mx.cname",
        "The mail exchanger is an alias",
        "An MX record must name a host, not an alias; some servers refuse to "
        "deliver.",
        "RFC 5321 5.1, RFC 2181 10.3",
    },
    [IP_LITERAL] = {
        "mx.ip_literal",
        "The mail exchanger is an address, where a name belongs",
        "Servers look the text up as a name, find none and cannot deliver.",
        "RFC 5321 5.1",
    },
    [NO_MAIL] = {
        "mx.null",
        "The domain says that it takes no mail",
        "That is what its MX record with a single dot means.",
        "RFC 7505",
    },
    [IMPLICIT] = {
        "mx.none_implicit",
        "The domain has no MX record, so its own address takes the mail",
        "That works, but an MX record says it plainly.",
        "RFC 5321 5.1",
    },
    { NULL, NULL, NULL, NULL },
};

static void about(struct findings *out, struct finding *f, const char *domain,
                  const char *host)
{
    f->subject = arena_text(out->arena, domain);
    finding_text(out, f, "domain", domain);
    finding_text(out, f, "name", host);
    finding_text(out, f, "host", host);
}

/* Where the alias leads, or NULL: it is none. */
static const char *alias_of(const struct survey *s, const char *host)
{
    static const enum dns_type types[] = { DNS_A, DNS_AAAA };

    for (size_t i = 0; i < sizeof types / sizeof *types; i++) {
        const struct dns_answer *answer = survey_answer(s, host, types[i]);
        if (answer && answer->alias_len)
            return answer->alias[answer->alias_len - 1];
    }
    return NULL;
}

static void judge_host(const struct survey *s, const char *host,
                       struct findings *out)
{
    const char *domain = s->target.domain;

    if (strcmp(host, ".") == 0 || !*host) {
        about(out,
              finding_add(out, &finds[NO_MAIL], SEV_INFO,
                          "The MX record of %s is a single dot.", domain),
              domain, host);
        return;
    }
    if (name_is_ip(host)) {
        about(out,
              finding_add(out, &finds[IP_LITERAL], SEV_ERROR,
                          "The MX record of %s says \"%s\".", domain, host),
              domain, host);
        return;
    }
    const char *target = alias_of(s, host);
    if (!target)
        return;
    struct finding *f = finding_add(out, &finds[ALIAS], SEV_WARNING,
                                    "The MX record of %s names %s, which is "
                                    "an alias for %s.",
                                    domain, host, target);
    about(out, f, domain, host);
    finding_text(out, f, "target", target);
}

static void run(const struct survey *s, struct findings *out)
{
    const struct dns_answer *mx = asked_hosts_mx(s);

    if (!mx)
        return;
    for (size_t i = 0; i < mx->len; i++)
        if (mx->records[i].host)
            judge_host(s, mx->records[i].host, out);
    const char *domain = s->target.domain;
    if (mx->outcome == DNS_NODATA &&
        survey_addresses(s, out->arena, domain).len > 0)
        about(out,
              finding_add(out, &finds[IMPLICIT], SEV_INFO,
                          "%s has an address, but no MX record.", domain),
              domain, domain);
}

const struct check chk_mx = {
    .name = "mx",
    .about = "Do the domain's MX records name hosts?",
    .finds = finds,
    .run = run,
};
