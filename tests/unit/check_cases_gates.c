#include "check_cases.h"

#include <string.h>

#include "base/clock.h"
#include "facts/http01.h"
#include "facts/sts.h"

/* What stands before a new certificate, and what binds senders to port 25. */

#define DOMAIN "example.com"
#define TLSA25 "_25._tcp." HOST
#define KEY    "3132333435363738393a3b3c3d3e3f403132333435363738393a3b3c3d3e3f40"
#define OTHER  "f132333435363738393a3b3c3d3e3f403132333435363738393a3b3c3d3e3f40"

static struct survey *self_signed(struct arena *a)
{
    return with_cert(
        a, HOST, (struct built_cert){ .names = HOST, .issuer = BUILT_SELF });
}

static struct survey *with_caa(struct survey *s, const char *record)
{
    build_answer(s, HOST, DNS_CAA, DNS_NODATA);
    build_record(s, DOMAIN, DNS_CAA, record);
    return s;
}

static struct survey *caa_other(struct arena *a)
{
    return with_caa(self_signed(a), "0 issue \"pki.example.net\"");
}

/* Nobody wants a certificate there. */
static struct survey *caa_healthy(struct arena *a)
{
    return with_caa(healthy(a), "0 issue \"pki.example.net\"");
}

static struct survey *caa_unknown_tag(struct arena *a)
{
    return with_caa(self_signed(a), "128 tbs \"x\"");
}

static struct survey *caa_known_tag(struct arena *a)
{
    return with_caa(self_signed(a), "128 issue \"letsencrypt.org\"");
}

static struct survey *caa_account(struct arena *a)
{
    return with_caa(self_signed(a),
                    "0 issue \"letsencrypt.org; accounturi=https://a/1\"");
}

static struct survey *caa_fails(struct arena *a)
{
    struct survey *s = self_signed(a);

    build_answer(s, HOST, DNS_CAA, DNS_SERVFAIL);
    return s;
}

static struct survey *internal_name(struct arena *a)
{
    return with_cert(
        a, HOST,
        (struct built_cert){ .names = HOST " mail.lan", .ends_in_days = -1 });
}

static struct survey *star(struct arena *a)
{
    return with_cert(
        a, HOST,
        (struct built_cert){ .names = HOST " *." DOMAIN, .ends_in_days = -1 });
}

static void answer_http(struct survey *s, const char *address, int status,
                        const char *location)
{
    struct fetch f = {
        .url = http01_url(s->arena, HOST),
        .address = address,
        .attempt = { .outcome = status ? OUTCOME_OK : OUTCOME_REFUSED },
        .status = status,
        .location = location,
    };

    survey_fetch_add(s, &f);
}

static struct survey *port80(struct arena *a, int status, const char *location)
{
    struct survey *s = self_signed(a);

    answer_http(s, ADDR, status, location);
    return s;
}

static struct survey *http_closed(struct arena *a)
{
    return port80(a, 0, NULL);
}

static struct survey *http_fine(struct arena *a)
{
    return port80(a, 404, NULL);
}

static struct survey *http_elsewhere(struct arena *a)
{
    return port80(a, 301, "https://www.example.net/x");
}

static struct survey *http_same_host(struct arena *a)
{
    return port80(a, 301, "https://" HOST "/x");
}

static struct survey *http_no_slash(struct arena *a)
{
    return port80(a, 302, "https://" HOST ".well-known/acme-challenge/x");
}

static struct survey *http_always(struct arena *a)
{
    return port80(a, 200, NULL);
}

static struct survey *http_v6(struct arena *a)
{
    struct survey *s = http_fine(a);

    build_record(s, HOST, DNS_AAAA, "2001:db8::1");
    answer_http(s, "2001:db8::1", 0, NULL);
    return s;
}

/* Port 25 with a certificate of its own, whose key is KEY. */
static struct survey *with_25(struct arena *a, struct built_cert cert,
                              const char *record, enum dns_security security)
{
    struct survey *s = NULL;

    healthy_and(a, 25, &s);
    struct cell *c = &s->cells[s->cells_len - 1];
    size_t leaf = build_cert(s, &cert);
    c->connect.outcome = OUTCOME_OK;
    c->chain_len = 0;
    built_cert(s, leaf)->spki_sha256_hex = KEY;
    build_verdict(s, c, leaf);
    build_record(s, TLSA25, DNS_TLSA, record);
    s->answers[s->answers_len - 1].security = security;
    s->answers[s->answers_len - 1].ttl_s = 3600;
    return s;
}

static const struct built_cert own = { .names = HOST, .cn = "25" };

static struct survey *tlsa_other(struct arena *a)
{
    return with_25(a, own, "3 1 1 " OTHER, DNS_SECURE);
}

static struct survey *tlsa_own(struct arena *a)
{
    return with_25(a, own, "3 1 1 " KEY, DNS_SECURE);
}

static struct survey *tlsa_maybe(struct arena *a)
{
    return with_25(a, own, "3 1 1 " OTHER, DNS_NOT_DETERMINED);
}

