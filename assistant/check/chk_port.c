#include "check/check.h"

#include <string.h>

#include "check/cell_rules.h"
#include "check/finding_text.h"
#include "check/role.h"
#include "facts/cell_state.h"
#include "facts/client_view.h"
#include "facts/rotation.h"

static const struct finding_def finds[] = {
    {
        "port.divergent",
        "Not all ports of the host show a good certificate",
        "One program on the server uses the right certificate, another does "
        "not.",
        "RFC 8314 3",
    },
    { NULL, NULL, NULL, NULL },
};

static bool is_client_port(const struct cell *c)
{
    const struct service *at = service_find(c->service);

    return at && at->client;
}

/* The good port to compare with: the same service the other way, else any;
 * NULL when the address has none. */
static const struct cell *better_port(const struct survey *s,
                                      const struct cell *bad)
{
    const struct service *service = service_find(bad->service);
    const struct cell *best = NULL;

    for (size_t i = 0; i < s->cells_len; i++) {
        const struct cell *c = &s->cells[i];
        if (!client_view_counts(s, c) || !is_client_port(c) ||
            c->port == bad->port || strcmp(c->address, bad->address) != 0 ||
            !group_same_host(s, c, bad) || cell_state(s, c) != STATE_VERIFIED)
            continue;
        if (service->partner && strcmp(service->partner, c->service) == 0)
            return c;
        if (!best)
            best = c;
    }
    return best;
}

static bool is_worse(const struct survey *s, const struct cell *c)
{
    return client_view_counts(s, c) && is_client_port(c) &&
           cell_state(s, c) == STATE_FAULTY && !rotation_is_here(s, c) &&
           better_port(s, c);
}

static const char *finding_text_worse(const struct group *g, struct arena *a)
{
    const struct cell *good = better_port(g->survey, group_first(g));

    return arena_printf(a, "%s fails where port %u of the same host is right.",
                        finding_text_where(g, a), (unsigned)good->port);
}

static void give_good(const struct group *g, struct findings *out,
                      struct finding *f)
{
    const struct cell *good = better_port(g->survey, group_first(g));

    finding_number(out, f, "good_port", good->port);
    finding_text(out, f, "good_service", good->service);
}

static const struct cell_rule questions[] = {
    { &finds[0], is_worse, group_same_port, role_fault, finding_text_worse,
      give_good },
};

static void run(const struct survey *s, struct findings *out)
{
    cell_rules_apply(s, questions, sizeof questions / sizeof *questions, out);
}

const struct check chk_port = {
    .name = "port",
    .about = "Do all ports that mail programs use agree?",
    .finds = finds,
    .run = run,
};
