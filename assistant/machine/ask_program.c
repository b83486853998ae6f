#define _GNU_SOURCE /* O_PATH */
#include "machine/ask_program.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/pidfd.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/process.h"

/* Where a server's own programs live, and nobody else's. */
static const char *const places[] = {
    "/usr/local/sbin", "/usr/local/bin", "/usr/sbin",
    "/usr/bin",        "/sbin",          "/bin",
};

enum {
    PLACES = sizeof places / sizeof *places,
    COMPLAINT_MAX = 64 * 1024,
    CHUNK = 64 * 1024,
    STATUS_NO_PROGRAM = 127,
    FREE_FD = STDERR_FILENO + 1,
};

/* Made before fork(): the child may ask for no memory. */
struct ask_plan {
    const char *paths[PLACES + 1]; /* NULL ends it */
    char **argv;
    int root; /* -1: ours */
    int output[2], complaint[2];
};

struct talk {
    pid_t pid;
    int pidfd;
    struct buf output, complaint;
    bool late;
};

static char *const environment[] = {
    (char[]){ "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:"
              "/bin" },
    (char[]){ "LC_ALL=C" },
    NULL,
};

static _Noreturn void become(const struct ask_plan *p)
{
    sigset_t none;
    int null = open("/dev/null", O_RDONLY);

    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
    process_give_back();
    setpgid(0, 0);
    if (null < 0 || dup2(p->output[1], STDOUT_FILENO) < 0 ||
        dup2(p->complaint[1], STDERR_FILENO) < 0 ||
        dup2(null, STDIN_FILENO) < 0)
        _exit(STATUS_NO_PROGRAM);
    if (p->root >= 0 && (fchdir(p->root) != 0 || chroot(".") != 0))
        _exit(STATUS_NO_PROGRAM);
    if (chdir("/") != 0)
        _exit(STATUS_NO_PROGRAM);
    closefrom(FREE_FD);
    for (size_t i = 0; p->paths[i]; i++)
        execve(p->paths[i], p->argv, environment);
    _exit(STATUS_NO_PROGRAM);
}

static bool open_pipe(int ends[2])
{
    int low[2];

    if (pipe(low) != 0)
        return false;
    for (int i = 0; i < 2; i++) {
        ends[i] = fcntl(low[i], F_DUPFD_CLOEXEC, FREE_FD);
        close(low[i]);
    }
    return ends[0] >= 0 && ends[1] >= 0;
}

static void close_end(int *end)
{
    if (*end >= 0)
        close(*end);
    *end = -1;
}

static void make_plan(struct arena *a, const struct machine_root *root,
                      const char *const *argv, struct ask_plan *out)
{
    size_t n = 0;

    while (argv[n])
        n++;
    out->argv = arena_alloc(a, n + 1, sizeof *out->argv);
    for (size_t i = 0; i < n; i++)
        out->argv[i] = arena_copy(a, argv[i], strlen(argv[i]) + 1);
    out->root = strcmp(root->path, "/") == 0 ? -1 : root->fd;
    const char *program = n ? argv[0] : "";
    if (strchr(program, '/')) {
        out->paths[0] = program;
        return;
    }
    for (size_t i = 0; i < PLACES; i++)
        out->paths[i] = arena_printf(a, "%s/%s", places[i], program);
}

/* What came; false: that was all of it, or `out` is full. */
static bool take(int fd, struct buf *out)
{
    char chunk[4096];
    ssize_t got = read(fd, chunk, sizeof chunk);

    if (got < 0)
        return errno == EINTR || errno == EAGAIN;
    if (got > 0)
        buf_bytes(out, chunk, (size_t)got);
    return got > 0 && !out->full;
}

/* Of the complaints the last counts: of many, the first are let go. */
static bool take_complaint(int fd, struct buf *out)
{
    bool more = take(fd, out);

    if (out->len > COMPLAINT_MAX / 2)
        buf_eat(out, out->len - COMPLAINT_MAX / 4);
    return more;
}

/* Until it has ended and both pipes are empty, or its time is up. A helper of
 * its own that lives on keeps nobody waiting. */
