#include "net/signals.h"

#include <event2/event.h>
#include <signal.h>

static const int numbers[SIGNALS_SIGNALS] = { SIGINT, SIGTERM, SIGHUP };

void signals_stop(struct signals *i)
{
    for (size_t k = 0; k < SIGNALS_SIGNALS; k++) {
        if (i->events[k])
            event_free(i->events[k]);
        i->events[k] = NULL;
    }
}

/* All are released before the call: the owner may die in it. */
static void rings(evutil_socket_t number, short what, void *arg)
{
    struct signals *i = arg;

    (void)number;
    (void)what;
    signals_stop(i);
    i->call(i->arg);
}

/* As nohup(1) and a shell's "&" leave it. */
static bool is_ignored(int number)
{
    struct sigaction now;

    return sigaction(number, NULL, &now) == 0 && now.sa_handler == SIG_IGN;
}

/* Without room for it the signal does what it does without us. */
void signals_set(struct loop *l, struct signals *i)
{
    signals_stop(i);
    for (size_t k = 0; k < SIGNALS_SIGNALS; k++) {
        if (is_ignored(numbers[k]))
            continue;
        i->events[k] = event_new(loop_base(l), numbers[k],
                                 EV_SIGNAL | EV_PERSIST, rings, i);
        if (i->events[k])
            event_add(i->events[k], NULL);
    }
}
