#ifndef CERTMEND_ADVISE_CAUSES_H
#define CERTMEND_ADVISE_CAUSES_H
/*
 * causes - one cause is one fault, whatever it shows in
 *
 * A port that differs from the others, and the wrong certificate that it
 * shows, are told together. Which finding can be because of which, and which
 * are one for the same host or record, says its file of rules ("because_of",
 * "once_for"). Nothing is dropped: each keeps its rows, so each fix stays.
 *
 * Pure. What is merely told (info) is neither cause nor part.
 */
#include "advise/advise.h"

/* For each finding the one that it is told with, which is told with none
 * itself; NULL where it stands for itself. */
const struct finding *const *causes_find(const struct rules *r,
                                         const struct survey *s,
                                         const struct findings *found);

/* "name.*" fits every id that begins with "name.", "*" all. */
bool causes_fits(const char *pattern, const char *id);

#endif
