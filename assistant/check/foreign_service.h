#ifndef CERTMEND_CHECK_FOREIGN_SERVICE_H
#define CERTMEND_CHECK_FOREIGN_SERVICE_H
/*
 * foreign_service - certificates of services that are none of mail
 *
 * Site builders, parking, content networks: rules/known.json. Pure.
 */
#include "model/survey.h"

/* Whose certificate it is: each of its names is one of theirs. NULL: of none
 * that is known. */
const char *foreign_service_of(const struct survey *s, const struct cert *leaf);

#endif
