#include "check/check.h"

#include <string.h>

#include "check/policy.h"

static const struct finding_def finds[] = {
    {
        "sts.wildcard_depth",
        "A star in the MTA-STS policy stands for one label, and the mail "
        "exchanger's name has more",
        "Senders that follow the policy skip the exchanger.",
        "RFC 8461 4.1",
    },
    { NULL, NULL, NULL, NULL },
};

/* The pattern that would list the host if a star stood for several labels. */
static const char *too_short(const struct sts_policy *sts, const char *host)
{
    for (size_t i = 0; i < sts->mx.len; i++) {
        const char *pattern = sts->mx.text[i];
        if (name_is_wildcard(pattern) &&
            name_is_below(host, name_base(pattern)))
            return pattern;
    }
    return NULL;
}

static void judge(const struct survey *s, const char *domain,
                  struct findings *out)
{
    struct sts_policy sts = sts_find(s, out->arena, domain);
    const struct dns_answer *mx = survey_answer(s, domain, DNS_MX);

    for (size_t i = 0; sts.readable && mx && i < mx->len; i++) {
        const char *host = mx->records[i].host;
        if (!host || sts_lists(&sts, host) || !too_short(&sts, host))
            continue;
        struct finding *f =
            finding_add(out, &finds[0], SEV_INFO, "%s does not cover %s.",
                        too_short(&sts, host), host);
        f->subject = arena_text(out->arena, host);
        finding_text(out, f, "domain", domain);
        finding_text(out, f, "host", host);
    }
}

static void run(const struct survey *s, struct findings *out)
{
    if (s->target.kind == TARGET_DOMAIN)
        judge(s, s->target.domain, out);
}

const struct check chk_sts_wild = {
    .name = "sts_wild",
    .about = "Do the stars in the MTA-STS policy reach far enough?",
    .finds = finds,
    .run = run,
};
