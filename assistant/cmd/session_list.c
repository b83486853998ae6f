#include "cmd/session_list.h"

#include "base/clock.h"
#include "base/log.h"
#include "cmd/cmd.h"
#include "cmd/session_file.h"

enum { LIST_MAX = 256 * 1024 };

/* One that cannot be read does not hide the others. */
static void put_line(struct arena *a, const char *dir, int number,
                     struct buf *out)
{
    struct session s;
    struct err broken;

    if (!session_file_load(a, dir, number, &s, &broken)) {
        log_error(&broken);
        return;
    }
    buf_printf(out, "%d  %.10s  %s  %s\n", number, clock_text(a, s.begun_at),
               s.target ? s.target : "(no server yet)", session_where(a, &s));
}

bool session_list(struct arena *a, const char *dir, struct err *err)
{
    struct buf out;
    int *numbers = NULL;
    size_t len = 0;

    buf_init(&out, a, LIST_MAX);
    if (!session_file_list(a, dir, &numbers, &len, err))
        return false;
    for (size_t i = 0; i < len; i++)
        put_line(a, dir, numbers[i], &out);
    if (!out.len)
        buf_text(&out, "There is no session to go on with.\n");
    return command_print(out.text, out.len, err);
}
