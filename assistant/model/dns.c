#include "model/dns.h"

#include <assert.h>

const struct word dns_type_words[] = {
    { "A", DNS_A },       { "NS", DNS_NS },     { "CNAME", DNS_CNAME },
    { "SOA", DNS_SOA },   { "PTR", DNS_PTR },   { "MX", DNS_MX },
    { "TXT", DNS_TXT },   { "AAAA", DNS_AAAA }, { "SRV", DNS_SRV },
    { "TLSA", DNS_TLSA }, { "CAA", DNS_CAA },   { NULL, 0 },
};

const struct word dns_outcome_words[] = {
    { "answered", DNS_ANSWERED },   { "no-data", DNS_NODATA },
    { "nxdomain", DNS_NXDOMAIN },   { "servfail", DNS_SERVFAIL },
    { "timed-out", DNS_TIMED_OUT }, { NULL, DNS_OUTCOME_COUNT },
};
static_assert(sizeof dns_outcome_words / sizeof *dns_outcome_words ==
                  DNS_OUTCOME_COUNT + 1,
              "a word per outcome");

const struct word dns_security_words[] = {
    { "not-determined", DNS_NOT_DETERMINED },
    { "insecure", DNS_INSECURE },
    { "secure", DNS_SECURE },
    { "bogus", DNS_BOGUS },
    { NULL, DNS_SECURITY_COUNT },
};
static_assert(sizeof dns_security_words / sizeof *dns_security_words ==
                  DNS_SECURITY_COUNT + 1,
              "a word per security");
