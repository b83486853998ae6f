/* Any document as a file of rules or a fix: refused, or fit for everything
 * that is done with a rule table. */
#include "advise/match.h"
#include "advise/rules_lint.h"
#include "advise/rules_table.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { TABLE_MAX = 1024 * 1024 };

static const struct rules *built_in(void)
{
    static struct arena *kept;
    static const struct rules *rules;
    struct err err;

    if (!kept)
        kept = arena_new();
    if (!rules && !rules_load(kept, NULL, &rules, &err))
        __builtin_trap();
    return rules;
}

static void use(struct arena *a, struct rule_file *file)
{
    struct rules r = *built_in();
    struct target t = { .kind = TARGET_HOST,
                        .input = "mail.example.com",
                        .host = "mail.example.com" };
    struct context now;
    struct buf out;

    r.files = file;
    r.files_len = 1;
    rules_lint(a, &r, NULL, &file->finding, 1);
    buf_init(&out, a, TABLE_MAX);
    rules_table(&r, 80, &out);
    context_read(survey_new(a, &t, 0), &now);
    for (size_t i = 0; i < file->rows_len; i++)
        (void)match_row(&file->rows[i], &now, NULL);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct arena *a = arena_new();
    struct json *j = NULL;
    struct rule_file file;
    struct fix_def fix;
    struct err err;

    if (json_parse(a, (const char *)data, size, "fuzz", &j, &err)) {
        if (rules_read_file(a, built_in(), j, "fuzz", &file, &err))
            use(a, &file);
        if (rules_read_fix(a, j, "fuzz", &fix, &err) && !fix.needs)
            __builtin_trap();
    }
    arena_free(a);
    return 0;
}
