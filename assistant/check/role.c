#include "check/role.h"

#include <string.h>

#include "check/policy.h"
#include "facts/cell_state.h"
#include "facts/client_view.h"
#include "facts/mail_shield.h"
#include "facts/tlsa.h"
#include "model/service.h"

static bool is_mx_host(const struct survey *s)
{
    return s->target.kind == TARGET_DOMAIN;
}

bool role_counts_tls(const struct survey *s, const struct cell *c)
{
    return client_view_counts(s, c) && cell_has_tls(c) && c->verdict.done &&
           cell_leaf(s, c);
}

bool role_port_asked(const struct survey *s)
{
    return s->target.port != 0 || s->target.service;
}

/* A whole host was asked about, every port of it. */
static bool is_whole_host(const struct survey *s)
{
    return s->target.kind == TARGET_HOST && !role_port_asked(s);
}

enum role role_of(const struct survey *s, const struct cell *c)
{
    if (c->port == PORT_SMTP && (is_whole_host(s) || is_mx_host(s)))
        return ROLE_MX;
    if (mail_way_of(s, c))
        return ROLE_MUA;
    return s->target.role;
}

bool role_is_comparison(const struct survey *s, const struct cell *c)
{
    return c->port == PORT_HTTPS && is_whole_host(s) &&
           s->target.role != ROLE_HTTPS;
}

/* Without an MX record any address is an exchanger (RFC 5321 5.1), that of a
 * web server too: it is missed where people have mailboxes. */
static bool is_exchanger(const struct survey *s, const struct cell *c)
{
    const struct dns_answer *mx =
        s->target.domain ? survey_answer(s, s->target.domain, DNS_MX) : NULL;

    if (!is_mx_host(s) || c->port != PORT_SMTP)
        return false;
    return !s->ways || !mx || mx->outcome != DNS_NODATA ||
           mail_shield_has_mailboxes(s);
}

bool role_is_expected(const struct survey *s, const struct cell *c)
{
    const struct mail_way *way = mail_way_of(s, c);

    return role_port_asked(s) || (way && way->published_at) ||
           is_exchanger(s, c);
}

enum severity role_by_policy(enum sts_mode mode)
{
    static const enum severity by_mode[STS_MODE_COUNT] = {
        [STS_NONE] = SEV_INFO,
        [STS_TESTING] = SEV_WARNING,
        [STS_ENFORCE] = SEV_ERROR,
    };

    return by_mode[mode];
}

/* What senders are bound to: MTA-STS, or an authority's TLSA record that
 * DNSSEC holds (RFC 7672 3.1.2). A record of the key itself asks for neither
 * name nor dates (3.1.1). */
static enum severity mx_fault(const struct survey *s, const struct cell *c)
{
    struct policy policy = policy_of(s, s->arena, c->host);
    struct tlsa_state tlsa = tlsa_judge(s, s->arena, c);

    if (tlsa.published && tlsa.proven && !tlsa.by_end_entity && tlsa.matched)
        return SEV_ERROR;
    return policy.domain ? role_by_policy(policy.sts.mode) : SEV_INFO;
}

/* By which way mail programs come there, if at all. */
static enum severity as_way(const struct survey *s, const struct cell *c,
                            enum severity fault)
{
    enum severity most = mail_shield_most(s, c);

    return fault < most ? fault : most;
}

enum severity role_fault(const struct survey *s, const struct cell *c)
{
    if (role_is_comparison(s, c))
        return SEV_INFO;
    return as_way(s, c, role_of(s, c) == ROLE_MX ? mx_fault(s, c) : SEV_ERROR);
}

enum severity role_warning(const struct survey *s, const struct cell *c)
{
    return role_fault(s, c) != SEV_INFO ? SEV_WARNING : SEV_INFO;
}

enum severity role_promise(const struct survey *s, const struct cell *c)
{
    if (role_is_comparison(s, c))
        return SEV_INFO;
    return as_way(s, c, role_of(s, c) == ROLE_MX ? SEV_WARNING : SEV_ERROR);
}

/* Nothing obliges port 25 to offer TLS (RFC 3207 4); who asks about it alone
 * wants to know. */
enum severity role_missing(const struct survey *s, const struct cell *c)
{
    bool aside = role_of(s, c) == ROLE_MX && is_whole_host(s);
    enum severity promise = aside ? SEV_INFO : role_promise(s, c);

    /* RFC 2033 5: LMTP is for one's own network, where TLS is a choice. */
    if (promise == SEV_ERROR && strcmp(c->service, "lmtp") == 0)
        return SEV_WARNING;
    return promise;
}

enum severity role_closed(const struct survey *s, const struct cell *c)
{
    return role_is_expected(s, c) ? as_way(s, c, SEV_ERROR) : SEV_INFO;
}

/* Somebody meant the port to work, so programs are set to it; others of the
 * same service may do. */
enum severity role_broken_off(const struct survey *s, const struct cell *c)
{
    if (role_is_expected(s, c))
        return role_closed(s, c);
    return role_of(s, c) == ROLE_MUA ? as_way(s, c, SEV_WARNING) : SEV_INFO;
}

enum severity role_advice(const struct survey *s, const struct cell *c)
{
    (void)s, (void)c;
    return SEV_INFO;
}
