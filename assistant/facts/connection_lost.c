#include "facts/connection_lost.h"

#include "model/name.h"

bool connection_lost_dns_is_silent(const struct survey *s)
{
    for (size_t i = 0; i < s->answers_len; i++) {
        const struct dns_answer *answer = &s->answers[i];
        bool failed =
            answer->outcome == DNS_SERVFAIL || answer->outcome == DNS_TIMED_OUT;
        if (!failed || answer->security == DNS_BOGUS)
            return false;
    }
    return s->answers_len > 0;
}

/* No packet for a public address has left. */
static bool nothing_gets_out(const struct survey *s)
{
    for (size_t i = 0; i < s->cells_len; i++) {
        const struct cell *c = &s->cells[i];
        if (c->connect.outcome != OUTCOME_UNREACHABLE ||
            name_ip_reach(c->address) != IP_PUBLIC)
            return false;
    }
    return s->cells_len > 0;
}

static bool was_reached(const struct survey *s)
{
    for (size_t i = 0; i < s->cells_len; i++)
        if (s->cells[i].connect.outcome == OUTCOME_OK ||
            s->cells[i].connect.outcome == OUTCOME_REFUSED)
            return true;
    return false;
}

enum connection_lost connection_lost(const struct survey *s)
{
    bool no_names = survey_answer(s, CONNECTION_LOST_CONTROL, DNS_NS) &&
                    connection_lost_dns_is_silent(s) && !was_reached(s);

    if (s->has_no_route && (no_names || nothing_gets_out(s)))
        return CONNECTION_NO_ROUTE;
    return no_names ? CONNECTION_NO_RESOLVER : CONNECTION_HOLDS;
}
