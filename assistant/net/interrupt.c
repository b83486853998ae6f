#include "net/interrupt.h"

#include <event2/event.h>
#include <signal.h>

static const int numbers[INTERRUPT_SIGNALS] = { SIGINT, SIGTERM, SIGHUP };

void interrupt_stop(struct interrupt *i)
{
    for (size_t k = 0; k < INTERRUPT_SIGNALS; k++) {
        if (i->events[k])
            event_free(i->events[k]);
        i->events[k] = NULL;
    }
}

/* All are released before the call: the owner may die in it. */
static void rings(evutil_socket_t number, short what, void *arg)
{
    struct interrupt *i = arg;

    (void)number;
    (void)what;
    interrupt_stop(i);
    i->call(i->arg);
}

/* As nohup(1) and a shell's "&" leave it. */
static bool is_ignored(int number)
{
    struct sigaction now;

    return sigaction(number, NULL, &now) == 0 && now.sa_handler == SIG_IGN;
}

/* Without room for it the signal does what it does without us. */
void interrupt_set(struct loop *l, struct interrupt *i)
{
    interrupt_stop(i);
    for (size_t k = 0; k < INTERRUPT_SIGNALS; k++) {
        if (is_ignored(numbers[k]))
            continue;
        i->events[k] = event_new(loop_base(l), numbers[k],
                                 EV_SIGNAL | EV_PERSIST, rings, i);
        if (i->events[k])
            event_add(i->events[k], NULL);
    }
}
