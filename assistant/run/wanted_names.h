#ifndef CERTMEND_RUN_WANTED_NAMES_H
#define CERTMEND_RUN_WANTED_NAMES_H
/*
 * wanted_names - the names a certificate is to carry, as people give them
 *
 * Normal form, wildcards and addresses too, each once, in the order given.
 */
#include "base/json.h"

struct wanted_names {
    const char **text;
    size_t len;
    bool keep_key;         /* the plan they are from keeps the key (for DANE) */
    const char *challenge; /* by which the plan proves them, or NULL */
};

bool wanted_names_have(const struct wanted_names *names, const char *name);

MUST_CHECK bool wanted_names_add(struct arena *a, struct wanted_names *names,
                                 const char *text, struct err *err);

/* Those of the first fix in a saved report that orders a certificate, by which
 * challenge, and whether it keeps the key. */
MUST_CHECK bool wanted_names_from(struct arena *a, struct wanted_names *names,
                                  const char *path, struct err *err);

/* The same of a report in memory; `name` says in errors where it came from. */
MUST_CHECK bool wanted_names_of(struct arena *a, struct wanted_names *names,
                                const struct json *report, const char *name,
                                struct err *err);

#endif
