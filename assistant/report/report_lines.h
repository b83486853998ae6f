#ifndef CERTMEND_REPORT_REPORT_LINES_H
#define CERTMEND_REPORT_REPORT_LINES_H
/*
 * report_lines - what "check --format jsonl" has written, line by line
 *
 * Perhaps years ago, perhaps by somebody else: what is no such line is
 * ERR_INPUT. One document is in memory at a time.
 */
#include "base/json.h"

/* `line` is gone when take() returns. False, with *err: no more of them. */
typedef bool report_lines_take(void *arg, const struct json *line,
                               struct err *err);

/* `name` says in errors where the text came from. */
MUST_CHECK bool report_lines_read(const char *text, size_t len,
                                  const char *name, report_lines_take *take,
                                  void *arg, struct err *err);

#endif
