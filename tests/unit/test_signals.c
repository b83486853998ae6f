#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "net/signals.h"

static const struct row {
    const char *what;
    int number;
    bool is_ignored; /* before it is set */
    int times;       /* raised */
    int rings;       /* -1: the program ends by it */
} rows[] = {
    { "none", SIGINT, false, 0, 0 },
    { "Ctrl-C", SIGINT, false, 1, 1 },
    { "kill", SIGTERM, false, 1, 1 },
    { "the terminal goes", SIGHUP, false, 1, 1 },
    { "nohup", SIGHUP, true, 1, 0 },
    { "the second ends the program", SIGINT, false, 2, -1 },
    { "another one", SIGUSR1, false, 1, -1 },
};

struct state {
    const struct row *row;
    struct loop *loop;
    struct signals signals;
    struct timer raise, end;
    int raised, rings;
};

static void on_interrupt(void *arg)
{
    struct state *s = arg;

    s->rings++;
}

static void on_raise(void *arg)
{
    struct state *s = arg;

    if (s->raised++ == s->row->times)
        return;
    raise(s->row->number);
    timer_set(s->loop, &s->raise, 20);
}

static void on_end(void *arg)
{
    struct state *s = arg;

    loop_stop(s->loop);
}

/* In a process of its own: how often it rang. */
static int play(const struct row *row)
{
    struct state s = { .row = row };
    struct err err;

    signal(row->number, row->is_ignored ? SIG_IGN : SIG_DFL);
    s.signals = (struct signals){ .call = on_interrupt, .arg = &s };
    s.raise = (struct timer){ .call = on_raise, .arg = &s };
    s.end = (struct timer){ .call = on_end, .arg = &s };
    if (!loop_new(&s.loop, &err))
        return 100;
    signals_set(s.loop, &s.signals);
    timer_set(s.loop, &s.raise, 0);
    timer_set(s.loop, &s.end, 100);
    bool ran = loop_run(s.loop, &err);
    signals_stop(&s.signals);
    signals_stop(&s.signals);
    loop_free(s.loop);
    return ran ? s.rings : 101;
}

static void signals(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        const struct row *row = &rows[i];
        int how = 0;
        pid_t child = fork();
        if (child == 0)
            _exit(play(row));
        assert_int_equal(waitpid(child, &how, 0), child);
        int rings = WIFEXITED(how) ? WEXITSTATUS(how) : -1;
        if (rings != row->rings)
            fail_msg("%s: rang %d times, wanted %d", row->what, rings,
                     row->rings);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(signals) };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
