#include "check/check.h"

#include <string.h>

#include "check/asked_hosts.h"
#include "check/finding_text.h"
#include "model/host_port.h"

enum { NXDOMAIN, NO_ADDRESS, BOGUS, PRIVATE_ADDRESS };

static const struct finding_def finds[] = {
    [NXDOMAIN] = {
        "dns.nxdomain",
        "The name does not exist",
        "Either it was mistyped, or its entry in the DNS is missing.",
        "RFC 8020",
    },
    [NO_ADDRESS] = {
        "dns.no_address",
        "The name exists, but has no address",
        "Without an A or AAAA record nobody can connect.",
        "RFC 2308 2.2",
    },
    [BOGUS] = {
        "dns.bogus",
        "The name's DNSSEC signature does not hold",
        "Careful resolvers, mail servers and certificate authorities treat "
        "the name as if it were gone.",
        "RFC 4035 5.5",
    },
    [PRIVATE_ADDRESS] = {
        "dns.private_address",
        "The name leads to an address that is not reachable from outside",
        "It works inside your own network only, and no authority can check "
        "it by http.",
        "RFC 6890",
    },
    { NULL, NULL, NULL, NULL },
};

static enum dns_outcome outcome_of(const struct survey *s, const char *host,
                                   enum dns_type type)
{
    const struct dns_answer *answer = survey_answer(s, host, type);

    return answer ? answer->outcome : DNS_OUTCOME_COUNT;
}

/* `outcome` for one family, and nothing better or unclear for the other. */
static bool both_say(const struct survey *s, const char *host,
                     enum dns_outcome outcome)
{
    enum dns_outcome ip4 = outcome_of(s, host, DNS_A);
    enum dns_outcome ip6 = outcome_of(s, host, DNS_AAAA);
    bool one = ip4 == outcome || ip6 == outcome;
    bool four = ip4 == outcome || ip4 == DNS_OUTCOME_COUNT;
    bool six = ip6 == outcome || ip6 == DNS_OUTCOME_COUNT;

    return one && four && six;
}

/* RFC 8020: a name that has no records of one type because it does not exist
 * has none of any. */
static bool is_missing(const struct survey *s, const char *host)
{
    return both_say(s, host, DNS_NXDOMAIN) ||
           outcome_of(s, host, DNS_MX) == DNS_NXDOMAIN;
}

/* Where one family alone was asked for, the other may well have some. */
static bool has_no_address(const struct survey *s, const char *host)
{
    return outcome_of(s, host, DNS_A) == DNS_NODATA &&
           outcome_of(s, host, DNS_AAAA) == DNS_NODATA;
}

/* A look took place all the same: the address came by another way. */
static bool was_reached(const struct survey *s, const char *host)
{
    for (size_t i = 0; i < s->cells_len; i++)
        if (s->cells[i].asked && strcmp(s->cells[i].host, host) == 0)
            return true;
    return false;
}

static void about_host(struct findings *out, struct finding *f,
                       const char *host)
{
    f->subject = arena_text(out->arena, host);
    finding_text(out, f, "host", host);
    finding_text(out, f, "name", host);
}

static void judge_existence(const struct survey *s, const char *host,
                            struct findings *out)
{
    if (was_reached(s, host))
        return;
    const char *shown = name_for_people(out->arena, host);
    if (is_missing(s, host))
        about_host(out,
                   finding_add(out, &finds[NXDOMAIN], SEV_ERROR,
                               "The DNS knows no %s.", shown),
                   host);
    else if (has_no_address(s, host))
        about_host(out,
                   finding_add(out, &finds[NO_ADDRESS], SEV_ERROR,
                               "The DNS has no address for %s.", shown),
                   host);
}

static void judge_security(const struct survey *s, const char *host,
                           struct findings *out)
{
    static const enum dns_type types[] = { DNS_A, DNS_AAAA, DNS_MX, DNS_CAA };

    for (size_t i = 0; i < sizeof types / sizeof *types; i++) {
        const struct dns_answer *answer = survey_answer(s, host, types[i]);
        if (!answer || answer->security != DNS_BOGUS)
            continue;
        struct finding *f = finding_add(
            out, &finds[BOGUS], SEV_ERROR, "The %s answer for %s: %s.",
            table_text(dns_type_words, (int)types[i]), host,
            answer->why ? answer->why : "the signature is wrong");
        about_host(out, f, host);
        return;
    }
}

/* "127.0.0.1:5353", "[::1]:53", "::1". */
static bool resolver_is_loopback(const struct survey *s, struct arena *a)
{
    const char *host = NULL;
    uint16_t port = 0;

    return s->resolver && host_port_read(a, s->resolver, &host, &port) &&
           name_ip_is_loopback(host);
}

static void judge_reach(const struct survey *s, const char *host,
                        struct findings *out)
{
    struct text_list all = survey_addresses(s, out->arena, host);
    const char **hidden = arena_alloc(out->arena, all.len + 1, sizeof *hidden);
    size_t len = 0;

    for (size_t i = 0; i < all.len; i++)
        if (name_ip_is_private(all.text[i]))
            hidden[len++] = all.text[i];
    if (!len || resolver_is_loopback(s, out->arena))
        return;
    /* Inside one's own network a private address is the right answer; one
     * beside a public address is right nowhere. */
    enum severity sev = len < all.len ? SEV_WARNING : SEV_INFO;
    struct finding *f =
        finding_add(out, &finds[PRIVATE_ADDRESS], sev, "%s leads to %s.", host,
                    finding_text_list(out->arena, hidden, len));
    about_host(out, f, host);
    finding_list(out, f, "addresses", hidden, len);
}

static void run(const struct survey *s, struct findings *out)
{
    struct text_list hosts = asked_hosts(s, out->arena);

    for (size_t i = 0; i < hosts.len; i++) {
        judge_existence(s, hosts.text[i], out);
        judge_security(s, hosts.text[i], out);
        judge_reach(s, hosts.text[i], out);
    }
}

const struct check chk_dns = {
    .name = "dns",
    .about = "Does the name lead to an address?",
    .finds = finds,
    .run = run,
};
