#include "act/hook.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <sys/pidfd.h>
#include <sys/wait.h>
#include <unistd.h>

#include "act/hook_spawn.h"
#include "base/buf.h"
#include "net/loop.h"

struct hook {
    struct hook_job job;
    hook_done *done;
    void *arg;
    struct hook_child child;
    struct buf output;
    struct watch said;  /* there is something to read */
    struct watch ended; /* the child has ended, or its time is up */
    struct timer late;  /* tells of a start that failed */
    const char *why;
    bool asked_to_end; /* SIGTERM has been sent */
};

static const char *name_of(const struct hook *h)
{
    return h->job.argv[0];
}

/* One line, and its end rather than its beginning: there stands why. */
static const char *trimmed(struct arena *a, const struct buf *b)
{
    static const char blanks[] = " \t\r\n";
    size_t len = b->len;

    while (len && strchr(blanks, b->text[len - 1]))
        len--;
    size_t from = len > ARENA_PRINTABLE_MAX ? len - ARENA_PRINTABLE_MAX : 0;
    char *line = arena_copy(a, b->text + from, len - from);
    for (size_t i = 0; i < len - from; i++)
        if (strchr(blanks, line[i]))
            line[i] = ' ';
    return arena_printable(a, line, len - from);
}

static void tell(struct hook *h, int status)
{
    const struct hook_result result = {
        .why = h->why,
        .output = trimmed(h->job.arena, &h->output),
        .status = status,
    };

    h->done(h->arg, &result);
}

/* Beyond the ceiling the older half goes: the end is what tells. */
static void keep(struct buf *b, const char *bytes, size_t len)
{
    if (b->len + len > b->max)
        buf_eat(b, b->len / 2);
    buf_bytes(b, bytes, len);
}

static bool read_some(struct hook *h)
{
    char bytes[4096];
    ssize_t got = read(h->child.output, bytes, sizeof bytes);

    if (got > 0)
        keep(&h->output, bytes, (size_t)got);
    return got > 0 || (got < 0 && (errno == EINTR || errno == EAGAIN));
}

static void on_output(void *arg, bool ready)
{
    struct hook *h = arg;

    if (ready && read_some(h))
        watch_set(h->job.loop, &h->said, h->child.output, WATCH_READ, -1);
}

static const char *judge(const struct hook *h, int how)
{
    struct arena *a = h->job.arena;

    if (h->asked_to_end)
        return arena_printf(a, "%s was ended: it took longer than %lld s.",
                            name_of(h), (long long)h->job.limit_ms / 1000);
    if (WIFSIGNALED(how))
        return arena_printf(a, "%s was ended by signal %d.", name_of(h),
                            WTERMSIG(how));
    if (WEXITSTATUS(how) != 0)
        return arena_printf(a, "%s ended with status %d.", name_of(h),
                            WEXITSTATUS(how));
    return NULL;
}

static void finish(struct hook *h)
{
    enum { LAST_READS = 64 };
    int how = 0;

    while (waitpid(h->child.pid, &how, 0) < 0 && errno == EINTR)
        ;
    watch_stop(&h->said);
    /* Not until its end: what it left running may hold it open for ever. */
    fcntl(h->child.output, F_SETFL, O_NONBLOCK);
    size_t before = h->output.len + 1;
    for (int i = 0; i < LAST_READS && before != h->output.len; i++) {
        before = h->output.len;
        read_some(h);
    }
    close(h->child.output);
    close(h->child.pidfd);
    h->why = judge(h, how);
    tell(h, WIFEXITED(how) ? WEXITSTATUS(how) : -1);
}

static void on_end(void *arg, bool ready)
{
    struct hook *h = arg;

    if (ready) {
        finish(h);
        return;
    }
    /* It leads a group of its own: a child that waits goes with it. */
    kill(-h->child.pid, h->asked_to_end ? SIGKILL : SIGTERM);
    h->asked_to_end = true;
    watch_set(h->job.loop, &h->ended, h->child.pidfd, WATCH_READ,
              HOOK_GRACE_MS);
}

static void on_no_start(void *arg)
{
    tell(arg, -1);
}

static const char *const *copy_list(struct arena *a, const char *const *list)
{
    size_t len = 0;

    while (list && list[len])
        len++;
    const char **copy = arena_alloc(a, len + 1, sizeof *copy);
    for (size_t i = 0; i < len; i++)
        copy[i] = arena_text(a, list[i]);
    return copy;
}

void hook_run(const struct hook_job *job, hook_done *done, void *arg)
{
    struct hook *h = arena_alloc(job->arena, 1, sizeof *h);

    *h = (struct hook){ .job = *job, .done = done, .arg = arg };
    h->job.argv = copy_list(job->arena, job->argv);
    h->job.env = copy_list(job->arena, job->env);
    if (h->job.limit_ms <= 0)
        h->job.limit_ms = (int64_t)HOOK_LIMIT_S * 1000;
    buf_init(&h->output, job->arena, HOOK_OUTPUT_MAX);
    h->said = (struct watch){ .call = on_output, .arg = h };
    h->ended = (struct watch){ .call = on_end, .arg = h };
    h->late = (struct timer){ .call = on_no_start, .arg = h };
    h->why = hook_spawn(job->arena, h->job.argv, h->job.env, &h->child);
    if (h->why) {
        timer_set(job->loop, &h->late, 0);
        return;
    }
    watch_set(job->loop, &h->said, h->child.output, WATCH_READ, -1);
    watch_set(job->loop, &h->ended, h->child.pidfd, WATCH_READ,
              h->job.limit_ms);
}
