#include "check/check.h"

#include <string.h>

#include "check/cell_rules.h"
#include "check/finding_text.h"
#include "check/role.h"
#include "facts/cell_state.h"
#include "facts/client_view.h"
#include "facts/mail_ways.h"

enum { ONLY_CLEAR, PASSWORD, NO_IMPLICIT };

static const struct finding_def finds[] = {
    [ONLY_CLEAR] = {
        "port.cleartext_only",
        "A port for mail programs has no encryption at all",
        "Passwords and mail can be read on the way.",
        "RFC 8314 4.1",
    },
    [PASSWORD] = {
        "auth.cleartext",
        "The server takes passwords before encryption has begun",
        "A program that is set up carelessly gives them away.",
        "RFC 8314 4.1, RFC 9051 11",
    },
    [NO_IMPLICIT] = {
        "port.no_implicit_tls",
        "The service encrypts by STARTTLS only",
        "Modern programs prefer the port that is encrypted from the first "
        "byte.",
        "RFC 8314 3",
    },
    { NULL, NULL, NULL, NULL },
};

static bool is_client_port(const struct cell *c)
{
    const struct service *at = service_find(c->service);

    return at && at->client && c->security == SECURITY_STARTTLS;
}

static bool is_only_clear(const struct survey *s, const struct cell *c)
{
    return client_view_counts(s, c) && is_client_port(c) &&
           c->starttls.outcome == OUTCOME_NOT_OFFERED;
}

/* The settings file says so, though the server could do better. */
static bool is_told_clear(const struct survey *s, const struct cell *c)
{
    const struct mail_way *way = mail_way_of(s, c);

    return role_counts_tls(s, c) && way && way->is_plain && way->is_first &&
           !mail_way_clean(s, way->family, WAY_SOURCE_COUNT, way);
}

static const char *finding_text_told(const struct group *g, struct arena *a)
{
    const struct mail_way *way = mail_way_of(g->survey, group_first(g));

    return arena_printf(a,
                        "The settings file at %s has programs talk to %s "
                        "without encryption, which it offers.",
                        way->published_at, finding_text_where(g, a));
}

/* The entry stays where it is, and says STARTTLS. */
static void give_told(const struct group *g, struct findings *out,
                      struct finding *f)
{
    const struct mail_way *way = mail_way_of(g->survey, group_first(g));

    finding_text(out, f, "record", way->published_at);
    finding_text(out, f, "host", way->host);
    if (way->source != WAY_AUTOCONFIG ||
        !cell_is_clean(g->survey, group_first(g)))
        return;
    finding_text(out, f, "good_host", way->host);
    finding_number(out, f, "good_port", way->port);
    finding_text(out, f, "good_socket", "STARTTLS");
    finding_text(out, f, "good_type", way->service->family);
}

static bool says(const struct cell *c, const char *word)
{
    size_t len = strlen(word);

    for (size_t i = 0; i < c->capabilities_len; i++) {
        const char *text = c->capabilities[i];
        if (strncmp(text, word, len) == 0 &&
            (!text[len] || text[len] == ' ' || text[len] == '='))
            return true;
    }
    return false;
}

/* IMAP takes a LOGIN unless it says otherwise (RFC 9051 6.2.3). */
static bool takes_password(const struct survey *s, const struct cell *c)
{
    const struct service *at = service_find(c->service);

    if (!client_view_counts(s, c) || !is_client_port(c) || !c->capabilities_len)
        return false;
    if (strcmp(at->family, "imap") == 0)
        return !says(c, "LOGINDISABLED");
    return says(c, "AUTH") || says(c, "USER") ||
           (strcmp(at->family, "pop3") == 0 && says(c, "SASL"));
}

/* The partner answers on no address. */
static bool lacks_implicit(const struct survey *s, const struct cell *c)
{
    const struct service *at = service_find(c->service);

    if (!role_counts_tls(s, c) || !is_client_port(c) || !at->partner ||
        role_port_asked(s))
        return false;
    for (size_t i = 0; i < s->cells_len; i++) {
        const struct cell *other = &s->cells[i];
        if (group_same_host(s, other, c) && cell_answered(other) &&
            strcmp(other->service, at->partner) == 0)
            return false;
    }
    return true;
}

static const char *finding_text_clear(const struct group *g, struct arena *a)
{
    return arena_printf(a, "%s can be talked to in clear text only.",
                        finding_text_where(g, a));
}

static const char *finding_text_password(const struct group *g, struct arena *a)
{
    return arena_printf(a, "%s offers to log in before TLS.",
                        finding_text_where(g, a));
}

static const char *finding_text_no_implicit(const struct group *g,
                                            struct arena *a)
{
    const struct service *at = service_find(group_first(g)->service);

    return arena_printf(a, "%s works; port %u, its partner, is closed.",
                        finding_text_where(g, a),
                        (unsigned)service_find(at->partner)->port);
}

static const struct cell_rule questions[] = {
    { &finds[ONLY_CLEAR], is_only_clear, group_same_port, role_advice,
      finding_text_clear, NULL },
    { &finds[ONLY_CLEAR], is_told_clear, group_same_port, role_warning,
      finding_text_told, give_told },
    { &finds[PASSWORD], takes_password, group_same_port, role_advice,
      finding_text_password, NULL },
    { &finds[NO_IMPLICIT], lacks_implicit, group_same_port, role_advice,
      finding_text_no_implicit, NULL },
};

static void run(const struct survey *s, struct findings *out)
{
    cell_rules_apply(s, questions, sizeof questions / sizeof *questions, out);
}

/* What it adds is advice: starttls.absent is the fault itself. */
const struct check chk_clear = {
    .name = "clear",
    .about = "Can a password be sent in clear text?",
    .finds = finds,
    .run = run,
};
