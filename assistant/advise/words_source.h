#ifndef CERTMEND_ADVISE_WORDS_SOURCE_H
#define CERTMEND_ADVISE_WORDS_SOURCE_H
/*
 * words_source - where a fix's templates are found
 */
#include "base/arena.h"

struct words_source {
    struct arena *arena;
    const char *dir; /* NULL: built in */
    const char *fix; /* the folder below it */
};

/* The text of <fix>/<name>.mustache; NULL: there is none. */
const char *words_find(const struct words_source *from, const char *name);

/* The same for template_options.partial; arg is a words_source. */
const char *words_partial(void *arg, const char *name);

#endif
