#ifndef CERTMEND_FACTS_CONNECTION_LOST_H
#define CERTMEND_FACTS_CONNECTION_LOST_H
/*
 * connection_lost - is it this computer that has no connection?
 *
 * Silence of everything says something about here, and nothing about the
 * servers that were asked. Pure.
 */
#include "model/survey.h"

enum connection_lost {
    CONNECTION_HOLDS,       /* somebody answered, or it cannot be said */
    CONNECTION_NO_ROUTE,    /* packets have no way out of this computer */
    CONNECTION_NO_RESOLVER, /* nobody answers questions to the DNS, not even
                               about the root of all names */
};

/* A question that every resolver in reach of the Internet can answer. */
#define CONNECTION_LOST_CONTROL "."

/* No question so far was answered: the control question is due. */
bool connection_lost_dns_is_silent(const struct survey *s);

enum connection_lost connection_lost(const struct survey *s);

#endif
