#include "acme/acme_explanation.h"

#include <string.h>
#include <strings.h>

#include "acme/acme_explanation_table.h"
#include "model/name.h"

/* The first that fits counts; NULL fits everything. */
struct row {
    const char *type;      /* of the problem */
    const char *challenge; /* that failed */
    const char *pattern;   /* in the detail, any case */
    enum acme_word word;
};

static const struct row rows[] = {
    { NULL, "dns-persist-01", NULL, WORD_PERSIST_WRONG },
    { NULL, NULL, "DNS-PERSIST-01", WORD_PERSIST_WRONG },
    { NULL, NULL, "accounturi mismatch", WORD_PERSIST_WRONG },
    { NULL, NULL, "policy mismatch", WORD_PERSIST_WRONG },
    { NULL, NULL, "persistUntil", WORD_PERSIST_WRONG },
    { NULL, NULL, "duplicate parameter", WORD_PERSIST_WRONG },
    { NULL, NULL, "ip type identifiers", WORD_ADDRESS_PROFILE },
    { NULL, NULL, "redundant with a wildcard", WORD_REDUNDANT },
    { NULL, NULL, "contain more than", WORD_TOO_MANY_NAMES },
    { "caa", NULL, "accounturi", WORD_CAA_PARAMS },
    { "caa", NULL, "validationmethods", WORD_CAA_PARAMS },
    { NULL, NULL, "prevents issuance", WORD_CAA_FORBIDS },
    { "caa", NULL, "SERVFAIL", WORD_CAA_LOOKUP_FAILS },
    { "caa", NULL, "timed out", WORD_CAA_LOOKUP_FAILS },
    { "caa", NULL, "While processing CAA", WORD_CAA_LOOKUP_FAILS },
    { "dns", NULL, "looking up CAA", WORD_CAA_LOOKUP_FAILS },
    { "caa", NULL, "critical", WORD_CAA_CRITICAL },
    { "caa", NULL, NULL, WORD_CAA_FORBIDS },
    { NULL, NULL, "Rechecking CAA", WORD_CAA_FORBIDS },
    { "rateLimited", NULL, NULL, WORD_RATE_LIMITED },
    { NULL, NULL, "too many certificates", WORD_RATE_LIMITED },
    { NULL, NULL, "too many failed authorizations", WORD_RATE_LIMITED },
    { NULL, NULL, "too many new ", WORD_RATE_LIMITED },
    { "dns", NULL, "DNSSEC", WORD_DNS_BOGUS },
    { "dnssec", NULL, NULL, WORD_DNS_BOGUS },
    { NULL, NULL, "DNSSEC: ", WORD_DNS_BOGUS },
    { NULL, "dns-01", "No TXT record", WORD_DNS01_NOT_VISIBLE },
    { NULL, "dns-01", "Incorrect TXT record", WORD_DNS01_NOT_VISIBLE },
    { NULL, "dns-01", "did not match", WORD_DNS01_NOT_VISIBLE },
    { "unauthorized", "dns-01", NULL, WORD_DNS01_NOT_VISIBLE },
    { NULL, "dns-01", "NXDOMAIN looking up TXT", WORD_DNS01_NOT_VISIBLE },
    { NULL, NULL, "No TXT record found", WORD_DNS01_NOT_VISIBLE },
    { NULL, NULL, "Incorrect TXT record", WORD_DNS01_NOT_VISIBLE },
    { NULL, "dns-01", "CNAME", WORD_DNS01_CNAME_BROKEN },
    { NULL, NULL, "NXDOMAIN", WORD_DNS_NXDOMAIN },
    { NULL, NULL, "no valid A records", WORD_DNS_NO_ADDRESS },
    { NULL, NULL, "no valid AAAA records", WORD_DNS_NO_ADDRESS },
    { NULL, NULL, "No valid IP addresses", WORD_DNS_NO_ADDRESS },
    { NULL, NULL, "no IP addresses found", WORD_DNS_NO_ADDRESS },
    { NULL, NULL, "SERVFAIL", WORD_DNS_BROKEN },
    { NULL, NULL, "query timed out", WORD_DNS_BROKEN },
    { NULL, NULL, "networking error", WORD_DNS_BROKEN },
    { NULL, NULL, "response was truncated", WORD_DNS_BROKEN },
    { "dns", NULL, NULL, WORD_DNS_BROKEN },
    { NULL, NULL, "Too many redirects", WORD_HTTP01_BAD_REDIRECT },
    { NULL, NULL, "Redirect loop", WORD_HTTP01_BAD_REDIRECT },
    { NULL, NULL, "disallowed redirect", WORD_HTTP01_BAD_REDIRECT },
    { NULL, NULL, "Redirect target too long", WORD_HTTP01_BAD_REDIRECT },
    { NULL, NULL, "Invalid host in redirect", WORD_HTTP01_BAD_REDIRECT },
    { NULL, NULL, "Invalid port in redirect", WORD_HTTP01_BAD_REDIRECT },
    { NULL, NULL, "redirect", WORD_HTTP01_BAD_REDIRECT },
    { NULL, "http-01", "During secondary validation", WORD_HTTP01_BLOCKED },
    { NULL, "tls-alpn-01", NULL, WORD_ALPN_UNUSABLE },
    { NULL, NULL, "acme-tls/1", WORD_ALPN_UNUSABLE },
    { NULL, NULL, "tls-alpn-01", WORD_ALPN_UNUSABLE },
    { NULL, NULL, "Received certificate with unexpected", WORD_ALPN_UNUSABLE },
    { "connection", "http-01", NULL, WORD_HTTP01_UNREACHABLE },
    { NULL, "http-01", "Timeout during connect", WORD_HTTP01_UNREACHABLE },
    { NULL, "http-01", "Timeout after connect", WORD_HTTP01_UNREACHABLE },
    { NULL, "http-01", "Connection refused", WORD_HTTP01_UNREACHABLE },
    { NULL, "http-01", "Connection reset", WORD_HTTP01_UNREACHABLE },
    { NULL, "http-01", "Network unreachable", WORD_HTTP01_UNREACHABLE },
    { "connection", NULL, NULL, WORD_HTTP01_UNREACHABLE },
    { NULL, NULL, "Timeout during connect", WORD_HTTP01_UNREACHABLE },
    { NULL, NULL, "Timeout after connect", WORD_HTTP01_UNREACHABLE },
    { NULL, NULL, "Connection refused", WORD_HTTP01_UNREACHABLE },
    { NULL, NULL, "Connection reset by peer", WORD_HTTP01_UNREACHABLE },
    { NULL, NULL, "Network unreachable", WORD_HTTP01_UNREACHABLE },
    { NULL, NULL, "Error getting validation data", WORD_HTTP01_UNREACHABLE },
    { NULL, NULL, "HTTP/2 over HTTP", WORD_HTTP01_UNREACHABLE },
    { NULL, NULL, "only speaks HTTP, not TLS", WORD_HTTP01_UNREACHABLE },
    { "tls", NULL, NULL, WORD_HTTP01_UNREACHABLE },
    { NULL, "http-01", "Invalid response from", WORD_HTTP01_ELSEWHERE },
    { NULL, "http-01", "did not match", WORD_HTTP01_ELSEWHERE },
    { "unauthorized", "http-01", NULL, WORD_HTTP01_ELSEWHERE },
    { "incorrectResponse", NULL, NULL, WORD_HTTP01_ELSEWHERE },
    { NULL, NULL, "key authorization file", WORD_HTTP01_ELSEWHERE },
    { NULL, NULL, "Invalid response from", WORD_HTTP01_ELSEWHERE },
    { NULL, NULL, "During secondary validation", WORD_HTTP01_BLOCKED_TOO },
    { "invalidProfile", NULL, NULL, WORD_PROFILE },
    { NULL, NULL, "profile name", WORD_PROFILE },
    { NULL, NULL, "wildcard certificates require", WORD_WILDCARD_NEEDS_DNS },
    { NULL, NULL, "wildcard domains", WORD_WILDCARD_NEEDS_DNS },
    { "rejectedIdentifier", NULL, NULL, WORD_NAME_UNISSUABLE },
    { "unsupportedIdentifier", NULL, NULL, WORD_NAME_UNISSUABLE },
    { NULL, NULL, "valid public suffix", WORD_NAME_UNISSUABLE },
    { NULL, NULL, "is an ICANN TLD", WORD_NAME_UNISSUABLE },
    { NULL, NULL, "for an ICANN TLD", WORD_NAME_UNISSUABLE },
    { NULL, NULL, "forbidden by policy", WORD_NAME_UNISSUABLE },
    { NULL, NULL, "invalid character", WORD_NAME_UNISSUABLE },
    { NULL, NULL, "longer than 253 bytes", WORD_NAME_UNISSUABLE },
    { NULL, NULL, "more than 10 labels", WORD_NAME_UNISSUABLE },
    { NULL, NULL, "at least one dot", WORD_NAME_UNISSUABLE },
    { NULL, NULL, "ends in a dot", WORD_NAME_UNISSUABLE },
    { NULL, NULL, "longer than 63 bytes", WORD_NAME_UNISSUABLE },
    { NULL, NULL, "malformed punycode", WORD_NAME_UNISSUABLE },
    { NULL, NULL, "R-LDH", WORD_NAME_UNISSUABLE },
    { NULL, NULL, "more than one wildcard", WORD_NAME_UNISSUABLE },
    { NULL, NULL, "invalid wildcard", WORD_NAME_UNISSUABLE },
    { NULL, NULL, "value is an IP address", WORD_NAME_UNISSUABLE },
    { "badCSR", NULL, NULL, WORD_CSR_BAD },
    { "badPublicKey", NULL, NULL, WORD_CSR_BAD },
    { "badSignatureAlgorithm", NULL, NULL, WORD_CSR_BAD },
    { NULL, NULL, "public key in CSR", WORD_CSR_BAD },
    { NULL, NULL, "signature on CSR", WORD_CSR_BAD },
    { NULL, NULL, "CSR contains", WORD_CSR_BAD },
    { NULL, NULL, "signature algorithm not supported", WORD_CSR_BAD },
    { NULL, NULL, "different than account key", WORD_CSR_BAD },
    { NULL, NULL, "at least one identifier", WORD_CSR_BAD },
    { "alreadyReplaced", NULL, NULL, WORD_REPLACED },
    { NULL, NULL, "already has a replacement order", WORD_REPLACED },
    { NULL, NULL, "certificate being replaced", WORD_REPLACED },
    { NULL, NULL, "did not match a known issuer", WORD_REPLACED },
    { "alreadyRevoked", NULL, NULL, WORD_REVOKED },
    { "accountDoesNotExist", NULL, NULL, WORD_TOS_ACCOUNT },
    { "externalAccountRequired", NULL, NULL, WORD_TOS_ACCOUNT },
    { "userActionRequired", NULL, NULL, WORD_TOS_ACCOUNT },
    { "agreementRequired", NULL, NULL, WORD_TOS_ACCOUNT },
    { "invalidContact", NULL, NULL, WORD_TOS_ACCOUNT },
    { "unsupportedContact", NULL, NULL, WORD_TOS_ACCOUNT },
    { NULL, NULL, "account is not valid", WORD_TOS_ACCOUNT },
    { NULL, NULL, "account has been deactivated", WORD_TOS_ACCOUNT },
    { NULL, NULL, "must agree to terms", WORD_TOS_ACCOUNT },
    { "unauthorized", NULL, NULL, WORD_REFUSED },
    { "serverInternal", NULL, NULL, WORD_CA_TROUBLE },
    { "badNonce", NULL, NULL, WORD_CA_TROUBLE },
    { NULL, NULL, "maintenance", WORD_CA_TROUBLE },
    { "compound", NULL, NULL, WORD_SEVERAL },
    { NULL, NULL, NULL, WORD_REFUSED_TOO },
};

