/*
 * cmd_issue - a certificate from a CA: the plan, and with --apply the deed
 */
#include <stddef.h>

#include "cmd/cmd.h"
#include "cmd/issue_json.h"
#include "cmd/issue_request.h"

/* The options of issue, and one of its own. */
struct issue_and_format {
    struct issue_options how; /* first: its rows count from here */
    const char *format;
    struct wanted_names more, less;
};

static bool add_more(struct arena *a, void *into, const char *value,
                     struct err *err)
{
    struct issue_and_format *o = into;

    return wanted_names_add(a, &o->more, value, err);
}

static bool add_less(struct arena *a, void *into, const char *value,
                     struct err *err)
{
    struct issue_and_format *o = into;

    return wanted_names_add(a, &o->less, value, err);
}

static const struct option_row rows[] = {
    { .name = "format",
      .value = "FORMAT",
      .about = "text (default) or json",
      .at = offsetof(struct issue_and_format, format) },
    { .name = "add",
      .value = "NAME",
      .about = "beside the names of the certificate there; repeatable",
      .set = add_more },
    { .name = "drop",
      .value = "NAME",
      .about = "a name of the certificate there that may go; repeatable",
      .set = add_less },
    { .name = NULL },
};

enum exit_status cmd_issue(struct arena *a, char **argv, struct err *err)
{
    static const struct option_row *const tables[] = { rows, issue_option_rows,
                                                       issue_key_rows, NULL };
    struct issue_and_format options = { .format = NULL };
    struct issue_request request = { .wants_json = false };
    struct words words;

    if (!options_read(a, argv, tables, &options, &words, err) ||
        !issue_json_wanted(options.format, &request.wants_json, err))
        return EXIT_FAILED;
    request.how = options.how;
    request.more = options.more;
    request.less = options.less;
    if (!issue_request_names(a, &words, &request, err))
        return EXIT_FAILED;
    return issue_request(a, &request, err);
}
