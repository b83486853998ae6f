#ifndef CERTMEND_RUN_NAME_LOOK_H
#define CERTMEND_RUN_NAME_LOOK_H
/*
 * name_look - all ports of the names of a certificate, as "certmend check" does
 *
 * A wildcard has no ports, and a name that nobody can look at is passed over.
 */
#include "run/issue_options.h"

struct name_look {
    struct survey **surveys;
    size_t len;
};

MUST_CHECK bool name_look(struct arena *a, const struct issue_options *how,
                          const struct issue_order *o, struct name_look *out,
                          struct err *err);

/* What a client of the name gets to see: a look without SNI may well meet
 * another certificate. */
bool name_look_counts(const struct survey *s, const struct cell *c);

#endif
