#include "base/process.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <unistd.h>

/* A leak checker reads the process that it runs in. */
#if defined(__has_feature)
#if __has_feature(address_sanitizer)
#define IS_READ 1
#endif
#endif
#if defined(__SANITIZE_ADDRESS__)
#define IS_READ 1
#endif
#ifdef IS_READ
enum { MAY_BE_READ = 1 };
#else
enum { MAY_BE_READ = 0 };
#endif

static struct {
    int which;
    bool known;
    struct rlimit found; /* as it was */
} limits[] = {
    { .which = RLIMIT_CORE },
    { .which = RLIMIT_NOFILE },
};

enum { CORE, FILES };

static bool read_limit(int row, struct rlimit *now)
{
    if (getrlimit(limits[row].which, now) != 0)
        return false;
    if (!limits[row].known)
        limits[row].found = *now;
    limits[row].known = true;
    return true;
}

/* A file opened later must not become the output: what is closed is held by
 * one that takes nothing. */
static void hold_standard_files(void)
{
    static const int modes[] = { O_RDONLY, O_RDONLY, O_WRONLY };

    for (int fd = 0; fd < 3; fd++)
        if (fcntl(fd, F_GETFD) < 0)
            (void)open("/dev/null", modes[fd]);
}

void process_guard(void)
{
    struct rlimit core;

    hold_standard_files();

    if (read_limit(CORE, &core)) {
        core.rlim_cur = 0;
        (void)setrlimit(RLIMIT_CORE, &core);
    }
    (void)prctl(PR_SET_DUMPABLE, MAY_BE_READ);
    /* A file that may grow no longer is told like a full disk. */
    signal(SIGXFSZ, SIG_IGN);
    signal(SIGPIPE, SIG_IGN); /* and a reader that left is told by write() */
}

size_t process_files(size_t wanted)
{
    struct rlimit now;

    if (!read_limit(FILES, &now))
        return wanted;
    if (now.rlim_cur < wanted) {
        now.rlim_cur = wanted < now.rlim_max ? wanted : now.rlim_max;
        (void)setrlimit(RLIMIT_NOFILE, &now);
        (void)getrlimit(RLIMIT_NOFILE, &now);
    }
    return now.rlim_cur < wanted ? (size_t)now.rlim_cur : wanted;
}

void process_give_back(void)
{
    for (size_t i = 0; i < sizeof limits / sizeof *limits; i++)
        if (limits[i].known)
            (void)setrlimit(limits[i].which, &limits[i].found);
    signal(SIGXFSZ, SIG_DFL);
    signal(SIGPIPE, SIG_DFL);
}

static int noted;

void process_begin(void)
{
    noted = 0;
}

void process_note(int error)
{
    if (error == EMFILE || error == ENFILE || error == ENOMEM ||
        error == ENOBUFS)
        noted = error;
}

void process_note_files(void)
{
    int fd = open("/dev/null", O_RDONLY | O_CLOEXEC);

    if (fd < 0)
        process_note(errno);
    else
        close(fd);
}

bool process_was_short(struct err *err)
{
    bool files = noted == EMFILE || noted == ENFILE;

    if (!noted)
        return false;
    err_set(err, ERR_SYSTEM,
            "this machine has no more %s for us (%s), so nothing can be said; "
            "%s",
            files ? "open files" : "room", strerror(noted),
            files ? "raise the limit (ulimit -n), or look at less at a time "
                    "(--jobs)"
                  : "try again when it is less busy, or with a smaller --jobs");
    return true;
}
