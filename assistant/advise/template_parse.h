#ifndef CERTMEND_ADVISE_TEMPLATE_PARSE_H
#define CERTMEND_ADVISE_TEMPLATE_PARSE_H
/*
 * template_parse - a template's text as a list of tokens
 *
 * For template.c and template_uses.c only.
 */
#include "advise/template.h"

enum token_kind {
    TOKEN_LITERAL, /* text that is copied */
    TOKEN_BLANK,
    TOKEN_RAW, /* a blank that is not escaped */
    TOKEN_SECTION,
    TOKEN_INVERTED,
    TOKEN_CLOSE,
    TOKEN_PARTIAL,
    TOKEN_COMMENT, /* never kept */
    TOKEN_KIND_COUNT,
};

enum { TEMPLATE_DEPTH_MAX = 32 }; /* sections and partials in each other */

struct token {
    enum token_kind kind;
    const char *text;   /* the literal, or the name */
    const char *indent; /* TOKEN_PARTIAL alone on its line: blanks before it */
    size_t line;        /* from 1 */
    size_t close;       /* sections: index of their TOKEN_CLOSE */
};

struct tokens {
    struct token *items;
    size_t len;
};

MUST_CHECK bool template_parse(struct arena *a, const char *text,
                               const struct template_options *o,
                               struct tokens *out, struct err *err);

/* The text of a partial with `indent` in front of every line that is not
 * empty. */
const char *template_indented(struct arena *a, const char *text,
                              const char *indent);

#endif
