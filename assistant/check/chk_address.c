#include "check/check.h"

#include <string.h>

#include "check/cell_rules.h"
#include "check/finding_text.h"
#include "check/role.h"
#include "facts/cell_state.h"
#include "facts/client_view.h"

enum { DIVERGENT, V6_DEAD };

static const struct finding_def finds[] = {
    [DIVERGENT] = {
        "ip.divergent",
        "Not all addresses of the host behave the same",
        "Programs take any of the addresses, so it fails now and then.",
        "RFC 5321 5.1",
    },
    [V6_DEAD] = {
        "ip.v6_dead",
        "The host has an IPv6 address on which this port does not answer",
        "Programs try IPv6 first and wait, or give up; certificate "
        "authorities do too.",
        "RFC 8305 3",
    },
    { NULL, NULL, NULL, NULL },
};

static bool is_ip6(const char *address)
{
    return strchr(address, ':') != NULL;
}

static bool is_other_address(const struct survey *s, const struct cell *a,
                             const struct cell *b)
{
    return group_same_host(s, a, b) && strcmp(a->address, b->address) != 0;
}

/* Turned away or silent. No route is our own side's fault. */
static bool is_dead(const struct cell *c)
{
    return c->connect.outcome == OUTCOME_REFUSED ||
           c->connect.outcome == OUTCOME_TIMED_OUT;
}

/* No look at this address of the host got through. */
static bool is_dead_address(const struct survey *s, const struct cell *c)
{
    for (size_t i = 0; i < s->cells_len; i++) {
        const struct cell *other = &s->cells[i];
        if (client_view_counts(s, other) && group_same_host(s, other, c) &&
            !is_other_address(s, other, c) && !is_dead(other))
            return false;
    }
    return true;
}

/* Another address that is well where this one is not, or NULL. A dead one is
 * compared within its family: ip.v6_dead tells the rest. */
static const struct cell *better_address(const struct survey *s,
                                         const struct cell *bad)
{
    for (size_t i = 0; i < s->cells_len; i++) {
        const struct cell *c = &s->cells[i];
        if (!client_view_counts(s, c) || c->port != bad->port ||
            !is_other_address(s, c, bad) || cell_state(s, c) != STATE_VERIFIED)
            continue;
        if (!is_dead(bad) || is_ip6(c->address) == is_ip6(bad->address))
            return c;
    }
    return NULL;
}

static bool is_divergent(const struct survey *s, const struct cell *c)
{
    bool ill = cell_state(s, c) == STATE_FAULTY ||
               (is_dead(c) && is_dead_address(s, c));

    return client_view_counts(s, c) && ill && better_address(s, c);
}

/* A program goes on to the next address when one is dead; a wrong certificate
 * it takes for an answer. */
static enum severity severity(const struct survey *s, const struct cell *c)
{
    return is_dead(c) && !role_is_expected(s, c) ? role_warning(s, c)
                                                 : role_fault(s, c);
}

/* Every IPv6 address of the host is dead on this port, and IPv4 is not. */
static bool is_v6_dead(const struct survey *s, const struct cell *c)
{
    bool ip4_works = false;

    if (!client_view_counts(s, c) || !is_ip6(c->address) || !is_dead(c))
        return false;
    for (size_t i = 0; i < s->cells_len; i++) {
        const struct cell *other = &s->cells[i];
        if (!client_view_counts(s, other) || !group_same_port(s, other, c))
            continue;
        if (is_ip6(other->address) && !is_dead(other))
            return false;
        ip4_works =
            ip4_works || (!is_ip6(other->address) && cell_answered(other));
    }
    return ip4_works;
}

static const char *finding_text_divergent(const struct group *g,
                                          struct arena *a)
{
    const struct survey *s = g->survey;
    const struct cell *bad = group_first(g);

    return arena_printf(a,
                        is_dead(bad) ? "%s does not answer on %s; %s is well."
                                     : "%s fails on %s; %s is well.",
                        finding_text_where(g, a), finding_text_addresses(g, a),
                        better_address(s, bad)->address);
}

static const char *finding_text_v6_dead(const struct group *g, struct arena *a)
{
    return arena_printf(a, "%s answers on IPv4, but not on %s.",
                        finding_text_where(g, a), finding_text_addresses(g, a));
}

static void give_good(const struct group *g, struct findings *out,
                      struct finding *f)
{
    const struct cell *good = better_address(g->survey, group_first(g));

    finding_text(out, f, "good_address", good->address);
}

static const struct cell_rule questions[] = {
    { &finds[DIVERGENT], is_divergent, group_same_host, severity,
      finding_text_divergent, give_good },
    { &finds[V6_DEAD], is_v6_dead, group_same_host, role_warning,
      finding_text_v6_dead, NULL },
};

static void run(const struct survey *s, struct findings *out)
{
    cell_rules_apply(s, questions, sizeof questions / sizeof *questions, out);
}

const struct check chk_address = {
    .name = "address",
    .about = "Do all addresses of the host agree?",
    .finds = finds,
    .run = run,
};
