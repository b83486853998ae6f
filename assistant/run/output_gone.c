#include "run/output_gone.h"

#include <poll.h>
#include <sys/stat.h>
#include <unistd.h>

/* The end of a pipe that is written to becomes "ready to read" when the other
 * end is closed, and for nothing else. */
static void look(void *arg, bool ready)
{
    struct output_gone *g = arg;
    struct pollfd out = { .fd = STDOUT_FILENO };
    struct err err;

    if (!ready || poll(&out, 1, 0) < 1 || !(out.revents & (POLLERR | POLLHUP)))
        return;
    err_set(&err, ERR_GONE, "the reader of standard output has left");
    g->call(g->arg, &err);
}

void output_gone_watch(struct output_gone *g, struct loop *loop,
                       void (*call)(void *arg, const struct err *err),
                       void *arg)
{
    struct stat out;

    *g = (struct output_gone){ .loop = loop, .call = call, .arg = arg };
    g->watch = (struct watch){ .call = look, .arg = g };
    if (fstat(STDOUT_FILENO, &out) == 0 && S_ISFIFO(out.st_mode))
        watch_set(loop, &g->watch, STDOUT_FILENO, WATCH_READ, -1);
}

void output_gone_stop(struct output_gone *g)
{
    watch_stop(&g->watch);
}
