#ifndef CERTMEND_BASE_LOG_H
#define CERTMEND_BASE_LOG_H
/*
 * log - notes for the person, on standard error
 *
 * Nothing here is a result. Silent under -q, more under -v. Texts from peers
 * have been through arena_printable() before they get here.
 */
#include "base/err.h"

enum log_level { LOG_QUIET = -1, LOG_NORMAL = 0, LOG_VERBOSE = 1 };

void log_level_set(enum log_level level);
bool log_is_quiet(void); /* -q */

/* "certmend: what was wanted: why not", whatever the level. */
void log_error(const struct err *err);
void log_note(const char *fmt, ...) PRINTF_LIKE(1, 2);    /* not under -q */
void log_verbose(const char *fmt, ...) PRINTF_LIKE(1, 2); /* under -v */

#endif
