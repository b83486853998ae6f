#ifndef CERTMEND_ADVISE_RULES_TABLE_H
#define CERTMEND_ADVISE_RULES_TABLE_H
/*
 * rules_table - the whole decision table, as a person would read it
 */
#include "advise/advise.h"
#include "base/buf.h"

/* Findings with their rows, then the fixes, then the words that rules know. */
void rules_table(const struct rules *r, int width, struct buf *out);

/* The part of it about one finding or one rule; nothing for other ids. */
void rules_table_of(const struct rules *r, const char *id, int width,
                    struct buf *out);

#endif
