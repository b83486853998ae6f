#ifndef CERTMEND_RUN_CA_CHOICE_H
#define CERTMEND_RUN_CA_CHOICE_H
/*
 * ca_choice - the CA that a person names, or gives by its URL
 */
#include "facts/ca.h"

/* NULL: none was chosen. Otherwise its id, or an https URL; the rest is an
 * ERR_USAGE that lists the ids. */
MUST_CHECK bool ca_choose(struct arena *a, const char *text,
                          const struct ca **out, struct err *err);

#endif
