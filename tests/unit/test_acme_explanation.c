#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "acme/acme_explanation.h"
#include "messages/error_pattern_table.h"

static struct arena *arena;
static const struct error_pattern_table *table;

/* Boulder's own words, with N for the name. */
static const struct {
    const char *type, *challenge, *detail, *finding;
} rows[] = {
    { "connection", "http-01",
      "192.0.2.1: Fetching http://N/: Timeout during connect (likely firewall "
      "problem)",
      "http01.unreachable" },
    { "malformed", NULL, "Profile \"\" does not permit ip type identifiers",
      "acme.profile" },
    { "malformed", NULL, "Order cannot contain more than 100 identifiers",
      "acme.name_unissuable" },
    { "malformed", NULL,
      "Domain name \"mail.N\" is redundant with a wildcard domain in the same "
      "request.",
      "acme.name_unissuable" },
    { "connection", "http-01",
      "Timeout after connect (your server may be slow or overloaded)",
      "http01.unreachable" },
    { "connection", "http-01",
      "192.0.2.1: Fetching http://N/: Connection refused",
      "http01.unreachable" },
    { "connection", "http-01", "Connection reset by peer",
      "http01.unreachable" },
    { "connection", "http-01", "Network unreachable", "http01.unreachable" },
    { "connection", "http-01", "Server is speaking HTTP/2 over HTTP",
      "http01.unreachable" },
    { "connection", "http-01", "Error getting validation data",
      "http01.unreachable" },
    { "connection", "http-01",
      "During secondary validation: 192.0.2.1: Fetching http://N/: Timeout "
      "during connect",
      "http01.blocked" },
    { "unauthorized", "http-01",
      "192.0.2.1: Invalid response from http://N/.well-known/acme-challenge/x: "
      "404",
      "http01.elsewhere" },
    { "unauthorized", "http-01",
      "The key authorization file from the server did not match this "
      "challenge. Expected \"a\" (got \"b\")",
      "http01.elsewhere" },
    { "unauthorized", "http-01",
      "During secondary validation: Invalid response from http://N/: 403",
      "http01.blocked" },
    { "connection", "http-01", "Fetching http://N/: Too many redirects",
      "http01.bad_redirect" },
    { "connection", "http-01", "Fetching http://N/: Redirect loop detected",
      "http01.bad_redirect" },
    { "connection", "http-01", "received disallowed redirect status code",
      "http01.bad_redirect" },
    { "connection", "http-01", "Redirect target too long",
      "http01.bad_redirect" },
    { "connection", "http-01",
      "Invalid host in redirect target, must end in IANA registered TLD",
      "http01.bad_redirect" },
    { "dns", "http-01",
      "DNS problem: NXDOMAIN looking up A for N - check that a DNS record "
      "exists for this domain",
      "dns.nxdomain" },
    { "dns", "http-01",
      "DNS problem: SERVFAIL looking up A for N - the domain's nameservers may "
      "be malfunctioning",
      "dns.broken" },
    { "dns", "http-01", "DNS problem: query timed out looking up A for N",
      "dns.broken" },
    { "dns", "http-01", "DNS problem: networking error looking up A for N",
      "dns.broken" },
    { "dns", "http-01",
      "no valid A records found for N; no valid AAAA records found for N",
      "dns.no_address" },
    { "dns", "http-01", "DNS problem: looking up A for N: DNSSEC: Bogus",
      "dns.bogus" },
    { "dns", "dns-01",
      "DNS problem: looking up TXT for _acme-challenge.N: DNSSEC: Signature "
      "Expired",
      "dns.bogus" },
    { "unauthorized", "dns-01", "No TXT record found at _acme-challenge.N",
      "dns01.not_visible" },
    { "unauthorized", "dns-01",
      "Incorrect TXT record \"x\" (and 1 more) found at _acme-challenge.N",
      "dns01.not_visible" },
    { "dns", "dns-01",
      "DNS problem: NXDOMAIN looking up TXT for _acme-challenge.N - check that "
      "a DNS record exists for this domain",
      "dns01.not_visible" },
    { "caa", "http-01", "CAA record for N prevents issuance",
      "acme.caa_forbids" },
    { "caa", "http-01",
      "While processing CAA for N: CAA record for N prevents issuance",
      "acme.caa_forbids" },
    { "caa", "http-01",
      "While processing CAA for N: DNS problem: SERVFAIL looking up CAA for N",
      "acme.caa_lookup_fails" },
    { "dns", "http-01",
      "While processing CAA for N: DNS problem: query timed out looking up CAA "
      "for N",
      "acme.caa_lookup_fails" },
    { "caa", NULL,
      "Rechecking CAA for \"N\" and 3 more identifiers failed. Refer to "
      "sub-problems for more information",
      "acme.caa_forbids" },
    { "unauthorized", "tls-alpn-01",
      "No certs presented for tls-alpn-01 challenge", "acme.alpn_unusable" },
    { "unauthorized", "tls-alpn-01",
      "Received certificate with unexpected identifiers",
      "acme.alpn_unusable" },
    { "connection", "tls-alpn-01", "Connection refused", "acme.alpn_unusable" },
    { "malformed", NULL,
      "Domain name does not end with a valid public suffix (TLD)",
      "acme.name_unissuable" },
    { "rejectedIdentifier", NULL,
      "The ACME server refuses to issue a certificate for this domain name, "
      "because it is forbidden by policy",
      "acme.name_unissuable" },
    { "malformed", NULL, "Domain name contains an invalid character",
      "acme.name_unissuable" },
    { "malformed", NULL, "Domain name is longer than 253 bytes",
      "acme.name_unissuable" },
    { "malformed", NULL, "Domain name has more than 10 labels (parts)",
      "acme.name_unissuable" },
    { "malformed", NULL, "Domain name needs at least one dot",
      "acme.name_unissuable" },
    { "malformed", NULL, "Domain name ends in a dot", "acme.name_unissuable" },
    { "malformed", NULL, "Domain contains malformed punycode",
      "acme.name_unissuable" },
    { "malformed", NULL, "Domain name has more than one wildcard",
      "acme.name_unissuable" },
    { "malformed", NULL, "Domain name is a wildcard for an ICANN TLD",
      "acme.name_unissuable" },
    { "malformed", NULL, "Identifier type is DNS but value is an IP address",
      "acme.name_unissuable" },
    { "badCSR", NULL, "invalid public key in CSR", "csr.bad" },
    { "badCSR", NULL, "signature algorithm not supported", "csr.bad" },
    { "badCSR", NULL, "invalid signature on CSR", "csr.bad" },
    { "badCSR", NULL, "CSR contains one or more email address fields",
      "csr.bad" },
    { "badCSR", NULL, "CSR contains IP address in Common Name", "csr.bad" },
    { "malformed", NULL,
      "certificate public key must be different than account key", "csr.bad" },
    { "malformed", NULL, "profile name \"x\" not recognized", "acme.profile" },
    { "invalidProfile", NULL, "nope", "acme.profile" },
    { "alreadyReplaced", NULL,
      "cannot indicate an order replaces certificate with serial \"1\", which "
      "already has a replacement order",
      "acme.replaced" },
    { "unauthorized", NULL,
      "requester account did not request the certificate being replaced by "
      "this order",
      "acme.replaced" },
    { "malformed", NULL,
      "identifiers in this order do not match any identifiers in the "
      "certificate being replaced",
      "acme.replaced" },
    { "malformed", NULL,
      "path contained an Authority Key Identifier that did not match a known "
      "issuer",
      "acme.replaced" },
    { "rateLimited", NULL,
      "too many new registrations (10) from this IP address in the last "
      "3h0m0s, retry after 2026-01-01 00:00:00 UTC: see https://x",
      "acme.rate_limited" },
    { "rateLimited", NULL,
      "too many failed authorizations (5) for \"N\" in the last 1h0m0s",
      "acme.rate_limited" },
    { "rateLimited", NULL,
      "Your account is temporarily prevented from requesting certificates for "
      "N",
      "acme.rate_limited" },
    { "unauthorized", "dns-persist-01",
      "No TXT record found for DNS-PERSIST-01 challenge",
      "persist.record_wrong" },
    { "unauthorized", "dns-persist-01",
      "accounturi mismatch: expected a, got b", "persist.record_wrong" },
    { "externalAccountRequired", NULL, "bind it", "acme.tos_account" },
    { "userActionRequired", NULL, "agree", "acme.tos_account" },
    { "serverInternal", NULL, "oops", "acme.ca_trouble" },
    { "", NULL, "something nobody has said before", "acme.refused" },
    { "compound", NULL, "several", "acme.several" },
};

