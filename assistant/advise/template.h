#ifndef CERTMEND_ADVISE_TEMPLATE_H
#define CERTMEND_ADVISE_TEMPLATE_H
/*
 * template - texts with blanks, filled from JSON
 *
 * Mustache without change of delimiters and without lambdas: {{! comment }},
 * {{blank}}, {{#section}} {{/section}}, {{^inverted}} {{/inverted}} and
 * {{> partial}}; a line that holds nothing but such a tag leaves no line, and
 * a partial alone on its line takes over its indentation (empty lines apart).
 * {{{x}}} and {{&x}}, which go round the escaping, only where `raw` allows it.
 * Missing, null, false, an empty text and an empty list are what an inverted
 * section shows.
 *
 * A fault in the template or a value that does not fit where it is written is
 * an ERR_INPUT with the template's name and line; `out` is then unfinished.
 */
#include "base/json.h"

enum template_escape {                  /* what is being written */
                       TEMPLATE_TEXT,   /* for eyes: no control bytes */
                       TEMPLATE_HTML,   /* text or a quoted attribute; what
                                           is not seen is written out */
                       TEMPLATE_SHELL,  /* one word of a shell command */
                       TEMPLATE_CONFIG, /* a value in a configuration file */
                       TEMPLATE_ESCAPE_COUNT,
};

struct template_options {
    const char *name; /* of the template, for errors */
    enum template_escape escape;
    bool strict;     /* a blank or partial that nothing fills is an error */
    bool raw;        /* {{{x}}} and {{&x}} are taken */
    size_t tags_max; /* as often a tag may be filled; 0: 1,000,000 */
    bool copied; /* lines that begin with a blank are there to be copied into
                    a file or a shell: TEMPLATE_CONFIG in these */
    bool *unfit; /* set when a value is what does not fit; may be NULL */
    /* The text of a partial, or NULL; may be NULL itself. */
    const char *(*partial)(void *arg, const char *name);
    void *arg;
};

MUST_CHECK bool template_render(const char *text, const struct json *data,
                                const struct template_options *o,
                                struct buf *out, struct err *err);

enum template_tag {
    TEMPLATE_BLANK,
    TEMPLATE_SECTION,
    TEMPLATE_INVERTED,
    TEMPLATE_PARTIAL,
};

struct template_use {
    enum template_tag tag;
    const char *name;   /* as written: "host", "a.b", "." */
    const char *within; /* the innermost section around it, or NULL */
};

/* Every tag of a template and, where they can be had, of its partials. */
MUST_CHECK bool template_uses(struct arena *a, const char *text,
                              const struct template_options *o,
                              struct template_use **out, size_t *len,
                              struct err *err);

#endif
