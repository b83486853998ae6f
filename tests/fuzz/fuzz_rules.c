/* Any document as a file of rules, a fix, a CA, names or dates: refused, or
 * fit for everything that is done with it. */
#include "advise/match.h"
#include "advise/rules_lint.h"
#include "advise/rules_table.h"
#include "facts/ca.h"
#include "facts/known.h"

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
    rules_lint(
        a, &r, NULL,
        &(struct lint_known){ .findings = &file->finding, .findings_len = 1 });
    buf_init(&out, a, TABLE_MAX);
    rules_table(&r, 80, &out);
    context_read(survey_new(a, &t, 0), &now);
    for (size_t i = 0; i < file->rows_len; i++)
        (void)match_row(&file->rows[i], &now, NULL);
}

static void use_knowledge(struct arena *a, const struct json *j)
{
    struct ca ca;
    struct known known;
    struct calendar dates = { 0 };
    struct err err;

    if (ca_read(a, j, "fuzz", &dates, &ca, &err) &&
        (ca_names_min(&ca) > ca_names_max(&ca, NULL) || !ca.id))
        __builtin_trap();
    if (calendar_read(a, json_find(j, "calendar"), NULL, "fuzz", &dates, &err))
        for (size_t i = 0; i < dates.len; i++)
            if (!calendar_at(&dates, dates.rows[i].kind, dates.rows[i].of,
                             dates.rows[i].since))
                __builtin_trap();
    if (!known_read(a, j, "fuzz", &known, &err))
        return;
    for (size_t i = 0; i < known.default_certs_len; i++)
        if (!*known.default_certs[i].text || !known.default_certs[i].maker)
            __builtin_trap();
    for (size_t i = 0; i < known.software_len; i++)
        if (known_software(&known, known.software[i].name) !=
            &known.software[i])
            __builtin_trap();
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
        use_knowledge(a, j);
        if (rules_read_fix(a, j, "fuzz", &fix, &err) && !fix.needs)
            __builtin_trap();
    }
    arena_free(a);
    return 0;
}
