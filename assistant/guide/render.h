#ifndef CERTMEND_GUIDE_RENDER_H
#define CERTMEND_GUIDE_RENDER_H
/*
 * render - what the guide says, from templates/session/, folded for the screen
 *
 * A paragraph is folded as a whole; a line that begins with "- " or "[" hangs,
 * and one that begins with a blank is there to be copied and stays as it is.
 * The first fault of a template is kept; what is said after it is left out.
 *
 * To add a text: a file in templates/session/.
 */
#include "base/buf.h"
#include "base/json.h"

struct render {
    struct arena *arena;
    const char *templates; /* a folder, in place of the built-in ones */
    int width;             /* columns */
    struct buf out;
    struct err err; /* ERR_NONE: all is well */
};

void render_open(struct render *s, struct arena *a, const char *templates);

/* templates/session/<name>.mustache, filled; `data` may be NULL. */
void render(struct render *s, const char *name, const struct json *data);
/* The same where there is such a text; else nothing and false. */
bool render_if(struct render *s, const char *name, const struct json *data);
/* A text that is ready: folded only. */
void render_text(struct render *s, const char *text);

#endif
