#include "base/progress.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <unistd.h>

enum { COLUMNS_USUAL = 80, COLUMNS_MAX = 200 };

static char shown[COLUMNS_MAX + 1]; /* "": nothing is */

/* Text laid out for a pager is read on the screen that we would write on. */
static bool goes_into_pipe(void)
{
    struct stat out;

    return fstat(STDOUT_FILENO, &out) == 0 &&
           (S_ISFIFO(out.st_mode) || S_ISSOCK(out.st_mode));
}

/* A job in the background leaves the screen to whoever has it; a terminal that
 * is not ours has no such order. */
static bool is_in_front(void)
{
    pid_t front = tcgetpgrp(STDERR_FILENO);

    return front < 0 || front == getpgrp();
}

bool progress_is_possible(void)
{
    const char *term = getenv("TERM");

    return term && *term && strcmp(term, "dumb") != 0 &&
           isatty(STDERR_FILENO) && !goes_into_pipe();
}

int progress_columns(void)
{
    struct winsize size = { 0 };
    bool known =
        ioctl(STDERR_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 1;
    int columns = known ? size.ws_col : COLUMNS_USUAL;

    /* In the last column the cursor may already be on the next line. */
    return columns - 1 < COLUMNS_MAX ? columns - 1 : COLUMNS_MAX;
}

/* In one piece, so that nobody sees half a line. A terminal that is gone is
 * nobody's loss. */
static void put(const char *text)
{
    char line[COLUMNS_MAX + 8];
    int len = snprintf(line, sizeof line, "\r%s\x1b[K", text); /* ECMA-48 EL */
    ssize_t wrote = write(STDERR_FILENO, line, (size_t)len);

    (void)wrote;
}

void progress_show(const char *text)
{
    char cut[COLUMNS_MAX + 1];

    snprintf(cut, sizeof cut, "%.*s", progress_columns(), text);
    if (strcmp(cut, shown) == 0 || !is_in_front())
        return;
    put(cut);
    memcpy(shown, cut, sizeof shown);
}

void progress_clear(void)
{
    if (shown[0] && is_in_front())
        put("");
    shown[0] = '\0';
}
