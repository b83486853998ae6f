/*
 * cmd_match - would a certificate with these names cover NAME?
 *
 * The verdict is OpenSSL's, the explanation ours. Never touches the network.
 */
#include <string.h>

#include "base/json.h"
#include "base/term.h"
#include "cmd/cmd.h"
#include "crypto/verification.h"
#include "facts/hostname_match.h"
#include "run/options.h"

enum { MATCH_MAX = 64 * 1024 };

struct match_options {
    const char *format;
};

static const struct option_row rows[] = {
    { .name = "format",
      .value = "text|json",
      .about = "default text",
      .at = offsetof(struct match_options, format) },
    { .name = NULL },
};

static void put_json(struct arena *a, const char *name, bool covered,
                     struct hostname_match match, struct buf *out)
{
    struct json *j = json_object(a);

    json_put_text(a, j, "schema", "certmend.match/1");
    json_put_text(a, j, "name", name);
    json_put_bool(a, j, "covered", covered);
    json_put_text(a, j, "reason", hostname_match_word(match.kind));
    json_put_text(a, j, "pattern", match.pattern);
    json_put_text(a, j, "detail", hostname_match_sentence(a, name, match));
    json_print(j, true, out);
}

static bool read_words(struct arena *a, const struct text_list *words,
                       const char **name, struct err *err)
{
    if (words->len < 2)
        return err_set(err, ERR_USAGE,
                       "a name and the names on a certificate were wanted, "
                       "such as \"certmend match mail.example.com "
                       "'*.example.com'\"");
    struct name_read read =
        name_read(a, words->text[0], strlen(words->text[0]));
    if (read.kind == NAME_BAD)
        return err_set(err, ERR_USAGE,
                       "a host name was wanted, not \"%.100s\": %s",
                       words->text[0], read.why);
    *name = read.text;
    return true;
}

enum exit_status cmd_match(struct arena *a, char **argv, struct err *err)
{
    static const struct option_row *const tables[] = { rows, NULL };
    struct match_options o = { "text" };
    struct text_list words;
    const char *name = NULL;
    struct buf out;

    if (!options_read(a, argv, tables, &o, &words, err) ||
        !read_words(a, &words, &name, err))
        return EXIT_FAILED;
    const char **patterns = words.text + 1;
    for (size_t i = 0; i < words.len - 1; i++) /* a person types U-labels */
        if (name_read_pattern(a, patterns[i]))
            patterns[i] = name_read_pattern(a, patterns[i]);
    bool covered = verification_patterns(patterns, words.len - 1, name);
    struct hostname_match match =
        hostname_match_patterns(patterns, words.len - 1, name);
    buf_init(&out, a, MATCH_MAX);
    if (strcmp(o.format, "json") == 0)
        put_json(a, name, covered, match, &out);
    else
        term_wrap(&out,
                  arena_printf(a, "%s: %s.",
                               covered ? "covered" : "not covered",
                               hostname_match_sentence(a, name, match)),
                  0, term_row_width());
    if (!command_print(out.text, out.len, err))
        return EXIT_FAILED;
    return covered ? EXIT_CLEAN : EXIT_FAULTS;
}