static void test_words(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        const struct acme_problem p = { .type = rows[i].type,
                                        .challenge = rows[i].challenge,
                                        .detail = rows[i].detail };
        const struct acme_explanation m = acme_explanation_of(&p);
        if (strcmp(m.finding, rows[i].finding) != 0)
            fail_msg("%s (%s): %s, not %s", rows[i].detail, rows[i].type,
                     m.finding, rows[i].finding);
    }
}

static void ends_as_a_sentence(const char *id, const char *text)
{
    if (text[strlen(text) - 1] != '.')
        fail_msg("%s: \"%s\" is no sentence", id, text);
}

/* No DNS proves an address. */
static void test_meanings_are_sentences(void **state)
{
    (void)state;
    for (size_t i = table->meanings_own; i < table->meanings_len; i++) {
        const struct meaning *m = table->meanings[i];
        const char *of_address = m->look_address ? m->look_address : m->look;
        ends_as_a_sentence(m->id, m->means);
        ends_as_a_sentence(m->id, m->look);
        ends_as_a_sentence(m->id, of_address);
        if (strstr(of_address, "by dns-01") || strstr(of_address, "or dns-01"))
            fail_msg("%s: %s", m->id, of_address);
    }
}

static void test_addresses(void **state)
{
    struct acme_problem p = { .type = "connection", .detail = "no" };

    (void)state;
    p.identifier = "192.0.2.1";
    assert_non_null(strstr(acme_explanation_of(&p).todo, "tls-alpn-01"));
    p.identifier = "a.example";
    assert_non_null(strstr(acme_explanation_of(&p).todo, "dns-01"));
    p.identifier = NULL;
    assert_non_null(strstr(acme_explanation_of(&p).todo, "dns-01"));
    assert_null(acme_explanation_todo("conn.refused", "a.example"));
    assert_non_null(acme_explanation_todo("dns.broken", "a.example"));
}

static int set_up(void **state)
{
    struct err err;

    (void)state;
    arena = arena_new();
    return error_pattern_table_load(arena, NULL, &table, &err) ? 0 : -1;
}

static int tear_down(void **state)
{
    (void)state;
    arena_free(arena);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_addresses),
        cmocka_unit_test(test_words),
        cmocka_unit_test(test_meanings_are_sentences),
    };

    return cmocka_run_group_tests(tests, set_up, tear_down);
}
