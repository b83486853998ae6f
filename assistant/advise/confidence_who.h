#ifndef CERTMEND_ADVISE_CONFIDENCE_WHO_H
#define CERTMEND_ADVISE_CONFIDENCE_WHO_H
/*
 * confidence_who - who comes to a place, and so is hit by what is wrong there
 *
 * Pure. To tell more of them apart: an enum reach with its word in
 * model/plan.c, and its percent in rules/judging.json.
 */
#include "model/plan.h"

enum reach confidence_who_at(const struct survey *s, const struct cell *c);

/* Of a finding that shows at no place: by the host it is about, if any. */
enum reach confidence_who_about(const struct survey *s, const struct finding *f,
                                const struct confidence_table *t);

#endif
