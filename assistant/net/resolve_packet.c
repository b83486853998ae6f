#include "net/resolve_packet.h"

#include <arpa/nameser.h>
#include <string.h>
#include <strings.h>

#include "net/resolve_record.h"

enum {
    ALIAS_MAX = 16,    /* a chain of so many CNAMEs is a loop or a joke */
    RECORDS_MAX = 200, /* of one answer */
};

static bool is_for(const ns_rr *rr, const char *owner, enum dns_type type)
{
    const char *name = *ns_rr_name(*rr) ? ns_rr_name(*rr) : ".";

    return ns_rr_class(*rr) == ns_c_in && (int)ns_rr_type(*rr) == (int)type &&
           strcasecmp(name, owner) == 0;
}

static struct rdata rdata_of(struct arena *a, const ns_msg *msg,
                             const ns_rr *rr)
{
    return (struct rdata){ a, msg, ns_rr_rdata(*rr), ns_rr_rdlen(*rr) };
}

/* Where the name `owner` is sent on to by a CNAME, or NULL. */
static const char *alias_of(struct arena *a, ns_msg *msg, const char *owner)
{
    ns_rr rr;

    for (int i = 0; i < ns_msg_count(*msg, ns_s_an); i++) {
        if (ns_parserr(msg, ns_s_an, i, &rr) < 0)
            return NULL;
        struct rdata r = rdata_of(a, msg, &rr);
        if (is_for(&rr, owner, DNS_CNAME))
            return record_take_name(&r);
    }
    return NULL;
}

/* The end of the chain of CNAMEs, which need not come in order. */
static const char *follow(struct arena *a, ns_msg *msg,
                          struct dns_answer *answer)
{
    const char *owner = record_name(a, answer->name);
    const char **alias = NULL;
    size_t len = 0;

    while (answer->type != DNS_CNAME && len < ALIAS_MAX) {
        const char *next = alias_of(a, msg, owner);
        if (!next)
            break;
        alias = arena_grow(a, alias, len, sizeof *alias);
        alias[len++] = owner = next;
    }
    answer->alias = alias;
    answer->alias_len = len;
    return owner;
}

/* False: a record was there that cannot be read. */
static bool collect(struct arena *a, ns_msg *msg, const char *owner,
                    struct dns_answer *answer)
{
    struct dns_record *records = NULL;
    bool all_read = true;
    size_t len = 0;
    ns_rr rr;

    for (int i = 0; i < ns_msg_count(*msg, ns_s_an); i++) {
        if (ns_parserr(msg, ns_s_an, i, &rr) < 0)
            return false;
        if (!is_for(&rr, owner, answer->type) || len == RECORDS_MAX)
            continue;
        struct rdata r = rdata_of(a, msg, &rr);
        struct dns_record record = { .text = NULL };
        if (!record_read(&r, answer->type, &record)) {
            all_read = false;
            continue;
        }
        if (len == 0 || ns_rr_ttl(rr) < answer->ttl_s)
            answer->ttl_s = ns_rr_ttl(rr);
        records = arena_grow(a, records, len, sizeof *records);
        records[len++] = record;
        answer->records = records;
        answer->len = len;
    }
    return all_read;
}

void resolve_packet(struct arena *a, const uint8_t *packet, size_t len,
                    struct dns_answer *answer)
{
    ns_msg msg;

    answer->outcome = DNS_SERVFAIL;
    if (len > NS_MAXMSG || ns_initparse(packet, (int)len, &msg) < 0)
        return;
    int rcode = ns_msg_getflag(msg, ns_f_rcode);
    if (rcode != ns_r_noerror && rcode != ns_r_nxdomain)
        return;
    const char *owner = follow(a, &msg, answer);
    if (answer->alias_len == ALIAS_MAX)
        return;
    bool all_read = collect(a, &msg, owner, answer);
    if (answer->len)
        answer->outcome = DNS_ANSWERED;
    else if (rcode == ns_r_nxdomain)
        answer->outcome = DNS_NXDOMAIN;
    else if (all_read)
        answer->outcome = DNS_NODATA;
}
