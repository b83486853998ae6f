#include "check_cases.h"

#define CERT(...) ((struct built_cert){ __VA_ARGS__ })

#define IDN_A "xn--bcher-kva.example"
#define IDN_U                                                                  \
    "b\xc3\xbc"                                                                \
    "cher.example"

/* One certificate everywhere, and the host is asked for. */
#define CASE(id, host, ...)                                                    \
    static struct survey *id(struct arena *a)                                  \
    {                                                                          \
        return with_cert(a, host, CERT(__VA_ARGS__));                          \
    }

CASE(provider_shows, HOST, .names = "server42.example.net")
CASE(provider_innocent, HOST, .names = HOST)
CASE(site_builder, HOST, .names = "*.myshopify.com myshopify.com")
CASE(mixed_with_theirs, HOST, .names = "*.myshopify.com shop.example.net")
CASE(ends_alike, HOST, .names = "notmyshopify.com")
CASE(sibling_shows, "smtp.example.com", .names = HOST)
CASE(sibling_innocent, "smtp.example.com", .names = HOST " smtp.example.com")
CASE(apex_shows, "example.com", .names = "*.example.com")
CASE(apex_innocent, "example.com", .names = "example.com *.example.com")
CASE(depth_shows, "mail.berlin.example.com", .names = "*.example.com")
CASE(depth_innocent, "mail.berlin.example.com", .names = "*.berlin.example.com")
CASE(partial_shows, HOST, .names = "m*.example.com")
CASE(partial_innocent, HOST, .names = "*.example.com")
CASE(cn_only_shows, HOST, .cn = HOST)
CASE(cn_only_innocent, HOST, .cn = HOST, .names = HOST)
CASE(cn_matches_shows, HOST, .cn = HOST, .names = "www.example.com")
CASE(cn_matches_innocent, HOST, .cn = HOST, .names = "www.example.com " HOST)
CASE(ip_reference_shows, ADDR, .names = HOST)
CASE(ip_reference_innocent, ADDR, .names = HOST " IP:" ADDR)
CASE(ip_as_dnsname_shows, ADDR, .names = ADDR)
CASE(ip_as_dnsname_innocent, ADDR, .names = "IP:" ADDR)
CASE(ip_in_cn_shows, ADDR, .cn = ADDR)
CASE(san_dot_shows, HOST, .names = HOST ".")
CASE(san_dot_innocent, HOST, .names = HOST " *.example.com xn--ls8h.example")
CASE(no_names_shows, HOST, .cn = NULL)
CASE(placeholder_shows, HOST, .names = "localhost", .issuer = BUILT_SELF)
CASE(placeholder_innocent, HOST, .names = "localhost " HOST)
CASE(idn_shows, IDN_A, .names = IDN_U)
CASE(idn_innocent, IDN_A, .names = IDN_A)

static struct survey *aliased(struct arena *a, const char *names)
{
    static const char *const chain[] = { "mx.provider.example.net" };
    struct survey *s = with_cert(a, HOST, CERT(.names = names));

    s->answers[0].alias = chain;
    s->answers[0].alias_len = 1;
    return s;
}

static struct survey *cname_shows(struct arena *a)
{
    return aliased(a, "*.provider.example.net");
}

static struct survey *cname_innocent(struct arena *a)
{
    return aliased(a, HOST " *.provider.example.net");
}

static struct survey *mx_domain(struct arena *a, const char *names)
{
    struct survey *s = build_survey(a, "mx1.example.com");

    s->target.kind = TARGET_DOMAIN;
    s->target.domain = "example.com";
    s->target.role = ROLE_MX;
    build_record(s, "example.com", DNS_MX, "mx1.example.com");
    build_record(s, "mx1.example.com", DNS_A, ADDR);
    build_cell(s, ADDR, 25, build_cert(s, &CERT(.names = names)));
    return s;
}

static struct survey *mx_shows(struct arena *a)
{
    return mx_domain(a, HOST);
}

static struct survey *mx_innocent(struct arena *a)
{
    return mx_domain(a, "mx1.example.com");
}

static struct survey *input_shows(struct arena *a)
{
    static const char *const corrections[] = { "a trailing dot was removed" };
    struct survey *s = healthy(a);

    s->target.input = HOST ".";
    s->target.corrections = corrections;
    s->target.corrections_len = 1;
    return s;
}

static struct survey *internal_shows(struct arena *a)
{
    return with_cert(a, "mail.lan", CERT(.names = "mail.lan"));
}

static struct survey *underscore_shows(struct arena *a)
{
    return with_cert(a, "my_mail.example.com",
                     CERT(.names = "my_mail.example.com"));
}

#define BOTH(id) id##_shows, id##_innocent

const struct check_case cases_name[] = {
    { "name.mismatch.sibling", SEV_ERROR, "a final dot", san_dot_shows,
      provider_innocent, false },
    { "name.ip_as_dnsname", SEV_ERROR, "in the CN", ip_in_cn_shows,
      ip_as_dnsname_innocent, false },
    { "name.empty_or_odd_san", SEV_INFO, "a final dot", BOTH(san_dot), false },
    { "name.empty_or_odd_san", SEV_INFO, "no name at all", no_names_shows,
      san_dot_innocent, false },
    { "name.mismatch.provider", SEV_ERROR, "the provider's certificate",
      BOTH(provider), false },
    { "name.mismatch.sibling", SEV_ERROR, "mail for smtp", BOTH(sibling),
      false },
    { "name.apex_not_in_wildcard", SEV_ERROR, "a star for the apex", BOTH(apex),
      false },
    { "name.wildcard_depth", SEV_ERROR, "one label too deep", BOTH(depth),
      false },
    { "name.partial_wildcard", SEV_ERROR, "m*", BOTH(partial), false },
    { "name.cn_only", SEV_ERROR, "no SAN", BOTH(cn_only), false },
    { "name.cn_matches_san_not", SEV_ERROR, "SAN without it", BOTH(cn_matches),
      false },
    { "name.ip_reference", SEV_ERROR, "an address typed", BOTH(ip_reference),
      false },
    { "name.ip_as_dnsname", SEV_ERROR, "an address as a name",
      BOTH(ip_as_dnsname), false },
    { "name.placeholder_cert", SEV_ERROR, "localhost", BOTH(placeholder),
      false },
    { "name.foreign_service", SEV_ERROR, "a shop of another name", site_builder,
      provider_shows, true },
    { "name.foreign_service", SEV_ERROR, "theirs, and a customer's of theirs",
      site_builder, mixed_with_theirs, true },
    { "name.foreign_service", SEV_ERROR, "a name that only ends alike",
      site_builder, ends_alike, true },
    { "name.cname_expectation", SEV_ERROR, "the alias's target", BOTH(cname),
      false },
    { "name.idn_form", SEV_ERROR, "letters on a certificate", BOTH(idn),
      false },
    { "name.mx_mismatch", SEV_INFO, "no policy", BOTH(mx), false },
    { "name.bad_input", SEV_INFO, "a dot behind it", input_shows, healthy,
      false },
    { "name.not_public", SEV_INFO, ".lan", internal_shows, healthy, false },
    { "name.underscore", SEV_INFO, "my_mail", underscore_shows, healthy,
      false },
    { NULL, SEV_INFO, NULL, NULL, NULL, false },
};
