#ifndef CERTMEND_CHECK_ASKED_HOSTS_H
#define CERTMEND_CHECK_ASKED_HOSTS_H
/*
 * asked_hosts - the names that have to lead somewhere
 */
#include "model/survey.h"

/* The host asked for; of a mail domain its MX hosts, the domain itself where
 * it has none (RFC 5321 5.1). Addresses are left out, a null MX (RFC 7505)
 * leads nowhere. */
struct text_list asked_hosts(const struct survey *s, struct arena *a);

/* The MX records of the domain asked about, or NULL. */
const struct dns_answer *asked_hosts_mx(const struct survey *s);

#endif
