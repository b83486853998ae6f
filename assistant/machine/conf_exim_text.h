#ifndef CERTMEND_MACHINE_CONF_EXIM_TEXT_H
#define CERTMEND_MACHINE_CONF_EXIM_TEXT_H
/*
 * conf_exim_text - the main section of Exim's configuration: macros,
 * conditions, what is included, and the options that matter here
 *
 * Helper of machine/conf_exim.c. Several files are read as if they were one
 * behind the other, as Debian puts them together. An option's value leads to
 * where its path stands: that of a macro, where it is nothing but its name.
 */
#include "machine/conf_source.h"

enum { EXIM_MACROS_MAX = 2000, EXIM_NESTING_MAX = 32 };

/* The text of an option or a macro. */
struct exim_word {
    const char *name;
    const char *text;      /* macros replaced, quotes off; NULL: it grew beyond
                              all measure */
    struct conf_span span; /* of what stands there, quotes not in it */
    bool is_long;          /* it goes over several lines */
    bool is_escaped;       /* quoted, with a backslash in it */
    bool is_fallback;      /* of a macro that counts where nothing else set it:
                              `macro` */
    const char *macro;
    bool is_given; /* by -D: no file has it */
};

enum exim_option {
    EXIM_CERTIFICATE,
    EXIM_PRIVATEKEY,
    EXIM_OPTION_COUNT,
};

struct exim_condition {
    bool holds;         /* what stands here counts */
    bool chosen;        /* a branch was taken */
    const char *absent; /* ".ifndef NAME": that; or NULL */
};

struct exim_text {
    struct exim_word *macros;
    size_t macros_len;
    const char *const *built_in; /* macros of the program; conditions alone ask
                                    for them */
    size_t built_in_len;
    struct exim_word options[EXIM_OPTION_COUNT]; /* .name NULL: not set */
    struct exim_word before[EXIM_OPTION_COUNT];  /* of an earlier line */
    struct exim_condition nest[EXIM_NESTING_MAX];
    size_t nest_len;
    bool is_over; /* "begin": the main section ends */
};

/* -DNAME=TEXT, without the "-D". */
void exim_text_define(struct arena *a, struct exim_text *t, const char *given);

/* Goes through one more file. */
MUST_CHECK bool exim_text_read(struct arena *a, struct conf_walk *walk,
                               const char *path, struct exim_text *t,
                               struct err *err);

/* NULL: it is not defined. */
const struct exim_word *exim_text_macro(const struct exim_text *t,
                                        const char *name);

#endif
