#ifndef CERTMEND_ADVISE_WORDS_H
#define CERTMEND_ADVISE_WORDS_H
/*
 * words - a plan in sentences: titles, steps and the command to look again
 *
 * Steps come from templates/<fix>/<software>.mustache for each software that
 * the greetings name, else from generic.mustache: one step a paragraph. Its
 * blanks are the fix's parameters and the facts of the survey; a list "names"
 * has a joined twin "names_list".
 */
#include "advise/advise.h"

/* `templates`: a folder used in place of the built-in ones, or NULL. A
 * template that is missing or broken is an ERR_INPUT. */
MUST_CHECK bool advise_words(const struct rules *r, const char *templates,
                             const struct survey *s, struct plan *p,
                             struct err *err);

/* A fix's title; params NULL: for any. */
const char *words_title(struct arena *a, const struct fix_def *def,
                        const struct json *params);

#endif
