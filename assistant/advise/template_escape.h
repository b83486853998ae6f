#ifndef CERTMEND_ADVISE_TEMPLATE_ESCAPE_H
#define CERTMEND_ADVISE_TEMPLATE_ESCAPE_H
/*
 * template_escape - a value made fit for the place where it is written
 *
 * For template.c only.
 */
#include "advise/template.h"

/* Appends `value`. NULL: done; else why it cannot be written there, and
 * nothing is appended. */
const char *template_escape_value(enum template_escape escape,
                                  const char *value, struct buf *out);

#endif
