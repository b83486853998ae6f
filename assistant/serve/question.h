#ifndef CERTMEND_SERVE_QUESTION_H
#define CERTMEND_SERVE_QUESTION_H
/*
 * question - what was written into the box: servers, or an error message
 *
 * Pure. What is to be looked at comes out as words for target_parse() that
 * name no file. A line that looks like a password is left out before anything
 * else, and is in nothing that comes out.
 */
#include "base/text.h"
#include "guide/pasted_error.h"

enum question_kind {
    QUESTION_EMPTY,
    QUESTION_LOOK,  /* `targets` are to be looked at */
    QUESTION_WHICH, /* a message that names no server, or no name at all: `why`
                       or NULL */
    QUESTION_TOLD,  /* a message that no look is needed for */
    QUESTION_MANY,  /* more than QUESTION_TARGETS_MAX */
    QUESTION_KINDS,
};

enum { QUESTION_TARGETS_MAX = 40, QUESTION_TEXT_MAX = 8 * 1024 };

struct question_typed {
    const char *text; /* of the box */
    const char
        *server; /* of the second box, where one was asked for; or NULL */
};

struct question_asked {
    enum question_kind kind;
    struct text_list targets;
    const char *text;          /* as typed, less what was left out */
    const char *why;           /* half a sentence on what is no server name */
    bool dropped;              /* a line that looked like a password was */
    bool pasted;               /* it is a message, known or not */
    struct pasted_error heard; /* of it */
};

void question_read(struct arena *a, const struct question_typed *typed,
                   struct question_asked *out);

#endif
