#ifndef CERTMEND_FACTS_KNOWLEDGE_H
#define CERTMEND_FACTS_KNOWLEDGE_H
/*
 * knowledge - what holds in the world, whatever was seen
 *
 * Stated once, in rules/, and read here; the functions that judge by it stay
 * pure, as it never changes while a survey is judged. What came with --rules
 * stands in survey.knowledge; else the built-in holds, read once.
 *
 * To add a CA: a file in rules/authorities/. A name: facts/known.h.
 * A date: facts/calendar.h.
 */
#include "facts/ca.h"
#include "facts/known.h"
#include "model/survey.h"

struct knowledge {
    struct known known;
    struct calendar calendar;
    const struct ca *cas;
    size_t cas_len;
    const struct ca *usual; /* the CA where none was chosen: free, and asks for
                               nothing but a proof */
};

/* The built-in one; it cannot fail, as `make` builds in what is sound. */
const struct knowledge *knowledge_built_in(void);

/* From a folder of rules; a file that is not there is taken from the built-in
 * ones. */
MUST_CHECK bool knowledge_load(struct arena *a, const char *dir,
                               const struct knowledge **out, struct err *err);

/* What the survey is judged by; NULL: no survey is at hand. */
const struct knowledge *knowledge_of(const struct survey *s);

/* How long a certificate of the usual CA is valid that it gives today, which is
 * survey.judged_at; NULL: no profile was chosen. 0: nobody knows. */
int64_t knowledge_lifetime_s(const struct survey *s, const char *profile);

/* The fewest bits a key may have today; 0: any will do. */
int64_t knowledge_key_bits_min(const struct survey *s, enum key_type type);

/* The CA of that id, or NULL. */
const struct ca *knowledge_ca(const struct knowledge *k, const char *id);

#endif
