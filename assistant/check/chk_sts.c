#include "check/check.h"

#include <string.h>

#include "check/finding_text.h"
#include "check/policy.h"
#include "check/role.h"
#include "facts/cell_state.h"
#include "model/service.h"

enum {
    TXT_BAD,
    UNREACHABLE,
    HOST_CERT,
    REDIRECT,
    SYNTAX,
    NOT_LISTED,
    CERT_BAD,
    WEAK,
};
enum { WEEK_S = 7 * 24 * 3600, ID_MAX = 32, POLICY_MAX = 4096 };

static const struct finding_def finds[] = {
    [TXT_BAD] = {
        "sts.txt_bad",
        "The MTA-STS record in the DNS is not as it has to be",
        "Senders act as if there were no policy.",
        "RFC 8461 3.1",
    },
    [UNREACHABLE] = {
        "sts.policy_unreachable",
        "The MTA-STS policy is announced, but cannot be fetched",
        "Senders act as if there were no policy.",
        "RFC 8461 3.3",
    },
    [HOST_CERT] = {
        "sts.policy_host_cert",
        "The web server of the MTA-STS policy has no valid certificate",
        "Senders do not take a policy from it.",
        "RFC 8461 3.3",
    },
    [REDIRECT] = {
        "sts.redirect_or_type",
        "The MTA-STS policy is answered with a redirect",
        "Senders do not follow it.",
        "RFC 8461 3.3",
    },
    [SYNTAX] = {
        "sts.syntax",
        "The MTA-STS policy cannot be read",
        "Senders act as if there were no policy.",
        "RFC 8461 3.2",
    },
    [NOT_LISTED] = {
        "sts.mx_not_listed",
        "The MTA-STS policy does not list the mail exchanger",
        "Senders that follow the policy do not deliver to it.",
        "RFC 8461 4.1",
    },
    [CERT_BAD] = {
        "sts.mx_cert_bad",
        "The mail exchanger's certificate does not satisfy the MTA-STS policy",
        "Senders that follow the policy do not deliver to it.",
        "RFC 8461 4.2, 5",
    },
    [WEAK] = {
        "sts.weak_mode",
        "The MTA-STS policy protects little",
        "Senders go on without TLS, or forget the policy within days.",
        "RFC 8461 3.2, 10",
    },
    { NULL, NULL, NULL, NULL },
};

/* A host's user did not ask about its domain's mail. */
static enum severity advice(const struct survey *s)
{
    bool asked = s->target.kind == TARGET_DOMAIN || s->target.role == ROLE_MX;

    return asked ? SEV_WARNING : SEV_INFO;
}

static struct finding *about(struct findings *out, struct finding *f,
                             const char *domain, const char *name)
{
    f->subject = arena_text(out->arena, domain);
    finding_text(out, f, "domain", domain);
    finding_text(out, f, "name", name);
    return f;
}

/* "v=STSv1; id=..." with 1 to 32 letters and digits. */
static bool has_id(const char *text)
{
    for (const char *at = strchr(text, ';'); at; at = strchr(at, ';')) {
        at++;
        at += strspn(at, " \t");
        if (strncmp(at, "id=", 3) != 0)
            continue;
        size_t len = strcspn(at + 3, "; \t");
        return len > 0 && len <= ID_MAX;
    }
    return false;
}

static void judge_txt(const struct survey *s, const char *domain,
                      struct findings *out)
{
    const char *owner = sts_record_owner(out->arena, domain);
    const struct dns_answer *txt = survey_answer(s, owner, DNS_TXT);
    const char *first = NULL;
    size_t count = 0;

    for (size_t i = 0; txt && i < txt->len; i++) {
        if (strncmp(txt->records[i].text, "v=STSv1", 7) != 0)
            continue;
        first = first ? first : txt->records[i].text;
        count++;
    }
    if (!first || (count == 1 && has_id(first)))
        return;
    const char *what = count > 1 ? "there is more than one" : "it has no id";
    struct finding *f =
        finding_add(out, &finds[TXT_BAD], advice(s), "At %s stands \"%s\"; %s.",
                    owner, first, what);
    about(out, f, domain, owner);
    finding_text(out, f, "record", owner);
    finding_text(
        out, f, "value",
        arena_printf(out->arena, "v=STSv1; id=%lld", (long long)s->judged_at));
}

static int fetch_fault(const struct fetch *file, const struct sts_policy *sts)
{
    if (file->attempt.outcome == OUTCOME_UNTRUSTED)
        return HOST_CERT;
    if (cell_held_back(&file->attempt))
        return -1;
    if (file->status / 100 == 3)
        return REDIRECT;
    if (file->attempt.outcome != OUTCOME_OK || file->status != 200)
        return UNREACHABLE;
    return sts->fault ? SYNTAX : -1;
}

