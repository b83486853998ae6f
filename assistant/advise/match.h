#ifndef CERTMEND_ADVISE_MATCH_H
#define CERTMEND_ADVISE_MATCH_H
/*
 * match - does a rule's row hold for a finding?
 */
#include "advise/rules.h"

bool match_row(const struct rule_row *row, const struct context *now,
               const struct finding *f);

/* A fact against what is wanted of it. A list fact holds a literal that is in
 * it. `value` NULL is unknown: never. */
bool match_value(const struct json *want, const struct json *value);

#endif
