#ifndef CERTMEND_ADVISE_TEXT_SOURCE_H
#define CERTMEND_ADVISE_TEXT_SOURCE_H
/*
 * text_source - where the texts of templates/ are found
 *
 * A fix has a folder: <fix>/generic.mustache says what to do in which order,
 * <fix>/<software>.mustache takes its place for one program. How a program
 * does a part of it is written once, in software/<software>/<part>.mustache.
 * A partial is called
 *
 *   {{> order}}                    a file of the same fix
 *   {{> software/reload}}          that part for each software at hand; where
 *                                  none has it, the one of software/generic/,
 *                                  or software/windows/ where they run on
 *                                  Windows only; so it is with a fix
 *   {{> no-because/cname}}         a file, from the top
 */
#include "model/cert.h"

struct text_source {
    struct arena *arena;
    const char *dir;                  /* NULL: built in */
    const char *fix;                  /* the folder below it */
    const struct text_list *software; /* at hand; NULL: none is known */
    bool *is_general; /* set where common words take the place of those that
                         servers have of their own; or NULL */
};

/* The text of <fix>/<name>.mustache; NULL: there is none. */
const char *text_source_find(const struct text_source *from, const char *name);

/* "windows" or "generic": whose words do where a software has none. */
const char *text_source_common(const struct text_source *from);

/* The text of <path>.mustache, from the top; NULL: there is none. */
const char *text_source_read(const struct text_source *from, const char *path);

/* The text of a partial, for template_options; arg is a text_source. */
const char *text_source_partial(void *arg, const char *name);

#endif
