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
    { .name = "here",
      .about = "this is the mail server: read which certificate files its "
               "programs name, and mend it here when told yes",
      .at = AT(here) },
    { .name = "list",
      .about = "the sessions that can be gone on with",
      .at = AT(list) },
    { .name = "resume",
      .about = "go on with the last session, or with that of the number "
               "behind it",
      .at = AT(resume) },
    { .name = "journal",
      .value = "DIR",
      .about = "keep in DIR what --here changes, for \"certmend undo\"",
      .at = AT(journal) },
    { .name = NULL },
};

static const struct option_row *const tables[] = { rows, look_option_rows,
                                                   NULL };

/* A password is in no file of ours: who goes on gives it again. */
static void drop_password(struct arena *a, const struct proxy *proxy,
                          struct text_list *given)
{
    static const char option[] = "--proxy=";

    for (size_t i = 0; i < given->len; i++)
        if (strncmp(given->text[i], option, sizeof option - 1) == 0)
            given->text[i] =
                arena_printf(a, "%s%s", option, proxy_text(a, proxy));
}

bool fix_options_read(struct arena *a, char **argv, struct fix_options *out,
                      struct text_list *words, struct err *err)
{
    struct fix_options o = { .answers = NULL };
    struct text_list given;

    look_options_init(&o.look);
    if (!options_read(a, argv, tables, &o, words, err))
        return false;
    options_given(a, argv, tables, look_option_rows, &given);
    drop_password(a, o.look.probe.proxy, &given);
    o.given = (struct text_list){ given.text, given.len };
    *out = o;
    return true;
}

/* "--name=value": the same option is among the words. */
static bool is_given(const struct text_list *words, const char *word)
{
    size_t len = strcspn(word, "=");

    for (size_t i = 0; i < words->len; i++)
        if (strcspn(words->text[i], "=") == len &&
            strncmp(words->text[i], word, len) == 0)
            return true;
    return false;
}

/* argv[0] and the kept ones that were not given anew. */
static char **old_words(struct arena *a, char *name,
                        const struct text_list *kept,
                        const struct text_list *given)
{
    char **old = arena_alloc(a, kept->len + 2, sizeof *old);
    size_t n = 0;

    old[n++] = name;
    for (size_t i = 0; i < kept->len; i++)
        if (!is_given(given, kept->text[i]))
            old[n++] = arena_copy(a, kept->text[i], strlen(kept->text[i]) + 1);
    old[n] = NULL;
    return old;
}

bool fix_options_recall(struct arena *a, char **argv,
                        const struct text_list *kept, struct fix_options *out,
                        struct text_list *words, struct err *err)
{
    /* No other option than these is taken from a file. */
    static const struct option_row *const only[] = { look_option_rows, NULL };
    char **old = old_words(a, argv[0], kept, &out->given);
    struct fix_options o = { .given = out->given };
    struct text_list none;

    look_options_init(&o.look);
    if (!options_read(a, old, only, &o, &none, err) ||
        !options_read(a, argv, tables, &o, words, err))
        return false;
    for (old++; *old; old++)
        text_list_add(a, &o.given, *old);
    *out = o;
    return true;
}
