#include "report/report_lines.h"

#include <string.h>

static bool is_ours(const struct json *line)
{
    static const char *const schemas[] = { "certmend.report/1",
                                           "certmend.failure/1" };
    const char *schema = json_find_text(line, "schema");
    const char *input = json_find_text(json_find(line, "asked"), "input");

    return schema && input && *input &&
           text_is_among(schema, schemas, sizeof schemas / sizeof *schemas);
}

static bool is_empty(const char *line, size_t len)
{
    return len == 0 || (len == 1 && *line == '\r');
}

bool report_lines_read(const char *text, size_t len, const char *name,
                       report_lines_take *take, void *arg, struct err *err)
{
    bool good = true;

    if (strlen(text) != len)
        return err_set(err, ERR_INPUT,
                       "%.200s: lines of \"certmend check --format jsonl\" "
                       "were wanted, and this is no text",
                       name);
    for (size_t number = 1; *text && good; number++) {
        size_t line = strcspn(text, "\n");
        struct arena *brief = arena_new();
        struct json *doc = NULL;
        struct err why;
        if (!is_empty(text, line)) {
            bool ours =
                json_parse(brief, text, line, "it", &doc, &why) && is_ours(doc);
            good = ours ? take(arg, doc, err)
                        : err_set(err, ERR_INPUT,
                                  "%.200s: line %zu is none that \"certmend "
                                  "check --format jsonl\" has written; give "
                                  "the file of an earlier run",
                                  name, number);
        }
        arena_free(brief);
        text += line + (text[line] == '\n');
    }
    return good;
}
