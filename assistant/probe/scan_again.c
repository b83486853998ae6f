#include "probe/scan_again.h"

#include <string.h>

#include "probe/scan_steps.h"

/* ---- a port that is no well-known one ---- */

static const struct service *service_of_greeting(const char *speaks,
                                                 enum security security)
{
    static const struct {
        const char *speaks, *services[SECURITY_COUNT];
    } known[] = {
        { "SMTP or FTP",
          { [SECURITY_IMPLICIT] = "submissions",
            [SECURITY_STARTTLS] = "submission" } },
        { "IMAP",
          { [SECURITY_IMPLICIT] = "imaps", [SECURITY_STARTTLS] = "imap" } },
        { "POP3",
          { [SECURITY_IMPLICIT] = "pop3s", [SECURITY_STARTTLS] = "pop3" } },
        { "XMPP",
          { [SECURITY_IMPLICIT] = "xmpps", [SECURITY_STARTTLS] = "xmpp" } },
        { "ManageSieve",
          { [SECURITY_IMPLICIT] = "sieve", [SECURITY_STARTTLS] = "sieve" } },
    };

    for (size_t i = 0; speaks && i < sizeof known / sizeof *known; i++)
        if (strcmp(known[i].speaks, speaks) == 0)
            return service_find(known[i].services[security]);
    return NULL;
}

bool scan_again_as(struct scan *l, const char *speaks)
{
    bool talks = !l->tls.version;
    enum security security = talks ? SECURITY_STARTTLS : SECURITY_IMPLICIT;
    const struct service *service = service_of_greeting(speaks, security);

    if (!l->guesses || !service)
        return false;
    l->guesses = false;
    scan_steps_hang_up(l);
    l->service = service;
    l->cell.service = service->name;
    l->cell.security = security;
    scan_steps_forget(l);
    l->connect(l);
    return true;
}

/* ---- a server that is busy ---- */

static void come_back(void *arg)
{
    struct scan *l = arg;

    l->cell.put_off = scan_steps_refusal(&l->first_try)->detail;
    scan_steps_forget(l);
    l->connect(l);
}

/* Called only when the time for the whole target is up. */
static void wait(struct scan *l, enum outcome outcome)
{
    (void)outcome;
    timer_stop(&l->later);
    scan_steps_end(l);
}

bool scan_again_later(struct scan *l)
{
    const struct protocol *p = protocol_find(l->service->family);
    const struct attempt *no = scan_steps_refusal(&l->cell);
    bool for_now = no && p && p->codes && no->detail && *no->detail == '4';

    if (!for_now || l->was_put_off || l->cancelled)
        return false;
    l->was_put_off = true;
    l->first_try = l->cell;
    scan_steps_hang_up(l);
    l->step = wait;
    l->later = (struct timer){ .call = come_back, .arg = l };
    timer_set(l->means->loop, &l->later, l->means->later_ms);
    return true;
}
