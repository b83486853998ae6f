#include "probe/public_veil.h"

#include "probe/scan_steps.h"

/* RFC 5321 4.2.1: a code that begins with 4 is for now only. */
static bool is_not_now(const struct attempt *to)
{
    return to->outcome == OUTCOME_REFUSED && to->detail && *to->detail == '4';
}

static bool is_unheard(const struct cell *c)
{
    bool silent = c->greeting.outcome == OUTCOME_TIMED_OUT && !c->wants_tls;

    return c->connect.outcome == OUTCOME_OK &&
           c->handshake.outcome == OUTCOME_NOT_TRIED &&
           (silent || is_not_now(&c->greeting));
}

static void untell(struct cell *c)
{
    bool silent = c->greeting.outcome == OUTCOME_TIMED_OUT;

    *c = scan_steps_unseen(c);
    c->connect.detail = silent ? "it kept this page waiting for its greeting, "
                                 "as many do with strangers"
                               : "it asked this page to come back later, as "
                                 "many do with strangers";
}

/* What is behind port 25 of others, many networks hide: that it is silent is
 * no fault of the server's, that it is closed would be. */
static void tell_alike(const struct target *t, struct cell *c)
{
    enum outcome o = c->connect.outcome;
    bool own = c->port == PORT_SMTP && t->port == PORT_SMTP;

    if (o == OUTCOME_REFUSED || o == OUTCOME_TIMED_OUT)
        c->connect = (struct attempt){
            .outcome = own ? OUTCOME_TIMED_OUT : OUTCOME_REFUSED,
            .detail = "no connection came about",
        };
}

void public_veil(const struct target *t, struct cell *c)
{
    if (is_unheard(c))
        untell(c);
    if (c->inside.outcome == OUTCOME_TIMED_OUT || is_not_now(&c->inside))
        c->inside = (struct attempt){ 0 };
    if (t->kind == TARGET_HOST)
        tell_alike(t, c);
}
