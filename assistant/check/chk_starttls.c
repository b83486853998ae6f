#include "check/check.h"

#include <string.h>

#include "check/cell_rules.h"
#include "check/finding_text.h"
#include "check/role.h"
#include "facts/client_view.h"

enum { ABSENT, STRIPPED, REFUSED, INJECTION };

static const struct finding_def finds[] = {
    [ABSENT] = {
        "starttls.absent",
        "The server offers no encryption on this port",
        "Passwords and mail would cross the network in clear text, so careful "
        "programs refuse.",
        "RFC 8314 4.1, RFC 3207 4",
    },
    [STRIPPED] = {
        "starttls.stripped",
        "Something between here and the server hides its encryption",
        "Some firewalls and virus scanners rewrite what a mail server says.",
        "RFC 3207 6",
    },
    [REFUSED] = {
        "starttls.refused",
        "The server offers encryption and then refuses it",
        "Usually its certificate or key is missing or cannot be read.",
        "RFC 3207 4",
    },
    [INJECTION] = {
        "starttls.injection",
        "The server mixes clear text into the encrypted part",
        "An attacker on the way can slip commands into the session.",
        "CVE-2011-0411",
    },
    { NULL, NULL, NULL, NULL },
};

/* What filters leave of what they hide: "XXXXXXXA" and rows of stars. */
static bool is_blotted(const struct cell *c)
{
    if (c->banner && strstr(c->banner, "****"))
        return true;
    for (size_t i = 0; i < c->capabilities_len; i++)
        if (strncmp(c->capabilities[i], "XXX", 3) == 0)
            return true;
    return false;
}

static bool is_not_offered(const struct survey *s, const struct cell *c)
{
    return client_view_counts(s, c) &&
           c->starttls.outcome == OUTCOME_NOT_OFFERED;
}

static bool is_absent(const struct survey *s, const struct cell *c)
{
    return is_not_offered(s, c) && !is_blotted(c);
}

static bool is_stripped(const struct survey *s, const struct cell *c)
{
    return is_not_offered(s, c) && is_blotted(c);
}

static bool is_refused(const struct survey *s, const struct cell *c)
{
    enum outcome outcome = c->starttls.outcome;

    return client_view_counts(s, c) &&
           (outcome == OUTCOME_REFUSED || outcome == OUTCOME_CLOSED ||
            outcome == OUTCOME_TIMED_OUT || outcome == OUTCOME_PROTOCOL_ERROR);
}

static bool is_injected(const struct survey *s, const struct cell *c)
{
    return client_view_counts(s, c) &&
           (c->starttls.outcome == OUTCOME_PLAINTEXT_INJECTION ||
            c->handshake.outcome == OUTCOME_PLAINTEXT_INJECTION);
}

static const char *finding_text_absent(const struct group *g, struct arena *a)
{
    return arena_printf(a, "%s answers, but does not offer STARTTLS.",
                        finding_text_where(g, a));
}

static const char *finding_text_stripped(const struct group *g, struct arena *a)
{
    return arena_printf(a,
                        "In what %s says, something has been overwritten with "
                        "crosses or stars.",
                        finding_text_where(g, a));
}

static const char *finding_text_refused(const struct group *g, struct arena *a)
{
    const char *said = group_first(g)->starttls.detail;

    if (!said)
        return arena_printf(a, "%s offers STARTTLS, but does not go on.",
                            finding_text_where(g, a));
    return arena_printf(a, "Asked for STARTTLS, %s says \"%s\"%s.",
                        finding_text_where(g, a), said,
                        finding_text_for_now(g));
}

static const char *finding_text_injected(const struct group *g, struct arena *a)
{
    return arena_printf(a,
                        "%s sent clear text behind its go-ahead for STARTTLS.",
                        finding_text_where(g, a));
}

static void give_said(const struct group *g, struct findings *out,
                      struct finding *f)
{
    finding_text(out, f, "said", group_first(g)->starttls.detail);
}

static const struct cell_rule questions[] = {
    { &finds[ABSENT], is_absent, group_same_port, role_missing,
      finding_text_absent, NULL },
    { &finds[STRIPPED], is_stripped, group_same_port, role_missing,
      finding_text_stripped, NULL },
    { &finds[REFUSED], is_refused, group_same_port, role_promise,
      finding_text_refused, give_said },
    { &finds[INJECTION], is_injected, group_same_port, role_promise,
      finding_text_injected, NULL },
};

static void run(const struct survey *s, struct findings *out)
{
    cell_rules_apply(s, questions, sizeof questions / sizeof *questions, out);
}

const struct check chk_starttls = {
    .name = "starttls",
    .about = "Does a port that begins in clear text go over to TLS?",
    .finds = finds,
    .run = run,
};