static void listen_to(struct ask_plan *p, struct talk *t)
{
    int64_t end = clock_monotonic_ms() + ASK_LIMIT_MS;
    bool ended = false;

    while (p->output[0] >= 0 || p->complaint[0] >= 0 || !ended) {
        struct pollfd fds[] = { { p->output[0], POLLIN, 0 },
                                { p->complaint[0], POLLIN, 0 },
                                { ended ? -1 : t->pidfd, POLLIN, 0 } };
        int64_t left = ended ? 0 : end - clock_monotonic_ms();
        int ready = poll(fds, 3, left > 0 ? (int)left : 0);
        if (ready < 0 && errno == EINTR)
            continue;
        if (ready <= 0) {
            t->late = !ended;
            return;
        }
        if (fds[0].revents && !take(p->output[0], &t->output))
            close_end(&p->output[0]);
        if (fds[1].revents && !take_complaint(p->complaint[0], &t->complaint))
            close_end(&p->complaint[0]);
        ended = ended || fds[2].revents;
        if (t->output.full)
            return;
    }
}

/* Where the last of the lines in the first `len` bytes begins; *end: where. */
static size_t last_of(const struct buf *said, size_t *end)
{
    size_t at;

    while (*end && strchr("\n\r \t", said->text[*end - 1]))
        --*end;
    for (at = *end; at && said->text[at - 1] != '\n';)
        at--;
    return at;
}

/* nginx says why in the line above "FILE test failed". */
static const char *last_line(struct arena *a, const struct buf *said)
{
    static const char sums_up[] = " test failed";
    size_t n = sizeof sums_up - 1, end = said->len;
    size_t at = last_of(said, &end);

    if (at && end - at > n && memcmp(said->text + end - n, sums_up, n) == 0) {
        end = at;
        at = last_of(said, &end);
    }
    return arena_printable(a, said->text + at, end - at);
}

/* What is left of it and of those that it started goes. */
static int end_of(const struct talk *t)
{
    int status = 0;

    kill(-t->pid, SIGKILL);
    while (waitpid(t->pid, &status, 0) < 0 && errno == EINTR)
        ;
    return !t->late && WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

static bool start(struct ask_plan *p, struct talk *t)
{
    t->pid = fork();
    if (t->pid == 0)
        become(p);
    close_end(&p->output[1]);
    close_end(&p->complaint[1]);
    if (t->pid < 0)
        return false;
    /* Both sides do it: whoever comes second changes nothing. */
    setpgid(t->pid, t->pid);
    t->pidfd = pidfd_open(t->pid, 0);
    if (t->pidfd >= 0)
        return true;
    int why = errno;
    kill(t->pid, SIGKILL);
    waitpid(t->pid, NULL, 0);
    errno = why;
    return false;
}

static bool answer(struct arena *a, const char *name, struct talk *t,
                   struct program_answer *out, struct err *err)
{
    int status = end_of(t);

    close(t->pidfd);
    if (t->output.full)
        return err_set(err, ERR_INPUT,
                       "%s cannot be asked: it said more than %d MiB", name,
                       ASK_OUTPUT_MAX / 1024 / 1024);
    if (status == STATUS_NO_PROGRAM)
        return err_set(err, ERR_SYSTEM,
                       "%s cannot be asked: there is no such program, or it "
                       "may not be run",
                       name);
    *out = (struct program_answer){
        .status = status,
        .output = t->output.text,
        .output_len = t->output.len,
        .complaint = t->late ? arena_printf(a, "it did not end within %d s",
                                            ASK_LIMIT_MS / 1000)
                             : last_line(a, &t->complaint),
    };
    return true;
}

bool ask_program(struct arena *a, const struct machine_root *root,
                 const char *const *argv, struct program_answer *out,
                 struct err *err)
{
    struct ask_plan p = { .output = { -1, -1 }, .complaint = { -1, -1 } };
    struct talk t = { .pidfd = -1 };

    /* A container's files are not to be run as ours. */
    if (strncmp(root->path, "/proc/", 6) == 0)
        return err_set(err, ERR_INPUT,
                       "%s cannot be asked: it lies in a container", argv[0]);
    make_plan(a, root, argv, &p);
    buf_init(&t.output, a, ASK_OUTPUT_MAX);
    buf_init(&t.complaint, a, COMPLAINT_MAX);
    bool started =
        open_pipe(p.output) && open_pipe(p.complaint) && start(&p, &t);
    int why = errno;
    if (started)
        listen_to(&p, &t);
    for (int i = 0; i < 2; i++) {
        close_end(&p.output[i]);
        close_end(&p.complaint[i]);
    }
    if (!started)
        return err_set(err, ERR_SYSTEM, "%s cannot be asked: %s", argv[0],
                       strerror(why));
    return answer(a, argv[0], &t, out, err);
}
