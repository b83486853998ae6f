#ifndef CERTMEND_ADVISE_ERROR_PATTERN_H
#define CERTMEND_ADVISE_ERROR_PATTERN_H
/*
 * error_pattern - what a pasted error message means, and where it points
 *
 * Messages and meanings are data: rules/errors.json, whose layout is written
 * in advise/error_pattern_table.h. A message is a hint, never a diagnosis: it
 * names findings to look for, the likeliest first. Touches no network.
 */
#include "advise/error_pattern_word.h"
#include "model/survey.h"

struct error_pattern_table;

struct error_pattern {
    bool recognised;
    const char *client;  /* who says so; NULL: not recognised */
    const char *meaning; /* its id, "name-mismatch"; NULL: not recognised */
    const char *means;   /* one or two sentences for the person, or NULL */
    const char *look;    /* what to look at first, a sentence, or NULL */
    struct names_list candidates; /* finding ids, likeliest first */
    struct pasted_place place;    /* what the text says, recognised or not */
    const char *sample;           /* of the message that was recognised */
};

/* From a folder, or the one built in where `dir` is NULL. */
MUST_CHECK bool error_pattern_table_load(struct arena *a, const char *dir,
                                         const struct error_pattern_table **out,
                                         struct err *err);

struct error_pattern error_pattern_read(struct arena *a,
                                        const struct error_pattern_table *table,
                                        const char *text, size_t len);

#endif
