#include "check_cases.h"

static struct survey *answered(struct arena *a, enum dns_outcome outcome)
{
    struct survey *s = build_survey(a, HOST);

    build_answer(s, HOST, DNS_A, outcome);
    build_answer(s, HOST, DNS_AAAA, outcome);
    return s;
}

static struct survey *no_name(struct arena *a)
{
    return answered(a, DNS_NXDOMAIN);
}

static struct survey *no_address(struct arena *a)
{
    return answered(a, DNS_NODATA);
}

static struct survey *no_answer(struct arena *a)
{
    return answered(a, DNS_SERVFAIL);
}

static struct survey *secured(struct arena *a, enum dns_security security)
{
    struct survey *s = healthy(a);

    s->answers[0].security = security;
    return s;
}

static struct survey *bogus(struct arena *a)
{
    return secured(a, DNS_BOGUS);
}

static struct survey *not_determined(struct arena *a)
{
    return secured(a, DNS_NOT_DETERMINED);
}

static struct survey *private_too(struct arena *a)
{
    struct survey *s = build_survey(a, HOST);

    build_record(s, HOST, DNS_A, "8.8.8.8");
    build_record(s, HOST, DNS_A, "10.0.0.7");
    return s;
}

static struct survey *private_only(struct arena *a)
{
    struct survey *s = build_survey(a, HOST);

    build_record(s, HOST, DNS_A, "10.0.0.7");
    return s;
}

static struct survey *public_only(struct arena *a)
{
    struct survey *s = build_survey(a, HOST);

    build_record(s, HOST, DNS_A, "8.8.8.8");
    return s;
}

static struct survey *private_lab(struct arena *a)
{
    struct survey *s = private_too(a);

    s->resolver = "127.0.0.1:5353";
    return s;
}

static struct survey *domain(struct arena *a, const char *mx)
{
    struct survey *s = build_survey(a, "example.com");

    s->target.kind = TARGET_DOMAIN;
    s->target.domain = "example.com";
    s->target.role = ROLE_MX;
    if (mx)
        build_record(s, "example.com", DNS_MX, mx);
    else
        build_answer(s, "example.com", DNS_MX, DNS_NODATA);
    build_record(s, mx && *mx == 'm' ? mx : "example.com", DNS_A, "8.8.8.8");
    return s;
}

static struct survey *mx_right(struct arena *a)
{
    return domain(a, "mx1.example.com");
}

static struct survey *mx_alias(struct arena *a)
{
    static const char *const chain[] = { "real.example.net" };
    struct survey *s = mx_right(a);

    s->answers[1].alias = chain;
    s->answers[1].alias_len = 1;
    return s;
}

static struct survey *mx_address(struct arena *a)
{
    return domain(a, "192.0.2.7");
}

static struct survey *mx_dot(struct arena *a)
{
    return domain(a, ".");
}

static struct survey *mx_none(struct arena *a)
{
    return domain(a, NULL);
}

#define SRV    "_submission._tcp.example.com"
#define SETUP  "autodiscover.example.com"
#define REPORT "_smtp._tls.example.com"

static struct survey *submitted_to(struct arena *a, const char *host)
{
    struct survey *s = mx_right(a);

    build_record(s, SRV, DNS_SRV, host);
    return s;
}

static struct survey *srv_foreign(struct arena *a)
{
    return submitted_to(a, "smtp.example.net");
}

static struct survey *srv_own(struct arena *a)
{
    return submitted_to(a, "smtp.example.com");
}

static struct survey *set_up_by(struct arena *a, const char *names)
{
    struct survey *s = mx_right(a);
    struct built_cert cert = { .names = names };
    size_t leaf = build_cert(s, &cert);
    struct cell *c = build_cell(s, ADDR, 443, leaf);

    c->host = c->reference = c->sni = SETUP;
    c->asked = false;
    build_verdict(s, c, leaf);
    return s;
}

static struct survey *setup_foreign(struct arena *a)
{
    return set_up_by(a, "www.example.net");
}

static struct survey *setup_own(struct arena *a)
{
    return set_up_by(a, "*.example.com");
}

static struct survey *reports_to(struct arena *a, const char *text)
{
    struct survey *s = mx_right(a);

    build_record(s, REPORT, DNS_TXT, text);
    return s;
}

