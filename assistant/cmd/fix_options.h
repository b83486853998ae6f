#ifndef CERTMEND_CMD_FIX_OPTIONS_H
#define CERTMEND_CMD_FIX_OPTIONS_H
/*
 * fix_options - what "certmend fix" takes
 *
 * How to look is kept with a session, so that going on looks the same way.
 */
#include "run/look_options.h"

struct fix_options {
    struct look_options look; /* first: its rows are read into this struct */
    const char *answers;
    bool yes, dry_run, list, resume, here;
    struct text_list given; /* those of look, as words: "--name=value" */
    const char *journal;    /* folder of what is changed here, or NULL */
};

MUST_CHECK bool fix_options_read(struct arena *a, char **argv,
                                 struct fix_options *out,
                                 struct text_list *words, struct err *err);

/* The same with the kept ones; what argv says counts more. */
MUST_CHECK bool fix_options_recall(struct arena *a, char **argv,
                                   const struct text_list *kept,
                                   struct fix_options *out,
                                   struct text_list *words, struct err *err);

#endif