static struct survey *tlsa_unsigned(struct arena *a)
{
    return with_25(a, own, "3 1 1 " KEY, DNS_INSECURE);
}

static struct survey *tlsa_pkix(struct arena *a)
{
    return with_25(a, own, "1 1 1 " KEY, DNS_SECURE);
}

static struct survey *tlsa_certificate(struct arena *a)
{
    struct survey *s = with_25(a, own, "3 0 1 " KEY, DNS_SECURE);
    struct cell *c = &s->cells[s->cells_len - 1];

    built_cert(s, c->chain[0])->sha256_hex = KEY;
    return s;
}

static struct survey *tlsa_fails(struct arena *a)
{
    struct survey *s = tlsa_own(a);

    s->answers[s->answers_len - 1].outcome = DNS_SERVFAIL;
    s->answers[s->answers_len - 1].len = 0;
    return s;
}

static struct survey *tlsa_587(struct arena *a)
{
    struct survey *s = self_signed(a);

    build_record(s, "_587._tcp." HOST, DNS_TLSA, "3 1 1 " KEY);
    return s;
}

static struct survey *domain_of(struct arena *a, const char *names)
{
    struct survey *s = build_survey(a, DOMAIN);
    struct built_cert cert = { .names = names };

    s->target.kind = TARGET_DOMAIN;
    s->target.domain = DOMAIN;
    s->target.role = ROLE_MX;
    build_record(s, DOMAIN, DNS_MX, HOST);
    build_record(s, HOST, DNS_A, ADDR);
    size_t leaf = build_cert(s, &cert);
    struct cell *c = build_cell(s, ADDR, 25, leaf);
    c->host = c->reference = c->sni = HOST;
    build_verdict(s, c, leaf);
    return s;
}

static struct survey *sts(struct survey *s, const char *txt, int status,
                          const char *body)
{
    struct fetch f = {
        .url = sts_policy_url(s->arena, DOMAIN),
        .attempt = { .outcome = OUTCOME_OK },
        .status = status,
        .body = (const uint8_t *)body,
        .body_len = strlen(body),
    };

    build_record(s, "_mta-sts." DOMAIN, DNS_TXT, txt);
    survey_fetch_add(s, &f);
    return s;
}

#define TXT "v=STSv1; id=1"
#define POLICY(m, mx)                                                          \
    "version: STSv1\nmode: " m "\nmx: " mx "\nmax_age: 864000\n"

static struct survey *sts_fine(struct arena *a)
{
    return sts(domain_of(a, HOST), TXT, 200, POLICY("enforce", HOST));
}

static struct survey *sts_no_id(struct arena *a)
{
    return sts(domain_of(a, HOST), "v=STSv1;", 200, POLICY("enforce", HOST));
}

static struct survey *sts_missing(struct arena *a)
{
    return sts(domain_of(a, HOST), TXT, 404, "");
}

static struct survey *sts_moved(struct arena *a)
{
    return sts(domain_of(a, HOST), TXT, 301, "");
}

static struct survey *sts_host(struct arena *a)
{
    struct survey *s = sts_missing(a);

    s->fetches[0].attempt.outcome = OUTCOME_UNTRUSTED;
    s->fetches[0].status = 0;
    return s;
}

static struct survey *sts_broken(struct arena *a)
{
    return sts(domain_of(a, HOST), TXT, 200, "mode: enforce\n");
}

static struct survey *sts_unlisted(struct arena *a)
{
    return sts(domain_of(a, HOST), TXT, 200, POLICY("enforce", "mx." DOMAIN));
}

static struct survey *sts_unlisted_testing(struct arena *a)
{
    return sts(domain_of(a, HOST), TXT, 200, POLICY("testing", "mx." DOMAIN));
}

static struct survey *sts_bad_cert(struct arena *a)
{
    return sts(domain_of(a, "other.example.net"), TXT, 200,
               POLICY("enforce", "*." DOMAIN));
}

static struct survey *no_policy(struct arena *a)
{
    return domain_of(a, "other.example.net");
}

static struct survey *tlsa_ta(struct arena *a)
{
    return with_25(a, own, "2 1 1 " OTHER, DNS_SECURE);
}

/* The record speaks of the intermediate. */
static struct survey *with_ta(struct arena *a, const char *names)
{
    struct survey *s = with_25(a, (struct built_cert){ .names = names },
                               "2 1 1 " OTHER, DNS_SECURE);
    const struct cell *c = &s->cells[s->cells_len - 1];

    s->certs[c->chain[1]].cert.spki_sha256_hex = OTHER;
    return s;
}

static struct survey *tlsa_ta_name(struct arena *a)
{
    return with_ta(a, "mx.example.net");
}

static struct survey *tlsa_ta_fits(struct arena *a)
{
    return with_ta(a, HOST);
}

