#include "check/check.h"

#include "check/cell_rules.h"
#include "check/finding_text.h"
#include "check/role.h"
#include "facts/cell_state.h"
#include "facts/client_view.h"
#include "facts/proxied.h"
#include "model/service.h"

enum { REFUSED, TIMED_OUT, GREETING_SLOW, REFUSED_POLICY, PUT_OFF };
enum { GREETING_SLOW_MS = 5000 };

static const struct finding_def finds[] = {
    [REFUSED] = {
        "conn.refused",
        "The port takes no connections",
        "No program is listening there, or a firewall turns connections "
        "away.",
        "RFC 8314 3",
    },
    [TIMED_OUT] = {
        "conn.timeout",
        "The port does not answer",
        "Usually a firewall on the way drops the connection without a word.",
        "RFC 8314 3",
    },
    [GREETING_SLOW] = {
        "conn.greeting_slow",
        "The server takes its time before it greets",
        "Some servers wait on purpose, to get rid of spammers; impatient "
        "programs give up.",
        "RFC 5321 4.5.3.2.1",
    },
    [REFUSED_POLICY] = {
        "conn.refused_policy",
        "The server does not want to talk to this computer",
        "That says nothing about its certificate, which could not be looked "
        "at from here.",
        "RFC 5321 3.1",
    },
    [PUT_OFF] = {
        "conn.put_off",
        "The server was busy at first",
        "Mail servers come back by themselves; a mail program may show an "
        "error and works at the next try.",
        "RFC 5321 4.2.1",
    },
    { NULL, NULL, NULL, NULL },
};

/* Another address answers there: chk_address tells what differs. */
static bool answers_elsewhere(const struct survey *s, const struct cell *c)
{
    for (size_t i = 0; i < s->cells_len; i++) {
        const struct cell *other = &s->cells[i];
        if (client_view_counts(s, other) && group_same_port(s, other, c) &&
            cell_answered(other))
            return true;
    }
    return false;
}

/* A port that nobody asked for or advertised may be closed; of a web proxy
 * mx.cdn_proxied tells why. */
static bool is_missed(const struct survey *s, const struct cell *c)
{
    return client_view_counts(s, c) && role_is_expected(s, c) &&
           !answers_elsewhere(s, c) && !proxied_by(s, c);
}

static bool is_refused(const struct survey *s, const struct cell *c)
{
    bool hung_up = client_view_counts(s, c) && role_is_expected(s, c) &&
                   c->greeting.outcome == OUTCOME_CLOSED && !c->wants_tls;

    return hung_up ||
           (c->connect.outcome == OUTCOME_REFUSED && is_missed(s, c));
}

static bool is_timed_out(const struct survey *s, const struct cell *c)
{
    bool silent = (c->greeting.outcome == OUTCOME_TIMED_OUT && !c->wants_tls) ||
                  c->handshake.outcome == OUTCOME_TIMED_OUT ||
                  c->connect.outcome == OUTCOME_TIMED_OUT;

    return silent && is_missed(s, c);
}

static bool is_slow(const struct survey *s, const struct cell *c)
{
    const struct attempt *greeting =
        c->inside.outcome == OUTCOME_OK ? &c->inside : &c->greeting;

    return client_view_counts(s, c) && greeting->outcome == OUTCOME_OK &&
           greeting->elapsed_ms > GREETING_SLOW_MS;
}

static bool is_silent_inside(const struct survey *s, const struct cell *c)
{
    return client_view_counts(s, c) && c->inside.outcome == OUTCOME_TIMED_OUT;
}

static bool is_policy(const struct survey *s, const struct cell *c)
{
    return client_view_counts(s, c) &&
           (c->greeting.outcome == OUTCOME_REFUSED ||
            c->inside.outcome == OUTCOME_REFUSED);
}

static bool is_put_off(const struct survey *s, const struct cell *c)
{
    return client_view_counts(s, c) && c->put_off && !is_policy(s, c) &&
           c->starttls.outcome != OUTCOME_REFUSED;
}

static bool somebody_answers_on_25(const struct survey *s)
{
    for (size_t i = 0; i < s->cells_len; i++)
        if (s->cells[i].port == PORT_SMTP && cell_answered(&s->cells[i]))
            return true;
    return false;
}

/* Many networks let nobody out to port 25: silence there may be our own. */
static enum severity silence_severity(const struct survey *s,
                                      const struct cell *c)
{
    if (c->port == PORT_SMTP && !somebody_answers_on_25(s))
        return SEV_INFO;
    return role_closed(s, c);
}

static const char *finding_text_refused(const struct group *g, struct arena *a)
{
    return arena_printf(a, "%s turns the connection away.",
                        finding_text_where(g, a));
}

static const char *finding_text_timed_out(const struct group *g,
                                          struct arena *a)
{
    return arena_printf(a, "%s stays silent.", finding_text_where(g, a));
}

static const char *finding_text_slow(const struct group *g, struct arena *a)
{
    const struct cell *c = group_first(g);
    const struct attempt *greeting =
        c->inside.outcome == OUTCOME_OK ? &c->inside : &c->greeting;

    return arena_printf(a, "%s greets after %d seconds.",
                        finding_text_where(g, a),
                        (int)(greeting->elapsed_ms / 1000));
}

static const char *finding_text_silent(const struct group *g, struct arena *a)
{
    return arena_printf(a,
                        "%s takes TLS, and then nothing came for %d seconds.",
                        finding_text_where(g, a),
                        (int)(group_first(g)->inside.elapsed_ms / 1000));
}

static const char *finding_text_policy(const struct group *g, struct arena *a)
{
    const struct cell *c = group_first(g);
    bool inside = c->inside.outcome == OUTCOME_REFUSED;
    const char *said = inside ? c->inside.detail : c->greeting.detail;
    said = said ? said : c->banner;

    if (!said)
        return arena_printf(a, "%s refuses to talk.", finding_text_where(g, a));
    return arena_printf(a, "%s says \"%s\"%s.", finding_text_where(g, a), said,
                        finding_text_for_now(g));
}

static const char *finding_text_put_off(const struct group *g, struct arena *a)
{
    return arena_printf(a,
                        "%s said \"%s\" at first. Asked again a moment later, "
                        "it went on.",
                        finding_text_where(g, a), group_first(g)->put_off);
}

static const struct cell_rule questions[] = {
    { &finds[REFUSED], is_refused, group_same_port, role_closed,
      finding_text_refused, NULL },
    { &finds[TIMED_OUT], is_timed_out, group_same_port, silence_severity,
      finding_text_timed_out, NULL },
    { &finds[GREETING_SLOW], is_slow, group_same_port, role_advice,
      finding_text_slow, NULL },
    { &finds[GREETING_SLOW], is_silent_inside, group_same_port, role_closed,
      finding_text_silent, NULL },
    { &finds[REFUSED_POLICY], is_policy, group_same_port, role_advice,
      finding_text_policy, NULL },
    { &finds[PUT_OFF], is_put_off, group_same_port, role_advice,
      finding_text_put_off, NULL },
};

static void run(const struct survey *s, struct findings *out)
{
    cell_rules_apply(s, questions, sizeof questions / sizeof *questions, out);
}

const struct check chk_conn = {
    .name = "conn",
    .about = "Does the port that was asked for take connections?",
    .finds = finds,
    .run = run,
};
