#ifndef CERTMEND_ADVISE_WORDS_H
#define CERTMEND_ADVISE_WORDS_H
/*
 * words - a plan in sentences: titles, steps and the command to look again
 *
 * Steps come from templates/<fix>/ (advise/words_source.h): one step a
 * paragraph, and what is indented in it is there to be copied. Blanks are
 * the fix's parameters and the facts of the survey; a list "names" has a
 * joined twin "names_list" and a first "names_first"; a text or number
 * "security" can be asked about as "security_is.implicit"; files.key,
 * files.chain and files.name say where key and full chain are.
 */
#include "advise/advise.h"

struct words_options {
    const char *templates;      /* a folder, in place of the built-in ones */
    struct names_list software; /* as the user says; empty: ask the greetings */
    const char *look_again;     /* ends every fix's recheck: " --ca-file x"; or
                                   NULL */
};

/* `o` may be NULL. A template that is missing or broken is an ERR_INPUT. */
MUST_CHECK bool advise_words(const struct rules *r,
                             const struct words_options *o,
                             const struct survey *s, struct plan *p,
                             struct err *err);

/* A fix's title; params NULL: for any. */
const char *words_title(struct arena *a, const struct fix_def *def,
                        const struct json *params);

#endif
