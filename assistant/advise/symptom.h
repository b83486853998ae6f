#ifndef CERTMEND_ADVISE_SYMPTOM_H
#define CERTMEND_ADVISE_SYMPTOM_H
/*
 * symptom - what a pasted error message means, and where it points
 *
 * Messages and meanings are data: rules/errors.json, whose layout is written
 * in advise/symptom_table.h. A message is a hint, never a diagnosis: it names
 * findings to look for, the likeliest first. Touches no network.
 */
#include "advise/symptom_word.h"
#include "model/survey.h"

struct symptom_table;

struct symptom {
    bool recognised;
    const char *client;  /* who says so; NULL: not recognised */
    const char *meaning; /* its id, "name-mismatch"; NULL: not recognised */
    const char *means;   /* one or two sentences for the person, or NULL */
    const char *look;    /* what to look at first, a sentence, or NULL */
    struct names_list candidates; /* finding ids, likeliest first */
    struct place place;           /* what the text says, recognised or not */
    const char *sample;           /* of the message that was recognised */
};

/* From a folder, or the one built in where `dir` is NULL. */
MUST_CHECK bool symptom_table_load(struct arena *a, const char *dir,
                                   const struct symptom_table **out,
                                   struct err *err);

struct symptom symptom_read(struct arena *a, const struct symptom_table *table,
                            const char *text, size_t len);

#endif
