/*
 * cmd_issue - a certificate from a CA: the plan, and with --apply the deed
 */
#include <stddef.h>

#include "cmd/cmd.h"
#include "run/issue_json.h"
#include "run/issue_request.h"

/* What is asked for, and how to tell it. */
struct issue_and_format {
    struct issue_request request; /* first: its rows count from here */
    const char *format;
};

static const struct option_row rows[] = {
    { .name = "format",
      .value = "FORMAT",
      .about = "text (default) or json",
      .at = offsetof(struct issue_and_format, format) },
    { .name = NULL },
};

enum exit_status cmd_issue(struct arena *a, char **argv, struct err *err)
{
    static const struct option_row *const tables[] = { rows, issue_name_rows,
                                                       issue_option_rows,
                                                       issue_key_rows, NULL };
    struct issue_and_format asked = { .request.say = command_print };
    struct issue_request *request = &asked.request;
    struct text_list words;

    if (!options_read(a, argv, tables, &asked, &words, err) ||
        !issue_json_wanted(asked.format, &request->wants_json, err) ||
        !issue_request_names(a, &words, request, err))
        return EXIT_FAILED;
    return issue_request(a, request, err);
}
