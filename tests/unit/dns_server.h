#ifndef CERTMEND_TESTS_DNS_SERVER_H
#define CERTMEND_TESTS_DNS_SERVER_H
/*
 * dns_server - DNS messages written by hand, and a server on loopback that
 * gives them out over UDP and TCP from a process of its own
 *
 * Names that begin like this are answered in a special way: "silent" not at
 * all, "servfail" by that code, "big" by TCP only, "junk" by half a message,
 * "liar" about another name. What has no record is NXDOMAIN, or NODATA where
 * the name has others.
 */
#include "model/dns.h"

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

struct zone_record {
    const char *owner; /* without a dot at the end; NULL ends a zone */
    uint16_t type;
    const char *rdata; /* as on the wire */
    size_t len;
};

#define RDATA(connection) .rdata = (connection), .len = sizeof(connection) - 1

enum { MESSAGE_MAX = 65535, RECORD_TTL_S = 300 };

struct message {
    uint8_t bytes[MESSAGE_MAX];
    size_t len;
};

void message_begin(struct message *m, const char *name, uint16_t type,
                   int rcode);
void message_add(struct message *m, const struct zone_record *record,
                 uint32_t ttl_s);

/* "answered: 10.0.0.1|10.0.0.2 by web.lab" */
const char *dns_told(struct arena *a, const struct dns_answer *answer);

struct dns_server {
    pid_t pid;
    char at[32]; /* "127.0.0.1:PORT" */
};

/* -1 in pid: it could not be started. */
struct dns_server dns_server_start(const struct zone_record *zone);
void dns_server_stop(const struct dns_server *s);

#endif
