#ifndef CERTMEND_ADVISE_DISCOURAGED_H
#define CERTMEND_ADVISE_DISCOURAGED_H
/*
 * discouraged - why not, for advice that people meet and should not follow
 *
 * To add one: templates/no-because/<what>.mustache; its id is "no.<what>". The
 * first paragraph is its title.
 */
#include "base/buf.h"

/* Appends the text of "no.cname" folded to `width`, or for "no" all ids with
 * their titles. Nothing is appended where there is no such id. */
void discouraged_explain(const char *id, int width, struct buf *out);

#endif
