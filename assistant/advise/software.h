#ifndef CERTMEND_ADVISE_SOFTWARE_H
#define CERTMEND_ADVISE_SOFTWARE_H
/*
 * software - which program answers, where its greeting is honest
 */
#include "model/survey.h"

/* "postfix": also the name of its templates; NULL: it does not say. */
const char *software_of(const struct cell *c);

/* All names, one by one; NULL ends. A name may come twice. */
const char *software_name(size_t i);

#endif
