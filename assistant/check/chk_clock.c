#include "check/check.h"

#include "base/clock.h"
#include "facts/other_clocks.h"

enum { SKEW };

static const struct finding_def finds[] = {
    [SKEW] = {
        "clock.skew",
        "The clock of this computer and those of the servers differ",
        "Certificates have a first and a last day: who looks with a wrong "
        "clock sees a good one as not yet valid, or as over.",
        "RFC 5280 4.1.2.5",
    },
    { NULL, NULL, NULL, NULL },
};

/* Of two clocks that differ either may be the wrong one; two other machines do
 * not go wrong by the same time. Who gave a time has said by which to judge. */
static void run(const struct survey *s, struct findings *out)
{
    struct arena *a = out->arena;
    struct other_clocks o = other_clocks_of(s, a);
    bool is_ours = o.machines > 1;

    if (!o.machines || s->judged_at != s->taken_at)
        return;
    const char *by_whom =
        is_ours ? arena_printf(a, "%zu other machines", o.machines) : o.host;
    struct finding *f =
        finding_add(out, &finds[SKEW], is_ours ? SEV_WARNING : SEV_INFO,
                    "By the clock here it is %s, by that of %s %s.%s",
                    clock_text(a, s->taken_at), by_whom, clock_text(a, o.says),
                    is_ours ? "" : " One of the two is wrong.");
    f->subject = o.host;
    finding_text(out, f, "says", clock_text(a, o.says));
}

const struct check chk_clock = {
    .name = "clock",
    .about = "Is it as late here as it is where the servers stand?",
    .finds = finds,
    .run = run,
};
