#ifndef CERTMEND_MESSAGES_ERROR_PATTERN_H
#define CERTMEND_MESSAGES_ERROR_PATTERN_H
/*
 * error_pattern - what a pasted error message means, and where it points
 *
 * Messages and meanings are data: rules/errors.json and rules/errors/ for
 * programs and rules/acme-errors.json for CAs, whose layout is written in
 * messages/error_pattern_table.h. A message is a hint, never a diagnosis: it
 * names findings to look for, the likeliest first. Touches no network.
 *
 * What a CA answers to an order is looked up in the same table: what "issue"
 * explains, "error" explains too.
 */
#include "messages/error_pattern_word.h"
#include "model/survey.h"

struct error_pattern_table;
struct problem_row;

enum acme_again { /* when to ask the CA again; the worst last */
                  ACME_AGAIN_LATER,  /* at retry_at; else in an hour */
                  ACME_AGAIN_MENDED, /* once what is wrong has been mended */
                  ACME_AGAIN_NEVER,  /* this CA will not do it */
};

struct error_pattern {
    bool recognised;
    bool of_ca;          /* what was recognised is a CA's "no" to an order */
    const char *client;  /* who says so; NULL: not recognised */
    const char *meaning; /* its id, "name-mismatch"; NULL: not recognised */
    const char *means;   /* one or two sentences for the person, or NULL */
    const char *look;    /* what to look at first, a sentence, or NULL */
    struct text_list candidates; /* finding ids, likeliest first */
    struct pasted_place place;   /* what the text says, recognised or not */
    const char *sample;          /* of the message that was recognised */
};

/* From a folder, or the one built in where `dir` is NULL. A folder without
 * acme-errors.json goes with the built-in one. */
MUST_CHECK bool error_pattern_table_load(struct arena *a, const char *dir,
                                         const struct error_pattern_table **out,
                                         struct err *err);

struct error_pattern error_pattern_read(struct arena *a,
                                        const struct error_pattern_table *table,
                                        const char *text, size_t len);

/* One problem document of a CA, or one part of it. */
struct ca_problem {
    const char *type;      /* "caa"; NULL or "": not said */
    const char *challenge; /* that failed; NULL: none */
    const char *detail;    /* the CA's words */
};

/* Never NULL: the last row of the table fits everything. */
const struct problem_row *error_pattern_row_of_ca(
    const struct error_pattern_table *table, const struct ca_problem *p);

#endif
