#ifndef CERTMEND_GUIDE_SAY_H
#define CERTMEND_GUIDE_SAY_H
/*
 * say - what the guide says, from templates/session/, folded for the screen
 *
 * A paragraph is folded as a whole; a line that begins with "- " or "[" hangs,
 * and one that begins with a blank is there to be copied and stays as it is.
 * The first fault of a template is kept; what is said after it is left out.
 *
 * To add a text: a file in templates/session/.
 */
#include "base/buf.h"
#include "base/json.h"

struct say {
    struct arena *arena;
    const char *templates; /* a folder, in place of the built-in ones */
    int width;             /* columns */
    struct buf out;
    struct err err; /* ERR_NONE: all is well */
};

void say_open(struct say *s, struct arena *a, const char *templates);

/* templates/session/<name>.mustache, filled; `data` may be NULL. */
void say(struct say *s, const char *name, const struct json *data);
/* The same where there is such a text; else nothing and false. */
bool say_if(struct say *s, const char *name, const struct json *data);
/* A text that is ready: folded only. */
void say_text(struct say *s, const char *text);

#endif
