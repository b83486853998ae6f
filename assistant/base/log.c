#include "base/log.h"

#include <stdarg.h>
#include <stdio.h>

#include "base/progress.h"

static enum log_level chosen = LOG_NORMAL;

void log_level_set(enum log_level level)
{
    chosen = level;
}

bool log_is_quiet(void)
{
    return chosen < LOG_NORMAL;
}

PRINTF_LIKE(1, 0) static void say(const char *fmt, va_list args)
{
    progress_clear();
    fputs("certmend: ", stderr);
    vfprintf(stderr, fmt, args);
    fputc('\n', stderr);
}

void log_error(const struct err *err)
{
    progress_clear();
    fprintf(stderr, "certmend: %s\n", err->text);
}

void log_note(const char *fmt, ...)
{
    va_list args;

    if (chosen < LOG_NORMAL)
        return;
    va_start(args, fmt);
    say(fmt, args);
    va_end(args);
}

void log_verbose(const char *fmt, ...)
{
    va_list args;

    if (chosen < LOG_VERBOSE)
        return;
    va_start(args, fmt);
    say(fmt, args);
    va_end(args);
}
