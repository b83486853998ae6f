#include "run/options.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "base/near.h"
#include "base/term.h"
#include "model/name.h"

enum { HELP_MAX = 64 * 1024, OPTION_COLUMNS = 27 };

static const struct option_row *find_long(
    const struct option_row *const *tables, const char *name, size_t len)
{
    for (; *tables; tables++)
        for (const struct option_row *row = *tables; row->name; row++)
            if (strlen(row->name) == len && strncmp(row->name, name, len) == 0)
                return row;
    return NULL;
}

static const struct option_row *find_letter(
    const struct option_row *const *tables, char letter)
{
    for (; *tables; tables++)
        for (const struct option_row *row = *tables; row->name; row++)
            if (row->letter && row->letter == letter)
                return row;
    return NULL;
}

static bool keep(struct arena *a, const struct option_row *row, void *into,
                 const char *value, struct err *err)
{
    char *field = (char *)into + row->at;

    if (row->set)
        return row->set(a, into, value, err) || err_add(err, "--%s", row->name);
    if (row->value)
        memcpy(field, &value, sizeof value);
    else
        *(bool *)field = true;
    return true;
}

static const struct option_row *find_row(const struct option_row *const *tables,
                                         const char *arg)
{
    if (arg[0] != '-' || !arg[1])
        return NULL;
    if (arg[1] != '-')
        return arg[2] ? NULL : find_letter(tables, arg[1]);
    return find_long(tables, arg + 2, strcspn(arg + 2, "="));
}

static bool refuse_unknown(struct arena *a, const char *arg,
                           const struct option_row *const *tables,
                           struct err *err)
{
    const char *name = arg + strspn(arg, "-");
    struct near_search n = { arena_text_n(a, name, strcspn(name, "=")), NULL,
                             0 };

    for (; *tables; tables++)
        for (const struct option_row *row = *tables; row->name; row++)
            near_try(&n, row->name, row->name);
    return n.best ? err_set(err, ERR_USAGE,
                            "there is no option \"%s\"; did you mean \"--%s\"?",
                            arg, n.best)
                  : err_set(err, ERR_USAGE,
                            "there is no option \"%s\"; certmend --help lists "
                            "them",
                            arg);
}

/* One option at *argv; moves past its value. */
static bool read_one(struct arena *a, char ***argv,
                     const struct option_row *const *tables, void *into,
                     struct err *err)
{
    const char *arg = **argv;
    const char *equals = arg[1] == '-' ? strchr(arg, '=') : NULL;
    const struct option_row *row = find_row(tables, arg);

    if (!row)
        return refuse_unknown(a, arg, tables, err);
    if (!row->value && equals)
        return err_set(err, ERR_USAGE, "--%s takes no value", row->name);
    const char *value = equals ? equals + 1 : NULL;
    if (row->value && !equals)
        value = *++*argv;
    if (row->value && (!value || !*value))
        return err_set(err, ERR_USAGE, "--%s wants %s behind it", row->name,
                       row->value);
    ++*argv;
    return keep(a, row, into, value, err);
}

static bool is_among(const struct option_row *rows,
                     const struct option_row *row)
{
    while (rows->name && rows != row)
        rows++;
    return rows->name;
}

void options_given(struct arena *a, char **argv,
                   const struct option_row *const *tables,
                   const struct option_row *of, struct text_list *out)
{
    *out = (struct text_list){ 0 };
    for (argv++; *argv && strcmp(*argv, "--") != 0; argv++) {
        const struct option_row *row = find_row(tables, *argv);
        if (!row)
            continue;
        const char *equals = strchr(*argv, '=');
        const char *value = equals ? equals + 1 : NULL;
        if (row->value && !equals)
            value = *++argv;
        if (is_among(of, row))
            text_list_add(a, out,
                          value ? arena_printf(a, "--%s=%s", row->name, value)
                                : arena_printf(a, "--%s", row->name));
    }
}

static bool set_quiet(struct arena *a, void *into, const char *value,
                      struct err *err)
{
    (void)a, (void)into, (void)value, (void)err;
    log_level_set(LOG_QUIET);
    return true;
}

/* Both: it is quiet. */
static bool set_verbose(struct arena *a, void *into, const char *value,
                        struct err *err)
{
    (void)a, (void)into, (void)value, (void)err;
    if (!log_is_quiet())
        log_level_set(LOG_VERBOSE);
    return true;
}

const struct option_row options_quiet[] = {
    { .letter = 'q',
      .name = "quiet",
      .about = "say nothing but failures",
      .set = set_quiet },
    { .letter = 'v',
      .name = "verbose",
      .about = "more of it",
      .set = set_verbose },
    { .name = NULL },
};

bool options_ask_help(char **argv)
{
    while (*argv && strcmp(*argv, "--") != 0 && strcmp(*argv, "--help") != 0 &&
           strcmp(*argv, "-h") != 0)
        argv++;
    return *argv && strcmp(*argv, "--") != 0;
}

static bool help(const struct option_row *const *tables, struct err *err)
{
    for (; *tables; tables++)
        options_help(*tables);
    return err_set(err, ERR_HELP, "help was asked for");
}

bool options_read(struct arena *a, char **argv,
                  const struct option_row *const *tables, void *into,
                  struct text_list *out, struct err *err)
{
    struct text_list words = { 0 };
    bool ended = false;

    if (options_ask_help(argv))
        return help(tables, err);
    for (argv++; *argv;) {
        bool option = !ended && argv[0][0] == '-' && argv[0][1];
        if (option && strcmp(*argv, "--") == 0) {
            ended = true;
            argv++;
        } else if (option) {
            if (!read_one(a, &argv, tables, into, err))
                return false;
        } else {
            text_list_add(a, &words, *argv++);
        }
    }
    *out = words;
    return true;
}

void options_help(const struct option_row *rows)
{
    struct arena *a = arena_new();
    struct buf out;

    buf_init(&out, a, HELP_MAX);
    for (; rows->name; rows++) {
        char left[64];
        char letter[] = { '-', rows->letter, ',', ' ', '\0' };
        snprintf(left, sizeof left, "%s--%s%s%s", rows->letter ? letter : "",
                 rows->name, rows->value ? " " : "",
                 rows->value ? rows->value : "");
        const struct term_row row = { "  ", left, OPTION_COLUMNS, rows->about };
        term_row(&out, &row, term_row_width());
    }
    fputs(out.text, stdout);
    arena_free(a);
}

bool options_number(const char *text, long least, long most, long *out,
                    struct err *err)
{
    char *end = NULL;

    errno = 0;
    long number = strtol(text, &end, 10);
    if (errno || end == text || *end || number < least || number > most)
        return err_set(err, ERR_USAGE,
                       "a number from %ld to %ld was wanted, not \"%s\"", least,
                       most, text);
    *out = number;
    return true;
}

bool options_name(struct arena *a, const char *text, const char **out,
                  struct err *err)
{
    struct name_read name = name_read(a, text, strlen(text));

    if (name.kind == NAME_BAD)
        return err_set(err, ERR_USAGE,
                       "a host name was wanted, not \"%.100s\": %s", text,
                       name.why);
    *out = name.text;
    return true;
}
