#ifndef CERTMEND_CMD_PROMPT_H
#define CERTMEND_CMD_PROMPT_H
/*
 * prompt - lines from a person, a file or a pipe
 *
 * On a terminal with a line editor (cmd/prompt_edit.h) where there is one;
 * else plain lines, echoed, so that what comes out reads as a conversation.
 */
#include "base/arena.h"

struct prompt {
    struct arena *arena;
    const char *answers; /* what is left of --answers FILE, or NULL */
    bool terminal;       /* standard input is one */
    void *editor;        /* cmd/prompt_edit.h's, or NULL */
};

/* `answers`: a file with one answer a line, or NULL. */
MUST_CHECK bool prompt_open(struct arena *a, const char *answers,
                            struct prompt *out, struct err *err);
void prompt_close(struct prompt *p);

/* `pasted`: lines that follow at once belong to the answer. False: there are
 * no more answers. */
MUST_CHECK bool prompt_ask(struct prompt *p, bool pasted, const char **line);

/* Says an answer that was not asked for: --yes. */
void prompt_echo(const char *answer);

/* Said in the last moment when Ctrl-C ends the program. */
void prompt_farewell(const char *text);

#endif
