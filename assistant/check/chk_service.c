#include "check/check.h"

#include <string.h>
#include <strings.h>

#include "check/cell_rules.h"
#include "check/finding_text.h"
#include "check/role.h"
#include "facts/cell_state.h"
#include "facts/client_view.h"
#include "facts/knowledge.h"

enum { PLAIN_GOT, TLS_GOT, WRONG_SERVICE };

static const struct finding_def finds[] = {
    [PLAIN_GOT] = {
        "tls.expected_plain_got",
        "The port should begin with TLS, but answers in clear text",
        "Programs set to SSL/TLS cannot connect; many call it \"wrong version "
        "number\".",
        "RFC 8314 3",
    },
    [TLS_GOT] = {
        "plain.expected_tls_got",
        "The port should begin in clear text, but waits for TLS",
        "Programs set to STARTTLS wait for a greeting that never comes.",
        "RFC 8314 3",
    },
    [WRONG_SERVICE] = {
        "port.wrong_service",
        "Another service answers on this port",
        "What answers there does not speak the language of this port.",
        "RFC 8314 7.3",
    },
    { NULL, NULL, NULL, NULL },
};

/* How services that are no mail servers begin. */
static bool is_foreign_text(const struct survey *s, const char *banner)
{
    const struct text_list *foreign = &knowledge_of(s)->known.other_greetings;

    for (size_t i = 0; banner && i < foreign->len; i++)
        if (strncasecmp(banner, foreign->text[i], strlen(foreign->text[i])) ==
            0)
            return true;
    return false;
}

static bool is_plain(const struct survey *s, const struct cell *c)
{
    return client_view_counts(s, c) && c->security == SECURITY_IMPLICIT &&
           c->plain_text && !is_foreign_text(s, c->banner);
}

static bool is_tls(const struct survey *s, const struct cell *c)
{
    return client_view_counts(s, c) && c->security == SECURITY_STARTTLS &&
           c->wants_tls;
}

static bool is_wrong(const struct survey *s, const struct cell *c)
{
    if (!client_view_counts(s, c) || is_plain(s, c) || is_tls(s, c))
        return false;
    return c->greeting.outcome == OUTCOME_PROTOCOL_ERROR ||
           c->inside.outcome == OUTCOME_PROTOCOL_ERROR ||
           c->handshake.outcome == OUTCOME_PROTOCOL_ERROR || c->plain_text;
}

static const char *finding_text_plain(const struct group *g, struct arena *a)
{
    const char *banner = group_first(g)->banner;

    if (!banner)
        return arena_printf(a, "%s answers TLS with clear text.",
                            finding_text_where(g, a));
    return arena_printf(a, "%s answers TLS with \"%s\".",
                        finding_text_where(g, a), banner);
}

static const char *finding_text_tls(const struct group *g, struct arena *a)
{
    return arena_printf(a,
                        "%s sends no greeting, but takes a TLS connection at "
                        "once.",
                        finding_text_where(g, a));
}

static const char *finding_text_wrong(const struct group *g, struct arena *a)
{
    const struct cell *c = group_first(g);
    const char *said = c->banner ? c->banner : c->greeting.detail;

    if (c->inside.outcome == OUTCOME_PROTOCOL_ERROR)
        return arena_printf(
            a, "%s takes TLS, but does not speak %s inside it: %s.",
            finding_text_where(g, a), c->service, c->inside.detail);

    if (!said)
        return arena_printf(a, "%s does not speak %s.",
                            finding_text_where(g, a), c->service);
    return arena_printf(a, "%s does not speak %s; it says \"%s\".",
                        finding_text_where(g, a), c->service, said);
}

static void give_banner(const struct group *g, struct findings *out,
                        struct finding *f)
{
    finding_text(out, f, "said", group_first(g)->banner);
}

static const struct cell_rule questions[] = {
    { &finds[PLAIN_GOT], is_plain, group_same_port, role_promise,
      finding_text_plain, give_banner },
    { &finds[TLS_GOT], is_tls, group_same_port, role_missing, finding_text_tls,
      NULL },
    { &finds[WRONG_SERVICE], is_wrong, group_same_port, role_closed,
      finding_text_wrong, give_banner },
};

static void run(const struct survey *s, struct findings *out)
{
    cell_rules_apply(s, questions, sizeof questions / sizeof *questions, out);
}

const struct check chk_service = {
    .name = "service",
    .about = "Does each port speak what it is there for, the way it should?",
    .finds = finds,
    .run = run,
};