static bool holds(const char *text, const char *pattern)
{
    size_t len = strlen(pattern);

    for (; *text; text++)
        if (strncasecmp(text, pattern, len) == 0)
            return true;
    return false;
}

static bool fits(const struct row *row, const struct acme_problem *p)
{
    if (row->type && strcmp(row->type, p->type) != 0)
        return false;
    if (row->challenge &&
        (!p->challenge || strcmp(row->challenge, p->challenge) != 0))
        return false;
    return !row->pattern || holds(p->detail, row->pattern);
}

const struct acme_explanation *acme_explanation_find(
    const struct acme_problem *p)
{
    const struct row *row = rows;

    while (!fits(row, p)) /* the last one does */
        row++;
    return &acme_meanings[row->word];
}

enum acme_again acme_words_again(const struct acme_problem *p)
{
    enum acme_again worst = ACME_AGAIN_LATER;

    if (!p)
        return ACME_AGAIN_MENDED;
    if (!p->parts_len)
        return acme_explanation_find(p)->again;
    for (size_t i = 0; i < p->parts_len; i++) {
        enum acme_again again = acme_explanation_find(&p->parts[i])->again;
        if (again > worst)
            worst = again;
    }
    return worst;
}

const char *acme_words_todo(const struct acme_explanation *m,
                            const char *identifier)
{
    return m->todo_ip && identifier && name_is_ip(identifier) ? m->todo_ip
                                                              : m->todo;
}
