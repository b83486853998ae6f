#ifndef CERTMEND_PROBE_SCAN_PLAN_H
#define CERTMEND_PROBE_SCAN_PLAN_H
/*
 * scan_plan - which hosts and ports a pass scans, and by which addresses
 *
 * Pure: a target or requests and the answers so far go in, questions and scans
 * come out, always in the same order.
 */
#include "probe/dns_batch.h"
#include "probe/probe.h"
#include "probe/scan.h"

/* More MX hosts, or addresses of one host, are not looked at: whoever fills the
 * DNS must not have us knock at hundreds of doors. */
enum { SCAN_PLAN_MAIL_HOSTS = 10, SCAN_PLAN_ADDRESSES = 16 };

struct endpoint;

struct scan_plan {
    struct survey *survey;
    const struct probe_options *options;
    struct endpoint *items;
    size_t len;
};

/* The first pass. A mail domain's hosts are known once its MX has been
 * answered. */
void scan_plan_host(struct scan_plan *g);
void scan_plan_domain(struct scan_plan *g);

/* A further pass. */
void scan_plan_requests(struct scan_plan *g, const struct probe_requests *w);

/* The addresses that are still unknown. */
void scan_plan_questions(const struct scan_plan *g, struct dns_batch *i);

/* A and AAAA of `name`, as far as the options want them. */
void scan_plan_ask(const struct scan_plan *g, const char *name,
                   struct dns_batch *i);

/* One scan for every endpoint and address: hosts as listed, then IPv4 before
 * IPv6 and by number, then ports as listed. Lacks `means`, `done`, `arg`. */
struct scan **scan_plan_scans(const struct scan_plan *g, size_t *len);

#endif
