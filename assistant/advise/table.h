#ifndef CERTMEND_ADVISE_TABLE_H
#define CERTMEND_ADVISE_TABLE_H
/*
 * table - the whole decision table, as a person would read it
 */
#include "advise/advise.h"
#include "base/buf.h"

/* Findings with their rows, then the fixes, then the words that rules know. */
void rules_table(const struct rules *r, int width, struct buf *out);

#endif
