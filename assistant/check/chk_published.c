#include "check/check.h"

#include <string.h>

#include "check/asked_hosts.h"
#include "check/finding_text.h"
#include "facts/cell_state.h"
#include "facts/mail_places.h"
#include "facts/mail_ways.h"
#include "facts/san_plan.h"
#include "model/service.h"

enum { SRV_FOREIGN, AUTODISCOVER, TLSRPT };
enum { HTTP_UNAUTHORIZED = 401, HTTP_FORBIDDEN = 403 };

static const struct finding_def finds[] = {
    [SRV_FOREIGN] = {
        "name.srv_target_foreign",
        "The DNS leads mail programs to a host of another domain",
        "Without DNSSEC a program cannot tell that from a forgery, and has "
        "to ask its user.",
        "RFC 6186 6",
    },
    [AUTODISCOVER] = {
        "name.autodiscover_mismatch",
        "The host for automatic setup shows a certificate that does not fit",
        "Outlook and others look there first, and warn.",
        "RFC 9525 6.3",
    },
    [TLSRPT] = {
        "tlsrpt.absent_or_bad",
        "The domain does not ask for reports about failed encryption",
        "With such reports you would learn what goes wrong, without guessing.",
        "RFC 8460 3",
    },
    { NULL, NULL, NULL, NULL },
};

static void about(struct findings *out, struct finding *f, const char *name)
{
    f->subject = arena_text(out->arena, name);
    finding_text(out, f, "name", name);
}

static void judge_srv(const struct survey *s, const char *owner,
                      struct findings *out)
{
    const struct dns_answer *srv = survey_answer(s, owner, DNS_SRV);

    for (size_t i = 0; srv && i < srv->len; i++) {
        const char *host = srv->records[i].host;
        bool is_none = !host || strcmp(host, ".") == 0;
        if (is_none || name_same_domain(host, s->target.domain))
            continue;
        struct finding *f = finding_add(out, &finds[SRV_FOREIGN], SEV_INFO,
                                        "%s leads to %s.", owner, host);
        about(out, f, owner);
        finding_text(out, f, "target", host);
        return;
    }
}

static const char *alias_of(const struct survey *s, const char *host)
{
    const struct dns_answer *answer = survey_answer(s, host, DNS_A);

    return answer && answer->alias_len ? answer->alias[answer->alias_len - 1]
                                       : NULL;
}

/* The provider's way: http leads to a host with a certificate of its own. */
static bool is_redirected_well(const struct survey *s, struct arena *a)
{
    const char *domain = s->target.domain, *next = NULL;
    const char *url = arena_printf(
        a, "http://autodiscover.%s/autodiscover/autodiscover.xml", domain);
    const struct fetch *came = mail_places_fetched(s, url, &next);

    return came && strncmp(came->url, "https://", strlen("https://")) == 0 &&
           came->attempt.outcome == OUTCOME_OK;
}

/* Outlook stops at a certificate of another name, unless the name is meant to
 * lead on or nobody meant it to exist. */
static enum severity autodiscover_severity(const struct survey *s,
                                           const char *host, struct arena *a)
{
    const char *alias = alias_of(s, host);
    bool leads_out = alias && !name_same_domain(alias, s->target.domain);
    bool by_star = mail_places_by_star(s, host);

    return leads_out || by_star || is_redirected_well(s, a) ? SEV_INFO
                                                            : SEV_WARNING;
}

static const char *said_of(const struct survey *s, const struct cell *c,
                           struct arena *a)
{
    const struct cert *leaf = cell_leaf(s, c);

    if (!c->verdict.name_ok)
        return arena_printf(a, "%s shows a certificate for %s.", c->host,
                            finding_text_names(a, leaf));
    if (leaf->not_after < s->judged_at)
        return arena_printf(a, "%s shows a certificate that ended on %s.",
                            c->host, finding_text_date(a, leaf->not_after));
    return arena_printf(a, "%s shows a certificate that nobody trusts.",
                        c->host);
}

/* Looked at beside the mail servers, for this question alone. */
static void judge_autodiscover(const struct survey *s, const char *host,
                               uint16_t port, enum severity weight,
                               struct findings *out)
{
    for (size_t i = 0; i < s->cells_len; i++) {
        const struct cell *c = &s->cells[i];
        if (!cell_leaf(s, c) || !c->sni || c->port != port ||
            strcmp(c->host, host) != 0 ||
            (c->verdict.name_ok && cell_is_trusted(s, c)))
            continue;
        about(out,
              finding_add(out, &finds[AUTODISCOVER], weight, "%s",
                          said_of(s, c, out->arena)),
              host);
        return;
    }
}

/* A log-in is asked for where somebody is at home. */
static bool is_settled(const struct survey *s, struct arena *a)
{
    struct mail_places files = mail_places_files(s, a);

    for (size_t i = 0; i < files.len; i++) {
        const struct mail_place *at = &files.items[i];
        const char *next = NULL;
        const struct fetch *f = mail_places_fetched(s, at->url, &next);
        if (at->kind == PLACE_AUTODISCOVER && f &&
            (f->status == HTTP_UNAUTHORIZED || f->status == HTTP_FORBIDDEN))
            return true;
    }
    return mail_ways_publish(s, WAY_AUTODISCOVER);
}

static void judge_automatic(const struct survey *s, struct findings *out)
{
    struct arena *a = out->arena;
    const char *own = arena_printf(a, "autodiscover.%s", s->target.domain);
    const struct dns_record *srv = mail_places_autodiscover(s, a);

    judge_autodiscover(s, own, PORT_HTTPS, autodiscover_severity(s, own, a),
                       out);
    if (srv && strcmp(srv->host, own) != 0)
        judge_autodiscover(s, srv->host, srv->port,
                           is_settled(s, a) ? SEV_INFO : SEV_WARNING, out);
}

static void judge_reports(const struct survey *s, const char *domain,
                          struct findings *out)
{
    const char *owner = arena_printf(out->arena, "_smtp._tls.%s", domain);
    const struct dns_answer *txt = survey_answer(s, owner, DNS_TXT);

    if (!txt || txt->outcome == DNS_SERVFAIL || txt->outcome == DNS_TIMED_OUT)
        return;
    const char *text = NULL;
    for (size_t i = 0; i < txt->len; i++)
        if (strncmp(txt->records[i].text, "v=TLSRPTv1", 10) == 0)
            text = txt->records[i].text;
    if (text && strstr(text, "rua="))
        return;
    about(out,
          finding_add(out, &finds[TLSRPT], SEV_INFO,
                      text ? "At %s stands no address for reports."
                           : "There is no record at %s.",
                      owner),
          owner);
}

static void run(const struct survey *s, struct findings *out)
{
    if (s->target.kind != TARGET_DOMAIN)
        return;
    struct text_list owners = san_plan_srv_owners(s, out->arena);
    for (size_t i = 0; i < owners.len; i++)
        judge_srv(s, owners.text[i], out);
    judge_automatic(s, out);
    if (asked_hosts(s, out->arena).len) /* not after a null MX */
        judge_reports(s, s->target.domain, out);
}

const struct check chk_published = {
    .name = "published",
    .about = "Does the DNS of a mail domain lead programs well?",
    .finds = finds,
    .run = run,
};
