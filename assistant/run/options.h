#ifndef CERTMEND_RUN_OPTIONS_H
#define CERTMEND_RUN_OPTIONS_H
/*
 * options - the command line, read by tables
 *
 * A command's options are rows; one reader serves all. "--name value",
 * "--name=value", "-x value"; "--" ends them; options and words may be mixed.
 *
 * To add one: a row in the command's table, or in look_options.c for all
 * commands that look.
 */
#include "base/text.h"

struct option_row {
    const char *name;  /* without "--" */
    char letter;       /* short form, or 0 */
    const char *value; /* what it takes, for help: "FILE"; NULL: nothing */
    const char *about; /* for help */
    size_t at;         /* offsetof the field in the command's struct: a const
                          char * where a value is taken, else a bool */
    bool (*set)(struct arena *a, void *into, const char *value,
                struct err *err); /* does more than keep it; `at` is unused */
};

/*
 * Reads argv[1..]; rows come from any number of tables, each ended by a row
 * without a name, the list of tables by NULL. `into` goes to every row's set.
 * Asked for help it prints the rows, and *err is ERR_HELP.
 */
MUST_CHECK bool options_read(struct arena *a, char **argv,
                             const struct option_row *const *tables, void *into,
                             struct text_list *out, struct err *err);

/* Those options among argv[1..] that are rows of `of`, one of the tables; each
 * as one word, "--name=value". */
void options_given(struct arena *a, char **argv,
                   const struct option_row *const *tables,
                   const struct option_row *of, struct text_list *out);

/* -q and -v of commands that say nothing but failures under -q: they set the
 * log's level, and log_is_quiet() tells. `into`: any. */
extern const struct option_row options_quiet[];

/* Among the arguments, before any "--", is "--help" or "-h". */
bool options_ask_help(char **argv);

/* The rows as help text on standard output. */
void options_help(const struct option_row *rows);

/* A host name or address in normal form. */
MUST_CHECK bool options_name(struct arena *a, const char *text,
                             const char **out, struct err *err);

/* A whole number within [least, most]. */
MUST_CHECK bool options_number(const char *text, long least, long most,
                               long *out, struct err *err);

#endif