/* RFC 7671 5.1: of the key itself it asks for neither name nor dates. */
static struct survey *tlsa_ee_foreign(struct arena *a)
{
    return with_25(
        a, (struct built_cert){ .names = "mx.example.net", .ends_in_days = -3 },
        "3 1 1 " KEY, DNS_SECURE);
}

static struct survey *tlsa_ta_expired(struct arena *a)
{
    struct survey *s = with_ta(a, HOST);
    struct cell *c = &s->cells[s->cells_len - 1];

    built_cert(s, c->chain[0])->not_after = TEST_NOW_S - 3 * DAY_S;
    return s;
}

static struct survey *sts_testing_bad_cert(struct arena *a)
{
    return sts(domain_of(a, "other.example.net"), TXT, 200,
               POLICY("testing", "*." DOMAIN));
}

static struct survey *sts_star(struct arena *a)
{
    return sts(domain_of(a, HOST), TXT, 200, POLICY("enforce", "*.com"));
}

const struct check_case cases_gates[] = {
    { "dane.ta_absent", SEV_INFO, "2 1 1 of another", tlsa_ta, tlsa_ta_fits,
      false },
    { "dane.ta_name", SEV_INFO, "2 1 1, another name", tlsa_ta_name,
      tlsa_ta_fits, false },
    { "sts.wildcard_depth", SEV_INFO, "two labels", sts_star, sts_fine, false },
    { "acme.caa_forbids", SEV_INFO, "another authority", caa_other, caa_healthy,
      false },
    { "acme.caa_critical", SEV_INFO, "an unknown tag", caa_unknown_tag,
      caa_known_tag, true },
    { "acme.caa_params", SEV_INFO, "another account", caa_account,
      caa_known_tag, true },
    { "acme.caa_lookup_fails", SEV_INFO, "no answer", caa_fails, caa_known_tag,
      true },
    { "acme.name_unissuable", SEV_INFO, "an internal name", internal_name, star,
      true },
    { "acme.wildcard_needs_dns", SEV_INFO, "a star", star, self_signed, true },
    { "http01.unreachable", SEV_INFO, "closed", http_closed, http_fine, true },
    { "http01.elsewhere", SEV_INFO, "another host", http_elsewhere,
      http_same_host, true },
    { "http01.bad_redirect", SEV_INFO, "no slash", http_no_slash,
      http_same_host, true },
    { "http01.catchall", SEV_INFO, "always 200", http_always, http_fine, true },
    { "http01.v6_broken", SEV_INFO, "IPv6 is closed", http_v6, http_fine,
      true },
    { "dane.renewal_guard", SEV_INFO, "a record on 587", tlsa_587, self_signed,
      true },
    { "dane.mismatch", SEV_ERROR, "another key", tlsa_other, tlsa_own, false },
    { "dane.mismatch", SEV_WARNING, "perhaps signed", tlsa_maybe, tlsa_own,
      false },
    { "dane.unsigned", SEV_INFO, "no DNSSEC", tlsa_unsigned, tlsa_own, false },
    { "dane.pkix_usage", SEV_INFO, "usage 1", tlsa_pkix, tlsa_own, false },
    { "dane.selector0", SEV_INFO, "3 0 1", tlsa_certificate, tlsa_own, false },
    { "dane.no_rollover", SEV_INFO, "one record", tlsa_own, tlsa_other, true },
    { "dane.lookup_fails", SEV_INFO, "SERVFAIL", tlsa_fails, tlsa_own, false },
    { "sts.txt_bad", SEV_WARNING, "no id", sts_no_id, sts_fine, false },
    { "sts.policy_unreachable", SEV_WARNING, "404", sts_missing, sts_fine,
      false },
    { "sts.redirect_or_type", SEV_WARNING, "301", sts_moved, sts_fine, false },
    { "sts.policy_host_cert", SEV_WARNING, "TLS fails", sts_host, sts_fine,
      false },
    { "sts.syntax", SEV_WARNING, "no version", sts_broken, sts_fine, false },
    { "sts.mx_not_listed", SEV_ERROR, "enforce", sts_unlisted, sts_fine,
      false },
    { "sts.mx_not_listed", SEV_WARNING, "testing", sts_unlisted_testing,
      sts_fine, false },
    { "sts.weak_mode", SEV_INFO, "testing", sts_unlisted_testing, sts_fine,
      false },
    { "sts.mx_cert_bad", SEV_ERROR, "a foreign name", sts_bad_cert, sts_fine,
      false },
    { "name.mx_mismatch", SEV_ERROR, "under a policy", sts_bad_cert, no_policy,
      false },
    { "name.mx_mismatch", SEV_WARNING, "under a policy in testing",
      sts_testing_bad_cert, no_policy, false },
    { "name.mx_mismatch", SEV_ERROR, "under 2 1 1", tlsa_ta_name,
      tlsa_ee_foreign, false },
    { "cert.expired", SEV_ERROR, "under 2 1 1", tlsa_ta_expired,
      tlsa_ee_foreign, false },
    { NULL, SEV_INFO, NULL, NULL, NULL, false },
};
