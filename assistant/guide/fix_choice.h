#ifndef CERTMEND_GUIDE_FIX_CHOICE_H
#define CERTMEND_GUIDE_FIX_CHOICE_H
/*
 * fix_choice - which fix is the person's own to carry out
 */
#include "guide/session.h"

/* The best fix that `who` can do; else the letter; else the first. NULL: the
 * plan is empty. */
const struct fix *fix_choice_best(const struct plan *p, enum who who);

/* Whoever is asking can do this themselves. */
bool fix_choice_is_own(const struct fix *fix, enum who who);

size_t fix_choice_pages(const struct fix *fix, enum who who);
/* The steps on page `page`: [*from, *to). What is only to be read stands on one
 * page with what is to be typed after it. */
void fix_choice_step_page(const struct fix *fix, enum who who, size_t page,
                          size_t *from, size_t *to);

/* Where to look whether it worked: words for target_parse(). */
const char *fix_choice_place(struct arena *a, const struct fix *fix,
                             const char *target);

const struct fix *fix_choice_find(const struct plan *p,
                                  const char *id); /* NULL */

#endif
