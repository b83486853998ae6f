/*
 * test_fix_options - which options a session that goes on looks by
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "cmd/fix_options.h"

enum { WORDS_MAX = 6 };

static const struct {
    const char *what;
    const char *kept[WORDS_MAX];
    const char *argv[WORDS_MAX];
    const char *resolver, *given; /* NULL: it is refused */
} rows[] = {
    { "as it began",
      { "--resolver=127.0.0.1" },
      { "fix", "--resume" },
      "127.0.0.1",
      "--resolver=127.0.0.1" },
    { "given anew",
      { "--resolver=127.0.0.1", "--ip4" },
      { "fix", "--resume", "--resolver", "127.0.0.2" },
      "127.0.0.2",
      "--resolver=127.0.0.2 --ip4" },
    { "short, and not about looking",
      { "--resolver=127.0.0.1" },
      { "fix", "-4", "--yes", "--answers", "--ip6" },
      "127.0.0.1",
      "--ip4 --resolver=127.0.0.1" },
    { "a proxy's password is not kept",
      { "--resolver=127.0.0.1" },
      { "fix", "--proxy", "socks5://me:sesame@127.0.0.1:1080" },
      "127.0.0.1",
      "--proxy=socks5://me@127.0.0.1:1080 --resolver=127.0.0.1" },
    { "and has to be given again",
      { "--proxy=socks5://me@127.0.0.1:1080" },
      { "fix", "--resume" },
      NULL,
      NULL },
    { "nothing behind --",
      { "--resolver=127.0.0.1" },
      { "fix", "--", "--ip4" },
      "127.0.0.1",
      "--resolver=127.0.0.1" },
    { "a yes in the file", { "--yes" }, { "fix", "--resume" }, NULL, NULL },
    { "a bad value in the file", { "--port=0" }, { "fix" }, NULL, NULL },
};

static const char *joined(struct arena *a, const struct text_list *list)
{
    const char *text = "";

    for (size_t i = 0; i < list->len; i++)
        text = arena_printf(a, "%s%s%s", text, i ? " " : "", list->text[i]);
    return text;
}

static void check(struct arena *a, size_t at)
{
    struct text_list kept = { NULL, 0 };
    struct fix_options o;
    struct text_list words;
    struct err err = { ERR_NONE, "" };
    const char *texts[WORDS_MAX];

    for (kept.text = texts; kept.len < WORDS_MAX && rows[at].kept[kept.len];
         kept.len++)
        texts[kept.len] = rows[at].kept[kept.len];
    char **argv = (char **)arena_copy(a, rows[at].argv, sizeof rows[at].argv);
    if (!fix_options_read(a, argv, &o, &words, &err))
        fail_msg("%s: %s", rows[at].what, err.text);
    bool good = fix_options_recall(a, argv, &kept, &o, &words, &err);
    if (good != (rows[at].given != NULL))
        fail_msg("%s: %s", rows[at].what, good ? "was taken" : err.text);
    if (!good)
        return;
    const char *given = joined(a, &o.given);
    if (strcmp(o.look.probe.resolver, rows[at].resolver) != 0 ||
        strcmp(given, rows[at].given) != 0)
        fail_msg("%s: wanted %s and %s, got %s and %s", rows[at].what,
                 rows[at].resolver, rows[at].given, o.look.probe.resolver,
                 given);
}

static void recalled(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct arena *a = arena_new();
        check(a, i);
        arena_free(a);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(recalled) };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
