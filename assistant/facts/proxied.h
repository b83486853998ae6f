#ifndef CERTMEND_FACTS_PROXIED_H
#define CERTMEND_FACTS_PROXIED_H
/*
 * proxied - does a mail name lead to a proxy for web pages?
 *
 * Whose addresses those are stands in rules/known.json, under "web_proxies".
 * Some of them run mail servers at such addresses too: where any port of mail
 * takes a connection, it is none. Pure.
 */
#include "model/survey.h"

/* `c` is a port of mail where nobody is, and no other one of its host answers:
 * the proxy's name. NULL: it is none. */
const char *proxied_by(const struct survey *s, const struct cell *c);

#endif
