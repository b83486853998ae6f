#include "probe/scan_steps.h"

#include "base/clock.h"
#include "probe/scan_again.h"

enum { BRIEF_MS = 4 * 1000 };

int64_t scan_steps_left_ms(const struct scan *l)
{
    int64_t left = l->deadline_ms - clock_monotonic_ms();

    return left > 0 ? left : 0;
}

void scan_steps_begin(struct scan *l, int64_t within_ms)
{
    int64_t most_ms = l->is_brief ? BRIEF_MS : within_ms;

    l->began_ms = clock_monotonic_ms();
    l->deadline_ms = l->began_ms + (within_ms < most_ms ? within_ms : most_ms);
}

struct attempt scan_steps_attempt(const struct scan *l, enum outcome outcome,
                                  const char *detail)
{
    return (struct attempt){
        .outcome = outcome,
        .detail = outcome == OUTCOME_OK ? NULL : detail,
        .elapsed_ms = (int32_t)(clock_monotonic_ms() - l->began_ms),
    };
}

void scan_steps_hang_up(struct scan *l)
{
    tls_end(&l->tls);
    connection_close(&l->connection);
}

void scan_steps_end(struct scan *l)
{
    scan_steps_hang_up(l);
    scan_again_settle(l);
    l->step = NULL;
    l->done(l);
}