static struct survey *no_reports(struct arena *a)
{
    return reports_to(a, "v=TLSRPTv1");
}

static struct survey *reports(struct arena *a)
{
    return reports_to(a, "v=TLSRPTv1; rua=mailto:tls@example.com");
}

/* Another host, and what time it is by the greeting of each. */
static struct survey *two_clocks(struct arena *a, const char *address,
                                 const char *first, const char *second)
{
    struct survey *s = healthy(a);
    struct cell other = s->cells[0];

    for (size_t i = 0; i < s->cells_len; i++)
        s->cells[i].banner = NULL;
    s->cells[0].banner = first;
    build_record(s, "mx2.example.net", DNS_A, address);
    other.host = "mx2.example.net";
    other.address = address;
    other.asked = false;
    other.banner = second;
    survey_cell_add(s, &other);
    return s;
}

#define OTHER_TIME "mx ESMTP Exim 4.96 Fri, 20 Nov 2026 09:00:00 +0000"
#define AND_A_BIT  "mx ESMTP Sendmail 8.17; Fri, 20 Nov 2026 10:00:31 +0100"

static struct survey *clock_alone(struct arena *a)
{
    return two_clocks(a, "192.0.2.77", OTHER_TIME, AND_A_BIT);
}

static struct survey *clock_with_one(struct arena *a)
{
    return two_clocks(a, "192.0.2.77", OTHER_TIME,
                      "mx ESMTP Exim 4.96 Mon, 23 Nov 2026 12:04:00 +0000");
}

static struct survey *clock_of_one_machine(struct arena *a)
{
    return two_clocks(a, ADDR, OTHER_TIME, AND_A_BIT);
}

static struct survey *clocks_that_differ(struct arena *a)
{
    return two_clocks(a, "192.0.2.77", OTHER_TIME,
                      "mx ESMTP Exim 4.96 Sun, 22 Nov 2026 09:00:00 +0000");
}

/* A web server sends the time as well. */
static struct survey *clock_of_the_web(struct arena *a)
{
    struct survey *s = two_clocks(a, "192.0.2.77", OTHER_TIME, NULL);

    build_record(s, "mta-sts.example.com", DNS_A, "192.0.2.78");
    survey_fetch_add(
        s, &(struct fetch){ .url = "https://mta-sts.example.com/x",
                            .date = "Fri, 20 Nov 2026 09:00:12 GMT" });
    return s;
}

static struct survey *clock_by_order(struct arena *a)
{
    struct survey *s = clock_of_the_web(a);

    s->judged_at += 3600;
    return s;
}

const struct check_case cases_dns[] = {
    { "name.srv_target_foreign", SEV_INFO, "another domain", srv_foreign,
      srv_own, false },
    { "name.autodiscover_mismatch", SEV_WARNING, "a web server", setup_foreign,
      setup_own, false },
    { "tlsrpt.absent_or_bad", SEV_INFO, "no address", no_reports, reports,
      false },
    { "dns.nxdomain", SEV_ERROR, "no such name", no_name, no_answer, false },
    { "dns.no_address", SEV_ERROR, "no record", no_address, no_answer, false },
    { "dns.bogus", SEV_ERROR, "a broken signature", bogus, not_determined,
      false },
    { "dns.private_address", SEV_WARNING, "beside a public one", private_too,
      private_lab, false },
    { "dns.private_address", SEV_INFO, "inside", private_only, public_only,
      false },
    { "mx.cname", SEV_WARNING, "an alias", mx_alias, mx_right, false },
    { "clock.skew", SEV_WARNING, "two machines agree", clock_alone,
      clock_with_one, false },
    { "clock.skew", SEV_WARNING, "a web server and a greeting",
      clock_of_the_web, clock_by_order, false },
    { "clock.skew", SEV_INFO, "two names of one machine", clock_of_one_machine,
      clock_with_one, false },
    { "clock.skew", SEV_INFO, "each says another time", clocks_that_differ,
      clock_with_one, false },
    { "mx.ip_literal", SEV_ERROR, "an address", mx_address, mx_right, false },
    { "mx.null", SEV_INFO, "a dot", mx_dot, mx_right, false },
    { "mx.none_implicit", SEV_INFO, "no MX", mx_none, mx_right, false },
    { NULL, SEV_INFO, NULL, NULL, NULL, false },
};
