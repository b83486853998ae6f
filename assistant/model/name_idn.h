#ifndef CERTMEND_MODEL_NAME_IDN_H
#define CERTMEND_MODEL_NAME_IDN_H
/*
 * name_idn - U-labels and A-labels, for name.c alone
 *
 * The door to libidn2. UTS 46 non-transitional maps what was typed, IDNA2008
 * (RFC 5891 5) judges it, and the way back has to give the same A-labels. What
 * is typed as A-labels stays as it is: the DNS has names that IDNA2008 forbids.
 */
#include "base/arena.h"

#include <stddef.h>

/* A-labels of UTF-8 text without NUL; NULL, with *why in words, when there
 * are none. */
const char *name_idn_ascii(struct arena *a, const char *text, const char **why);

/* U-labels of a name in normal form, or NULL: it has none. */
const char *name_idn_unicode(struct arena *a, const char *host);

#endif
