#ifndef CERTMEND_FACTS_MAIL_SHIELD_H
#define CERTMEND_FACTS_MAIL_SHIELD_H
/*
 * mail_shield - what a fault on one way of mail programs matters, seeing the
 * others
 *
 * What is published first is taken as it is; a backup, an MX host or a name
 * that is only tried does less harm where a better way is clean. Pure.
 */
#include "facts/mail_ways.h"
#include "model/finding.h"

/* No fault at this cell is worse than that. */
enum severity mail_shield_most(const struct survey *s, const struct cell *c);

/* The domain is published to hold mail for people, or a server for that
 * speaks. */
bool mail_shield_has_mailboxes(const struct survey *s);

#endif
