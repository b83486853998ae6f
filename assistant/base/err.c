#include "base/err.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/utf8.h"

#undef err_set
#undef err_add

bool err_set(struct err *err, enum err_kind kind, const char *fmt, ...)
{
    va_list args;

    err->kind = kind;
    va_start(args, fmt);
    vsnprintf(err->text, sizeof err->text, fmt, args);
    va_end(args);
    /* It may quote a file name, a pasted word or somebody's JSON, and has been
     * cut wherever it was full. */
    utf8_mend(err->text, true);
    return false;
}

bool err_add(struct err *err, const char *fmt, ...)
{
    char context[sizeof err->text];
    char whole[2 * sizeof err->text + 2];
    va_list args;

    va_start(args, fmt);
    vsnprintf(context, sizeof context, fmt, args);
    va_end(args);
    snprintf(whole, sizeof whole, "%s: %s", context, err->text);
    memcpy(err->text, whole, sizeof err->text - 1);
    err->text[sizeof err->text - 1] = '\0';
    utf8_mend(err->text, true);
    return false;
}
