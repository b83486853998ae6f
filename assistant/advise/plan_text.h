#ifndef CERTMEND_ADVISE_PLAN_TEXT_H
#define CERTMEND_ADVISE_PLAN_TEXT_H
/*
 * plan_text - a plan in sentences: titles, steps and the command to look again
 *
 * Steps come from templates/<fix>/ (advise/text_source.h): one step a
 * paragraph, and what is indented in it is there to be copied. Blanks are
 * the fix's parameters and the facts of the survey; a list "names" has a
 * joined text "names_list" and a first "names_first"; a text or number
 * "security" can be asked about as "security_is.implicit"; files.key,
 * files.chain and files.name say where key and full chain are.
 */
#include "advise/advise.h"

struct plan_text_options {
    const char *templates;     /* a folder, in place of the built-in ones */
    struct text_list software; /* as the user says; empty: ask the greetings */
    const char *options_to_words; /* ends every fix's recheck: " --ca-file x";
                               or NULL */
    bool on_page; /* values to be typed stand beside the steps, and so do other
                     programs: they are not told in them ("on_page") */
    bool served;  /* ... and that page has a button for the letter ("served") */
};

/* `o` may be NULL. A template that is missing or broken is an ERR_INPUT. */
MUST_CHECK bool plan_text_write(const struct rules *r,
                                const struct plan_text_options *o,
                                const struct survey *s, struct plan *p,
                                struct err *err);

struct plan_steps {
    const char *const *text;
    size_t len;
    bool are_general; /* what serves is not known */
};

/* The steps of one fix once more, as for another program. */
MUST_CHECK bool plan_text_steps(struct arena *a,
                                const struct plan_text_options *o,
                                const struct survey *s, const struct fix *fix,
                                struct plan_steps *out, struct err *err);

/* A fix's title; params NULL: for any. */
const char *plan_text_title(struct arena *a, const struct fix_def *def,
                            const struct json *params);

#endif
