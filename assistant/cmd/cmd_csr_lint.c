#include "cmd/cmd_csr_lint.h"

#include <stddef.h>
#include <string.h>

#include "base/file.h"
#include "base/json.h"
#include "base/term.h"
#include "crypto/csr_lint.h"
#include "run/options.h"

enum { REQUEST_MAX = 1024 * 1024, TEXT_MAX = 1024 * 1024 };

struct lint_options {
    const char *format;
};

static const struct option_row rows[] = {
    { .name = "format",
      .value = "text|json",
      .about = "default text",
      .at = offsetof(struct lint_options, format) },
    { .name = NULL },
};

static void put_json(struct arena *a, const struct csr_lint *lint,
                     struct buf *out)
{
    struct json *j = json_object(a);

    json_put_text(a, j, "schema", "certmend.csrlint/1");
    struct json *list = json_put_array(a, j, "findings");
    for (size_t i = 0; i < lint->len; i++) {
        const struct csr_rule *rule = lint->items[i].rule;
        struct json *f = json_add_object(a, list);
        json_put_text(a, f, "id", rule->id);
        json_put_text(a, f, "severity",
                      table_text(severity_words, (int)rule->severity));
        json_put_text(a, f, "title", rule->title);
        json_put_text(a, f, "source", rule->source);
        json_put_text(a, f, "detail", lint->items[i].detail);
        json_put_text(a, f, "fix", rule->fix);
    }
    json_print(j, true, out);
}

static void put_text(struct arena *a, const struct csr_lint *lint,
                     struct buf *out)
{
    if (!lint->len)
        buf_text(out, "The request is fine: any public authority can take "
                      "it.\n");
    for (size_t i = 0; i < lint->len; i++) {
        const struct csr_rule *rule = lint->items[i].rule;
        const char *detail = lint->items[i].detail;
        if (i)
            buf_char(out, '\n');
        term_wrap(out,
                  arena_printf(a, "%s: %s%s%s%s",
                               table_text(severity_words, (int)rule->severity),
                               rule->title, detail ? " (" : "",
                               detail ? detail : "", detail ? ")" : ""),
                  0, term_row_width());
        term_wrap(out, rule->fix, 2, term_width());
        term_wrap(out, arena_printf(a, "%s; %s", rule->id, rule->source), 2,
                  term_width());
    }
}

enum exit_status cmd_csr_lint(struct arena *a, char **argv, struct err *err)
{
    static const struct option_row *const tables[] = { rows, NULL };
    struct lint_options o = { "text" };
    struct text_list words;
    struct csr_lint lint;
    const char *text = NULL;
    size_t len = 0;
    struct buf out;

    if (!options_read(a, argv, tables, &o, &words, err))
        return EXIT_FAILED;
    if (words.len != 1) {
        err_set(err, ERR_USAGE,
                "one certificate request to judge was wanted, in PEM or DER");
        return EXIT_FAILED;
    }
    if (!file_read(a, words.text[0], REQUEST_MAX, &text, &len, err)) {
        file_did_you_mean(a, words.text[0], err);
        return EXIT_FAILED;
    }
    if (!csr_lint(a, text, len, words.text[0], &lint, err))
        return EXIT_FAILED;
    buf_init(&out, a, TEXT_MAX);
    if (strcmp(o.format, "json") == 0)
        put_json(a, &lint, &out);
    else
        put_text(a, &lint, &out);
    if (!command_print(out.text, out.len, err))
        return EXIT_FAILED;
    return lint.len ? EXIT_FAULTS : EXIT_CLEAN;
}
