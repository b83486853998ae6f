#ifndef CERTMEND_ADVISE_RECHECK_H
#define CERTMEND_ADVISE_RECHECK_H
/*
 * recheck - the command that looks again after a fix was carried out
 */
#include "model/plan.h"

/* Appends " --name 'value'", quoted for a shell; nothing where value is NULL.
 */
void recheck_option(struct buf *b, const char *name, const char *value);

/* "certmend check mail.example.com:587": fit for a shell. */
const char *recheck_command(struct arena *a, const struct survey *s,
                            const struct fix *fix);

#endif