/* What would do, in testing mode for a beginning; one to a line in the file. */
static const char *whole_policy(const struct survey *s, struct arena *a,
                                const char *domain)
{
    const struct dns_answer *mx = survey_answer(s, domain, DNS_MX);
    struct buf out;

    buf_init(&out, a, POLICY_MAX);
    buf_text(&out, "version: STSv1, mode: testing, max_age: 604800");
    for (size_t i = 0; mx && i < mx->len; i++)
        if (mx->records[i].host)
            buf_printf(&out, ", mx: %s", mx->records[i].host);
    return out.text;
}

static void judge_file(const struct survey *s, const char *domain,
                       const struct sts_policy *sts, struct findings *out)
{
    const char *url = sts_policy_url(out->arena, domain);
    const struct fetch *file = survey_fetch(s, url);
    int which = file ? fetch_fault(file, sts) : -1;

    if (which < 0)
        return;
    const char *said = which == SYNTAX        ? sts->fault
                       : file->attempt.detail ? file->attempt.detail
                                              : "it is not there";
    if (file->attempt.outcome == OUTCOME_PROTOCOL_ERROR)
        said = arena_printf(out->arena,
                            "what answers there does not speak HTTP as it "
                            "has to (%s)",
                            said);
    struct finding *f = about(
        out, finding_add(out, &finds[which], advice(s), "%s: %s.", url, said),
        domain, url);
    finding_text(out, f, "record", url);
    if (which != HOST_CERT)
        finding_text(out, f, "value", whole_policy(s, out->arena, domain));
}

static void judge_strength(const char *domain, const struct sts_policy *sts,
                           struct findings *out)
{
    if (sts->mode == STS_ENFORCE && sts->max_age_s >= WEEK_S)
        return;
    about(out,
          finding_add(out, &finds[WEAK], SEV_INFO, "Its %s.",
                      sts->mode != STS_ENFORCE ? "mode is not enforce"
                                               : "max_age is below a week"),
          domain, domain);
}

/* Of a host that was asked about alone, the other exchangers are not. */
static bool is_of_interest(const struct survey *s, const char *host)
{
    return s->target.kind == TARGET_DOMAIN || strcmp(host, s->target.host) == 0;
}

static void judge_listing(const struct survey *s, const char *domain,
                          const struct sts_policy *sts, struct findings *out)
{
    const struct dns_answer *mx = survey_answer(s, domain, DNS_MX);

    for (size_t i = 0; mx && i < mx->len; i++) {
        const char *host = mx->records[i].host;
        if (!host || sts_lists(sts, host) || !is_of_interest(s, host))
            continue;
        struct finding *f = finding_add(
            out, &finds[NOT_LISTED], role_by_policy(sts->mode),
            "The policy of %s lists %s, not %s.", domain,
            finding_text_list(out->arena, sts->mx.text, sts->mx.len), host);
        about(out, f, domain, host);
        finding_text(out, f, "record", sts_policy_url(out->arena, domain));
        finding_text(out, f, "value", arena_printf(out->arena, "mx: %s", host));
    }
}

static void judge_cells(const struct survey *s, const char *domain,
                        const struct sts_policy *sts, struct findings *out)
{
    for (size_t i = 0; i < s->cells_len; i++) {
        const struct cell *c = &s->cells[i];
        struct group one = { s, &i, 1 };
        bool good = c->verdict.name_ok && cell_is_trusted(s, c);
        if (c->port != PORT_SMTP || !role_counts_tls(s, c) || good ||
            !sts_lists(sts, c->host))
            continue;
        struct finding *f = finding_text_add(
            out, &finds[CERT_BAD], role_by_policy(sts->mode), &one,
            arena_printf(out->arena,
                         "%s at %s: the policy of %s asks for a trusted "
                         "certificate of that name.",
                         c->host, c->address, domain));
        finding_text(out, f, "domain", domain);
    }
}

static void run(const struct survey *s, struct findings *out)
{
    struct text_list domains =
        s->target.kind == TARGET_HOST
            ? policy_domains(s, out->arena, s->target.host)
            : policy_candidates(s, out->arena);

    for (size_t i = 0; i < domains.len; i++) {
        const char *domain = domains.text[i];
        struct sts_policy sts = sts_find(s, out->arena, domain);
        if (!sts.published)
            continue;
        judge_txt(s, domain, out);
        judge_file(s, domain, &sts, out);
        if (!sts.readable)
            continue;
        judge_strength(domain, &sts, out);
        if (sts.mode == STS_NONE)
            continue;
        judge_listing(s, domain, &sts, out);
        judge_cells(s, domain, &sts, out);
    }
}

const struct check chk_sts = {
    .name = "sts",
    .about = "Does the mail host keep its domain's MTA-STS policy?",
    .finds = finds,
    .run = run,
};
