#include "check/check.h"

#include <string.h>

#include "check/finding_text.h"
#include "check/role.h"
#include "facts/client_view.h"
#include "facts/connection_lost.h"
#include "model/host_port.h"
#include "model/service.h"

enum { NO_CONNECTION, EGRESS_25 };

static const struct finding_def finds[] = {
    [NO_CONNECTION] = {
        "local.no_connection",
        "This computer has no working connection to the Internet",
        "What was asked about could not be looked at from here, and may well "
        "be right.",
        "RFC 1122 3.3.1",
    },
    [EGRESS_25] = {
        "local.egress25",
        "Perhaps port 25 is shut on the way out of this network",
        "Many providers of homes, offices and rented servers let nobody out "
        "to port 25, because of spam.",
        "RFC 5068 3.1",
    },
    { NULL, NULL, NULL, NULL },
};

static void judge_connection(const struct survey *s, struct findings *out)
{
    static const char *const seen[] = {
        [CONNECTION_NO_ROUTE] = "No packet gets out of it: there is no way "
                                "(route) to any address on the Internet.",
        [CONNECTION_NO_RESOLVER] = "No name server answers, not even when "
                                   "asked about the root of all names.",
    };
    enum connection_lost lost = connection_lost(s);

    if (lost == CONNECTION_HOLDS)
        return;
    struct finding *f =
        finding_add(out, &finds[NO_CONNECTION], SEV_INFO,
                    "%s Connect it%s, and look again.", seen[lost],
                    lost == CONNECTION_NO_RESOLVER
                        ? ", or name another name server with --resolver"
                        : "");
    f->subject = arena_text(out->arena, s->target.host);
}

/* ---- port 25 ---- */

/* In a lab everything is on this machine. */
static bool is_foreign(const struct survey *s, const struct cell *c)
{
    const char *resolver = NULL;
    uint16_t port = 0;
    enum ip_reach reach = name_ip_reach(c->address);

    if (reach != IP_OWN)
        return reach == IP_PUBLIC;
    return s->resolver &&
           host_port_read(s->arena, s->resolver, &resolver, &port) &&
           name_ip_is_loopback(resolver);
}

/* A web proxy in front of it lets nobody in but browsers: that is no matter of
 * 25 (mx.cdn_proxied). */
static bool other_port_answers(const struct survey *s, const struct cell *c)
{
    for (size_t i = 0; i < s->cells_len; i++) {
        const struct cell *other = &s->cells[i];
        const struct service *at = service_at(other->port);
        if (at && at->client && strcmp(other->address, c->address) == 0 &&
            other->connect.outcome == OUTCOME_OK)
            return true;
    }
    return false;
}

/* A host that takes no mail from other servers refuses on 25 by itself. */
static bool is_shut(const struct survey *s, const struct cell *c)
{
    enum outcome outcome = c->connect.outcome;

    return outcome == OUTCOME_TIMED_OUT ||
           (outcome == OUTCOME_REFUSED && role_is_expected(s, c));
}

/* Every foreign address is shut at 25, and one of them at 25 alone. */
static void judge_egress(const struct survey *s, struct findings *out)
{
    size_t *cells = arena_alloc(out->arena, s->cells_len + 1, sizeof *cells);
    size_t len = 0;
    bool alone = false;

    for (size_t i = 0; i < s->cells_len; i++) {
        const struct cell *c = &s->cells[i];
        if (c->port != PORT_SMTP || !is_foreign(s, c))
            continue;
        if (!is_shut(s, c))
            return;
        alone = alone || other_port_answers(s, c);
        if (client_view_counts(s, c))
            cells[len++] = i;
    }
    if (!len || !alone)
        return;
    struct finding *f = finding_add(
        out, &finds[EGRESS_25], SEV_INFO,
        "Nothing answers on port 25, and other ports of the same machine do. "
        "To "
        "be sure, look from another place, such as a server that sends mail, "
        "or "
        "through a proxy (--proxy).");
    for (size_t i = 0; i < len; i++)
        finding_cell(out, f, cells[i]);
}

static void run(const struct survey *s, struct findings *out)
{
    judge_connection(s, out);
    judge_egress(s, out);
}

const struct check chk_local = {
    .name = "local",
    .about = "Is it the network here that is in the way?",
    .finds = finds,
    .run = run,
};
