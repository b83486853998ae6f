#include "run/name_look.h"

#include "base/clock.h"
#include "facts/client_view.h"

enum { BUDGET_MS = 30 * 1000 };

static void on_seen(void *arg)
{
    (void)arg; /* probe_run() waits for all */
}

static void take_names(struct arena *a, const struct issue_order *o,
                       struct probe *probe, struct name_look *out)
{
    out->surveys = arena_alloc(a, o->names_len + 1, sizeof *out->surveys);
    out->len = 0;
    for (size_t i = 0; i < o->names_len; i++) {
        struct target target;
        struct err ignored;
        if (name_is_wildcard(o->names[i]) ||
            !target_parse(a, o->names[i], &target, &ignored))
            continue;
        struct survey *s = survey_new(a, &target, clock_now_s());
        out->surveys[out->len++] = s;
        probe_first(probe, s, on_seen, NULL);
    }
}

bool name_look(struct arena *a, const struct issue_options *how,
               const struct issue_order *o, struct name_look *out,
               struct err *err)
{
    const struct probe_options options = {
        .resolver = how->resolver,
        .ca_file = how->ca_file,
        .budget_ms = how->look_ms ? how->look_ms : BUDGET_MS,
        .jobs = PROBE_JOBS,
        .connect_to = how->connect_to,
    };
    struct probe *probe = NULL;

    if (!probe_new(&options, &probe, err))
        return false;
    take_names(a, o, probe, out);
    bool ran = probe_run(probe, err);
    probe_free(probe);
    return ran;
}

bool name_look_counts(const struct survey *s, const struct cell *c)
{
    return cell_leaf(s, c) && client_view(s, c);
}
