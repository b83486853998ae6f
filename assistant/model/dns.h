#ifndef CERTMEND_MODEL_DNS_H
#define CERTMEND_MODEL_DNS_H
/*
 * dns - answers of the DNS as facts
 *
 * One `struct dns_answer` per question asked, whatever came of it. Owner
 * names and targets are in normal form (model/name.h).
 */
#include "base/arena.h"
#include "base/table.h"

#include <stdint.h>

enum dns_type { /* RFC numbers of the types; IANA "DNS Parameters" */
                DNS_A = 1,
                DNS_NS = 2,
                DNS_CNAME = 5,
                DNS_SOA = 6,
                DNS_PTR = 12,
                DNS_MX = 15,
                DNS_TXT = 16,
                DNS_AAAA = 28,
                DNS_SRV = 33,
                DNS_TLSA = 52,
                DNS_CAA = 257,
};

enum dns_outcome {
    DNS_ANSWERED,  /* records are there */
    DNS_NODATA,    /* the name exists, this type does not */
    DNS_NXDOMAIN,  /* the name does not exist */
    DNS_SERVFAIL,  /* the resolver could not say */
    DNS_TIMED_OUT, /* nobody answered in time */
    DNS_OUTCOME_COUNT,
};

enum dns_security {
    DNS_NOT_DETERMINED, /* nobody validated */
    DNS_INSECURE,       /* proven unsigned */
    DNS_SECURE,         /* validated by us */
    DNS_BOGUS,          /* signed, and the signature does not hold */
    DNS_SECURITY_COUNT,
};

struct dns_record {
    const char *text;      /* presentation form, printable */
    const char *host;      /* A, AAAA: the address; CNAME, NS, PTR, MX, SRV: the
                              target in normal form, "." kept; else NULL */
    uint16_t priority;     /* MX preference, SRV priority */
    uint16_t weight, port; /* SRV */
};

struct dns_answer {
    const char *name; /* as asked */
    enum dns_type type;
    enum dns_outcome outcome;
    enum dns_security security;
    const char *why;          /* bogus: the validator's words; else NULL */
    const char *const *alias; /* the CNAME chain followed, in order */
    size_t alias_len;
    const struct dns_record *records;
    size_t len;
    uint32_t ttl_s;     /* smallest of the records */
    const char *server; /* address of the authoritative server that was asked;
                           NULL: the resolver */
};

extern const struct word dns_type_words[];     /* "A", "AAAA", ... */
extern const struct word dns_outcome_words[];  /* "answered", "no-data", ... */
extern const struct word dns_security_words[]; /* "not-determined", ... */

#endif
