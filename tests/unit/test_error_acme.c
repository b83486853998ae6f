/* What ACME clients and CAs say, as people paste it; rules/acme-errors.json. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "messages/error_pattern.h"

static const char *shown(const char *text)
{
    return text ? text : "(none)";
}

/* What ACME clients and CAs say: as which meaning, and what to look for first.
 * NULL: an innocent text. */
static void acme_is_known(void **state)
{
    static const struct {
        const char *text, *meaning, *finding;
    } rows[] = {
        /* Boulder */
        { "Error creating new order :: too many certificates (5) already "
          "issued "
          "for this exact set of domains in the last 168h0m0s: a.shop.example",
          "rate-limit", "acme.rate_limited" },
        { "The key authorization file from the server did not match this "
          "challenge. Expected \"a.b\" (got \"c\")",
          "proof-not-found", "http01.elsewhere" },
        { "The key authorization file from the server did not match this "
          "challenge. Expected \"a.b\" (got \"<!DOCTYPE html><html>\")",
          "proof-page", "http01.catchall" },
        { "Domain name does not end with a valid public suffix (TLD)",
          "ca-name", "acme.name_unissuable" },
        { "CSR contains IP address in Common Name", "ca-request", "csr.bad" },
        { "JWS has an invalid anti-replay nonce: \"abc\"", "ca-nonce",
          "acme.ca_trouble" },
        { "JWS verification error", "ca-key-unknown", "acme.tos_account" },
        { "Error getting validation data: Server is speaking HTTP/2 over HTTP",
          "port-80", "http01.unreachable" },
        { "Your account is temporarily prevented from requesting certificates "
          "for a.shop.example. Please visit: https://portal.letsencrypt.org/"
          "sfe/v1/unpause?jwt=x",
          "ca-paused", "acme.rate_limited" },
        { "During secondary validation: 192.0.2.1: Fetching http://a.shop."
          "example/.well-known/acme-challenge/x: Timeout during connect",
          "proof-some-places", "http01.blocked" },
        { "During secondary validation: Incorrect TXT record found at "
          "_acme-challenge.shop.example",
          "proof-some-places-dns", "dns.servers_differ" },
        { "During secondary validation: DNS problem: SERVFAIL looking up A for "
          "a.shop.example",
          "proof-some-places-dns", "dns.servers_differ" },
        { "During secondary validation: remote error",
          "proof-some-places-differ", "http01.blocked" },
        { "Order cannot contain more than 100 identifiers", "ca-too-many-names",
          "acme.name_unissuable" },
        { "Order cannot contain more than 10 identifiers", "ca-too-many-names",
          "acme.name_unissuable" },
        { "Domain name \"mail.shop.example\" is redundant with a wildcard "
          "domain "
          "in the same request. Remove one or the other from the certificate "
          "request.",
          "ca-star-covers", "acme.name_unissuable" },
        { "Profile \"\" does not permit ip type identifiers",
          "ca-profile-addresses", "acme.profile" },
        { "CAA record for shop.example prevents issuance", "caa",
          "acme.caa_forbids" },
        { "2001:db8::1: Fetching http://a.shop.example/.well-known/"
          "acme-challenge/x: Connection refused",
          "proof-ipv6", "http01.v6_broken" },
        { "2001:db8::1: Fetching http://[2001:db8::1]/.well-known/"
          "acme-challenge/x: Connection refused",
          "port-80", "http01.unreachable" },
        { "192.0.2.1: Fetching https://a.shop.example/.well-known/"
          "acme-challenge/x: Connection refused",
          "proof-redirect-shut", "http01.bad_redirect" },
        { "Error occurred while resolving URL "
          "\"http://a.shop.example/.well-known/acme-challenge/x\"",
          "authority-dns", "dns.broken" },
        { "Could not resolve URL", "authority-dns", "dns.broken" },
        { "no valid A records found for a.shop.example; no valid AAAA records "
          "found for a.shop.example",
          "ca-no-address", "dns.no_address" },
        { "Cannot negotiate ALPN protocol \"acme-tls/1\" for tls-alpn-01 "
          "challenge",
          "proof-alpn", "acme.alpn_unusable" },
        { "requester account did not request the certificate being replaced by "
          "this order",
          "ca-replaced", "acme.replaced" },
        { "Account is not valid, has status \"deactivated\"",
          "ca-account-closed", "acme.tos_account" },
        { "urn:ietf:params:acme:error:accountDoesNotExist",
          "ca-account-unknown", "acme.tos_account" },
        { "accountDoesNotExist", "ca-account-unknown", "acme.tos_account" },
        { "Order's status (\"invalid\") is not acceptable for finalization",
          "ca-order-stale", "acme.refused" },
        { "The service is down for maintenance or had an internal error. Check "
          "https://letsencrypt.status.io/ for more details.",
          "ca-trouble", "acme.ca_trouble" },
        { "urn:ietf:params:acme:error:malformed :: who knows", "ca-refused",
          "acme.refused" },
        { "urn:ietf:params:acme:error:badCSR :: Error finalizing order :: "
          "ClientAuth certificates are being deprecated",
          "client-auth", "csr.bad" },
        { "  Domain: a.shop.example\n  Type:   connection\n  Detail: "
          "192.0.2.1: "
          "Fetching http://a.shop.example/.well-known/acme-challenge/x: "
          "Timeout during connect (likely firewall problem)",
          "port-80", "http01.unreachable" },
        { "  Domain: a.shop.example\n  Type:   connection\n  Detail: "
          "192.0.2.1: "
          "Connection refused\n  Hint: tls-alpn-01",
          "proof-port-443", "acme.alpn_unusable" },
        { "urn:ietf:params:acme:error:unauthorized: Failed to connect to "
          "192.0.2.1:443 for the tls-alpn-01 challenge",
          "proof-port-443", "acme.alpn_unusable" },
        /* clients */
        { "Problem binding to port 80: Could not bind to IPv4 or IPv6.",
          "port-taken", "local.port_taken" },
        { "Account at https://acme-v02.api.letsencrypt.org/acme/acct/1 does "
          "not "
          "exist",
          "ca-account-unknown", "acme.tos_account" },
        { "Please choose an account\n1: a@2026\n2: b@2026", "client-asks",
          "local.no_answer_given" },
        { "Another instance of Certbot is already running.", "client-running",
          "local.already_running" },
        { "expected /etc/letsencrypt/live/a/cert.pem to be a symlink",
          "client-links", "local.store_links" },
        { "Certbot failed to authenticate some domains (authenticator: "
          "standalone).",
          "proof-failed", "http01.unreachable" },
        { "[a.shop.example] propagation: time limit exceeded: last error: NS "
          "ns1.shop.example. did not return the expected TXT record",
          "proof-record", "dns01.not_visible" },
        { "acme: error: 403 :: urn:ietf:params:acme:error:unauthorized :: "
          "192.0.2.1: Invalid response from http://a.shop.example/.well-known/"
          "acme-challenge/x: 404",
          "proof-not-found", "http01.elsewhere" },
        { "Confirmed A record 192.0.2.25, but HTTP validation failed",
          "proof-from-inside", "http01.unreachable" },
        { "Cannot validate any hostnames, skipping Let's Encrypt for 1 hour.",
          "no-name-left", "http01.elsewhere" },
        { "No A or AAAA record found for hostname autoconfig.shop.example",
          "ca-no-address", "dns.no_address" },
        { "ERROR: Challenge is invalid! (returned: invalid) (result: "
          "[\"type\"] \"http-01\"",
          "proof-failed", "http01.unreachable" },
        { "ERROR: Challenge is invalid! (returned: invalid) (result: {\"type\":"
          "\"http-01\",\"error\":{\"type\":\"urn:ietf:params:acme:error:dns\","
          "\"detail\":\"DNS problem: NXDOMAIN looking up A for a.shop."
          "example\"}})",
          "ca-no-such-name", "dns.nxdomain" },
        { "a.shop.example: Verify error: 192.0.2.1: Fetching http://a.shop."
          "example/.well-known/acme-challenge/x: Connection refused",
          "port-80", "http01.unreachable" },
        { "error:0A000413:SSL routines::sslv3 alert unsupported "
          "certificate:SSL "
          "alert number 43",
          "client-certificate", "eku.no_client" },
        /* innocents: the same words where no CA says them */
        { "connect to mx.shop.example[192.0.2.25]:25: Connection refused",
          "unreachable", "conn.refused" },
        { "host mx.shop.example: NXDOMAIN", NULL, NULL },
        { "server answered SERVFAIL, query timed out", NULL, NULL },
        { "too many new connections from 192.0.2.1", NULL, NULL },
        { "the page sends a redirect to https", NULL, NULL },
        { "is tls-alpn-01 a good idea?", NULL, NULL },
        { "we publish accounturi in our CAA record", NULL, NULL },
        { "Type: mail. Detail: none", "ca-refused", "acme.refused" },
        { "the server is in maintenance until noon", NULL, NULL },
        { "invalid character in the subject", NULL, NULL },
        { "Your profile name is Ann", NULL, NULL },
    };
    struct arena *arena = arena_new();
    const struct error_pattern_table *table = NULL;
    struct err err;

    (void)state;
    assert_true(error_pattern_table_load(arena, NULL, &table, &err));
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct error_pattern s = error_pattern_read(arena, table, rows[i].text,
                                                    strlen(rows[i].text));
        const char *first = s.candidates.len ? s.candidates.text[0] : NULL;
        if (strcmp(shown(s.meaning), shown(rows[i].meaning)) != 0 ||
            strcmp(shown(first), shown(rows[i].finding)) != 0)
            fail_msg("%s: %s (%s), not %s (%s)", rows[i].text, shown(s.meaning),
                     shown(first), shown(rows[i].meaning),
                     shown(rows[i].finding));
    }
    arena_free(arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(acme_is_known) };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
