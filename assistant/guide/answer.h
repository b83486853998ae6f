#ifndef CERTMEND_GUIDE_ANSWER_H
#define CERTMEND_GUIDE_ANSWER_H
/*
 * answer - what a person typed, taken apart
 *
 * To add a word or a phrase that is understood everywhere: a row in answer.c.
 */
#include "base/arena.h"

#include <stdint.h>

enum verb {
    VERB_NONE, /* nothing was typed, or something else */
    VERB_YES,
    VERB_NO,
    VERB_DONE,
    VERB_LOOK,
    VERB_SKIP,
    VERB_BACK,
    VERB_WHY,
    VERB_OTHER,
    VERB_LATER,
    VERB_QUIT,
    VERB_HELP,
    VERB_UNSURE, /* "I don't know", in many words */
    VERB_COUNT,
};

struct answer {
    const char *text; /* printable, without blanks around it */
    const char *word; /* its first word in lower case, "" */
    const char *rest; /* what follows the first word, "" */
    enum verb verb;   /* of a text that is one such word; VERB_HELP and
                         VERB_UNSURE may have more words behind it */
    long number;      /* 1..99 when the text is one; else 0 */
};

void answer_read(struct arena *a, const char *typed, struct answer *out);

/* The word that is understood everywhere and was mistyped as this one, or NULL.
 */
const char *answer_meant(const char *word);

/*
 * "mail.example.com 587 ssl", "mail.example.com, port 465" or anything that
 * target_parse() takes, as words for it: "submissions://mail.example.com:587".
 * False: `why` says what is wrong with it.
 */
MUST_CHECK bool answer_server(struct arena *a, const char *text,
                              const char **target, struct err *why);

/* What was mistyped in what answer_server() is for: "mail.example,com",
 * "stmp:// mail.example.com", "anna at example.com", put right; NULL: nothing
 * is seen. */
const char *answer_server_meant(struct arena *a, const char *text);

/* These words for target_parse() as they are told: of an address the domain. */
const char *answer_place_told(struct arena *a, const char *target);

/* ... and as they are typed behind a command: "example.com --domain". */
const char *answer_place_typed(struct arena *a, const char *target);

/* The words for target_parse() that name this place; security NULL: what is
 * usual at that port; port 0: all ports. */
const char *answer_place(struct arena *a, const char *host, uint16_t port,
                         const char *security);

#endif
