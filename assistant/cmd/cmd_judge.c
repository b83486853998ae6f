/*
 * cmd_judge - checks and rules again, offline, on a saved survey
 */
#include <string.h>

#include "base/json_file.h"
#include "cmd/cmd.h"
#include "model/survey_json.h"
#include "run/evaluation.h"

enum { SURVEY_MAX = 128 * 1024 * 1024, REPORT_MAX = 16 * 1024 * 1024 };

static bool load(struct arena *a, const struct look_options *o,
                 const char *path, struct survey **out, struct err *err)
{
    struct json *doc = NULL;

    if (!json_file_read(a, path, SURVEY_MAX, &doc, err) ||
        !survey_from_json(a, doc, path, out, err))
        return err_add(err, "the saved survey could not be judged");
    if (o->now_s)
        (*out)->judged_at = o->now_s;
    if (o->role_given)
        (*out)->target.role = o->role;
    return true;
}

enum exit_status cmd_judge(struct arena *a, char **argv, struct err *err)
{
    static const struct option_row *const tables[] = { look_option_rows, NULL };
    struct look_options o;
    struct text_list words;
    struct evaluation j;
    struct survey *s = NULL;
    struct report report;
    struct buf out;

    look_options_init(&o);
    if (!options_read(a, argv, tables, &o, &words, err))
        return EXIT_FAILED;
    look_options_settle(&o);
    if (words.len != 1) {
        err_set(err, ERR_USAGE,
                "one survey was wanted, as \"certmend check --save FILE\" "
                "writes it");
        return EXIT_FAILED;
    }
    if (!load(a, &o, words.text[0], &s, err) ||
        !evaluation_open(a, &o, &j, err))
        return EXIT_FAILED;
    bool judged = evaluation_saved(&j, s, &report, err);
    evaluation_close(&j);
    if (!judged)
        return EXIT_FAILED;
    buf_init(&out, a, REPORT_MAX);
    if (!evaluation_render(a, &o, &report, &out, err) ||
        !command_print(out.text, out.len, err))
        return EXIT_FAILED;
    return (enum exit_status)evaluation_status(&o, &report);
}
