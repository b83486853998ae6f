#ifndef CERTMEND_PROBE_AGENDA_H
#define CERTMEND_PROBE_AGENDA_H
/*
 * agenda - which hosts and ports a round looks at, and by which addresses
 *
 * Pure: a target or wishes and the answers so far go in, questions and looks
 * come out, always in the same order.
 */
#include "probe/inquiry.h"
#include "probe/look.h"

/* More MX hosts, or addresses of one host, are not looked at: whoever fills the
 * DNS must not have us knock at hundreds of doors. */
enum { AGENDA_MAIL_HOSTS = 10, AGENDA_ADDRESSES = 16 };

struct subject;

struct agenda {
    struct survey *survey;
    const struct probe_options *options;
    bool asked; /* cell.asked of its looks */
    struct subject *items;
    size_t len;
};

/* Round 1. A mail domain's hosts are known once its MX has been answered. */
void agenda_host(struct agenda *g);
void agenda_domain(struct agenda *g);

/* Round 2. */
void agenda_wishes(struct agenda *g, const struct wishes *w);

/* The addresses that are still unknown. */
void agenda_questions(const struct agenda *g, struct inquiry *i);

/* A and AAAA of `name`, as far as the options want them. */
void agenda_ask(const struct agenda *g, const char *name, struct inquiry *i);

/* One look for every subject and address: hosts as listed, then IPv4 before
 * IPv6 and by number, then ports as listed. Lacks `means`, `done`, `arg`. */
struct look **agenda_looks(const struct agenda *g, size_t *len);

#endif
