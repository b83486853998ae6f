#include "cmd/cmd.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "base/progress.h"

bool command_print(const char *text, size_t len, struct err *err)
{
    progress_clear();
    errno = 0;
    size_t wrote = fwrite(text, 1, len, stdout);

    if (wrote == len && fflush(stdout) == 0 && !ferror(stdout))
        return true;
    int why = errno ? errno : EIO;
    return err_set(err, why == EPIPE ? ERR_GONE : ERR_SYSTEM,
                   "the result could not be written to standard output: %s",
                   strerror(why));
}
