#include "cmd/fix_options.h"

#include <stddef.h>
#include <string.h>

#define AT(field) offsetof(struct fix_options, field)

static const struct option_row rows[] = {
    { .name = "answers",
      .value = "FILE",
      .about = "take the answers from FILE, one a line",
      .at = AT(answers) },
    { .name = "yes",
      .letter = 'y',
      .about = "yes to everything that certmend offers to do itself",
      .at = AT(yes) },
    { .name = "dry-run",
      .about = "say everything and do nothing",
      .at = AT(dry_run) },
    { .name = "list",
      .about = "the sessions that can be gone on with",
      .at = AT(list) },
    { .name = "resume",
      .about = "go on with session N, or with the last one",
      .at = AT(resume) },
    { .name = NULL },
};

static const struct option_row *const tables[] = { rows, look_option_rows,
                                                   NULL };

bool fix_options_read(struct arena *a, char **argv, struct fix_options *out,
                      struct words *words, struct err *err)
{
    struct fix_options o = { .answers = NULL };
    struct words given;

    look_options_init(&o.look);
    if (!options_read(a, argv, tables, &o, words, err))
        return false;
    options_given(a, argv, tables, look_option_rows, &given);
    o.given = (struct names_list){ given.text, given.len };
    *out = o;
    return true;
}

/* "--name=value": the same option is among the words. */
static bool is_given(const struct names_list *words, const char *word)
{
    size_t len = strcspn(word, "=");

    for (size_t i = 0; i < words->len; i++)
        if (strcspn(words->text[i], "=") == len &&
            strncmp(words->text[i], word, len) == 0)
            return true;
    return false;
}

static size_t count(char **argv)
{
    size_t n = 0;

    while (argv[n])
        n++;
    return n;
}

bool fix_options_recall(struct arena *a, char **argv,
                        const struct names_list *kept, struct fix_options *out,
                        struct words *words, struct err *err)
{
    char **all = arena_alloc(a, count(argv) + kept->len + 1, sizeof *all);
    size_t n = 0;

    all[n++] = argv[0];
    for (size_t i = 0; i < kept->len; i++)
        if (!is_given(&out->given, kept->text[i]))
            all[n++] = arena_copy(a, kept->text[i], strlen(kept->text[i]) + 1);
    for (argv++; *argv; argv++)
        all[n++] = *argv;
    all[n] = NULL;
    return fix_options_read(a, all, out, words, err);
}
