#ifndef CERTMEND_FACTS_VALIDITY_H
#define CERTMEND_FACTS_VALIDITY_H
/*
 * validity - what a certificate's dates mean at survey.judged_at
 *
 * Which lifetimes are short and long stands in rules/calendar.json, under
 * "renewal".
 */
#include "facts/calendar.h"
#include "model/survey.h"

bool validity_is_over(const struct survey *s, const struct cert *c);

/* Automatic renewal gets the next one from now on: with a third of its own
 * lifetime left, or half of it when its life is a short one. False once it
 * is over. */
bool validity_is_due(const struct survey *s, const struct cert *c);

/* Its renewal should have happened: less than a quarter of its own lifetime is
 * left, which a timer has had days or hours to prevent; more notice where its
 * life is a long one, as bought ones have. False once it is over. */
bool validity_is_overdue(const struct survey *s, const struct cert *c);

/* The last quarter of the time in which it is overdue: nobody is to wait for
 * the next working day. False once it is over. */
bool validity_is_ending(const struct survey *s, const struct cert *c);

/* An authority on the path would begin in the future too: they are years older
 * than what they sign, so the clock that says so is wrong. */
bool validity_clock_is_wrong(const struct survey *s, const struct cell *c);

/* The limit of its day that its lifetime breaks, or NULL: what the rules of the
 * public authorities allow, where it says that they hold for it, else what
 * Apple's programs take from anybody. */
const struct calendar_row *validity_limit_broken(const struct survey *s,
                                                 const struct cert *c);

/* Clean, not soon over, and no longer than allowed, and refused by nobody:
 * nothing has to be done there. */
bool validity_is_fresh(const struct survey *s, const struct cell *c);

#endif
