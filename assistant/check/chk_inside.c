#include "check/check.h"

#include <string.h>
#include <strings.h>

#include "check/cell_rules.h"
#include "check/finding_text.h"
#include "check/role.h"
#include "facts/client_view.h"

enum { DOUBLED, ENDS_EARLY };

static const struct finding_def finds[] = {
    [DOUBLED] = {
        "tls.doubled",
        "The server wants encryption a second time",
        "Something in front of it has taken TLS off, so it takes the "
        "connection for clear text and may let nobody log in.",
        "RFC 3207 4.2, RFC 9051 6.2.1",
    },
    [ENDS_EARLY] = {
        "tls.ends_early",
        "The connection ends as soon as it is encrypted",
        "What takes TLS on this port does not reach the mail server behind "
        "it.",
        "RFC 8314 3",
    },
    { NULL, NULL, NULL, NULL },
};

static bool offers(const struct cell *c, const char *word)
{
    for (size_t i = 0; i < c->inside_capabilities_len; i++)
        if (strncasecmp(c->inside_capabilities[i], word, strlen(word)) == 0)
            return true;
    return false;
}

static bool is_doubled(const struct survey *s, const struct cell *c)
{
    return client_view_counts(s, c) &&
           (offers(c, "STARTTLS") || offers(c, "STLS") ||
            offers(c, "\"STARTTLS\""));
}

static bool is_cut_off(const struct survey *s, const struct cell *c)
{
    return client_view_counts(s, c) && (c->inside.outcome == OUTCOME_CLOSED ||
                                        c->inside.outcome == OUTCOME_ALERTED);
}

/* Nobody can log in there. */
static bool locks_out(const struct cell *c)
{
    if (offers(c, "LOGINDISABLED"))
        return true;
    return !offers(c, "AUTH") && !offers(c, "USER") && !offers(c, "SASL") &&
           !offers(c, "IMAP4");
}

/* Nobody logs in at 25, and servers go on without. A server that was told of
 * TLS by the proxy may list STARTTLS all the same (Dovecot does), and takes
 * log-ins. */
static enum severity doubled_severity(const struct survey *s,
                                      const struct cell *c)
{
    if (role_of(s, c) == ROLE_MX)
        return SEV_INFO;
    return locks_out(c) ? role_promise(s, c) : SEV_INFO;
}

static const char *finding_text_doubled(const struct group *g, struct arena *a)
{
    return arena_printf(
        a, "%s offers STARTTLS within TLS%s.", finding_text_where(g, a),
        locks_out(group_first(g)) ? ", and no way to log in" : "");
}

static const char *finding_text_cut_off(const struct group *g, struct arena *a)
{
    return arena_printf(a, "%s completes the TLS handshake and hangs up.",
                        finding_text_where(g, a));
}

static const struct cell_rule questions[] = {
    { &finds[DOUBLED], is_doubled, group_same_port, doubled_severity,
      finding_text_doubled, NULL },
    { &finds[ENDS_EARLY], is_cut_off, group_same_port, role_broken_off,
      finding_text_cut_off, NULL },
};

static void run(const struct survey *s, struct findings *out)
{
    cell_rules_apply(s, questions, sizeof questions / sizeof *questions, out);
}

const struct check chk_inside = {
    .name = "inside",
    .about = "Does the mail server speak within TLS, and only there?",
    .finds = finds,
    .run = run,
};
