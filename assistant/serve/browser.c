#include "serve/browser.h"

#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/process.h"

static const char *const programs[] = { "/usr/local/bin/xdg-open",
                                        "/usr/bin/xdg-open" };

static bool has_desktop(void)
{
    const char *x = getenv("DISPLAY");
    const char *wayland = getenv("WAYLAND_DISPLAY");

    return (x && *x) || (wayland && *wayland);
}

/* In the child: only what is safe after fork(). */
static void become(const char *program, const char *address)
{
    /* execv() changes neither; its type is older than const. */
    union {
        const char *text;
        char *plain;
    } words[] = { { program }, { address } };
    char *argv[] = { words[0].plain, words[1].plain, NULL };
    int null = open("/dev/null", O_RDWR);
    sigset_t none;

    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
    process_give_back();
    setsid();
    for (int fd = 0; fd < 3; fd++)
        if (dup2(null, fd) < 0)
            _exit(127);
    closefrom(3);
    execv(program, argv);
    _exit(127);
}

/* Forked twice: nobody has to wait for it. */
void browser_open(const char *address)
{
    const char *program = NULL;

    for (size_t i = 0; i < sizeof programs / sizeof *programs && !program; i++)
        if (access(programs[i], X_OK) == 0)
            program = programs[i];
    if (!program || !has_desktop())
        return;
    pid_t child = fork();
    if (child == 0) {
        if (fork() == 0)
            become(program, address);
        _exit(0);
    }
    if (child > 0)
        waitpid(child, NULL, 0);
}
