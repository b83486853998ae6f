#ifndef CERTMEND_GUIDE_PASTED_ERROR_H
#define CERTMEND_GUIDE_PASTED_ERROR_H
/*
 * pasted_error - what the guide takes from a pasted error message
 */
#include "base/arena.h"

struct pasted_error {
    bool known;          /* it is a message that we have met before */
    const char *program; /* what people call the program, or NULL */
    const char *means;   /* one or two sentences, or NULL */
    const char *look;    /* what to look at first, a sentence, or NULL */
    bool is_told;        /* it says all there is: no look at a server shows what
                            it is about */
    const char *client;  /* a folder of templates/software/, or NULL */
    const char *server;  /* words for target_parse(), or NULL */
};

void pasted_error_read(struct arena *a, const char *text,
                       struct pasted_error *out);

/* "Gmail", "I use outlook": a mail program and no message. False: none that we
 * have words for. */
bool pasted_error_program(const char *text, const char **program,
                          const char **client);

#endif
