#include "check/check.h"

#include <string.h>

#include "check/cell_rules.h"
#include "check/finding_text.h"
#include "check/role.h"
#include "check/sni.h"
#include "facts/client_view.h"

enum { TOO_OLD, NO_OVERLAP, KEY_BROKEN, CLIENT_CERT, INTOLERANT };

enum alert { /* RFC 8446 6.2 */
             ALERT_BAD_CERTIFICATE = 42,
             ALERT_PROTOCOL_VERSION = 70,
             ALERT_INTERNAL_ERROR = 80,
             ALERT_CERTIFICATE_REQUIRED = 116,
};

static const struct finding_def finds[] = {
    [TOO_OLD] = {
        "tls.too_old",
        "The server speaks only outdated versions of TLS",
        "Modern mail programs accept TLS 1.2 and 1.3 and nothing older.",
        "RFC 8996, RFC 8997",
    },
    [NO_OVERLAP] = {
        "tls.no_overlap",
        "The server and modern programs find no encryption in common",
        "Both sides have to know one cipher and one kind of key that the "
        "other knows too.",
        "RFC 9325 4",
    },
    [KEY_BROKEN] = {
        "tls.key_cert_broken",
        "The server cannot use its own key",
        "Usually the key does not belong to the certificate, or the program "
        "may not read it.",
        "RFC 8446 6.2",
    },
    [CLIENT_CERT] = {
        "tls.client_cert_required",
        "The server lets in only programs that bring a certificate",
        "On a public port hardly any mail program has one to show.",
        "RFC 8446 6.2",
    },
    [INTOLERANT] = {
        "tls.intolerant",
        "The server hangs up as soon as TLS begins",
        "Something on the way, or the server itself, cannot cope with the "
        "first message of TLS.",
        "RFC 8446 4.1.2",
    },
    { NULL, NULL, NULL, NULL },
};

static bool is_old_version(const char *version)
{
    static const char *const old[] = { "SSLv2", "SSLv3", "TLSv1", "TLSv1.0",
                                       "TLSv1.1" };

    for (size_t i = 0; version && i < sizeof old / sizeof *old; i++)
        if (strcmp(version, old[i]) == 0)
            return true;
    return false;
}

/* The handshake ended in an alert for which the name is not to blame. */
static bool is_alerted(const struct survey *s, const struct cell *c)
{
    return client_view_counts(s, c) &&
           c->handshake.outcome == OUTCOME_ALERTED && !sni_is_rejected(s, c);
}

static bool is_too_old(const struct survey *s, const struct cell *c)
{
    if (is_alerted(s, c))
        return c->alert == ALERT_PROTOCOL_VERSION;
    return client_view_counts(s, c) && cell_has_tls(c) &&
           is_old_version(c->tls_version);
}

static bool is_key_broken(const struct survey *s, const struct cell *c)
{
    return is_alerted(s, c) && c->alert == ALERT_INTERNAL_ERROR;
}

/* TLS 1.3 says so after the handshake is done. */
static bool is_client_cert(const struct survey *s, const struct cell *c)
{
    return client_view_counts(s, c) &&
           (c->alert == ALERT_CERTIFICATE_REQUIRED ||
            c->alert == ALERT_BAD_CERTIFICATE);
}

/* Every other alert: the server has looked at what we offered and said no. */
static bool has_no_overlap(const struct survey *s, const struct cell *c)
{
    return is_alerted(s, c) && !is_too_old(s, c) && !is_key_broken(s, c) &&
           !is_client_cert(s, c);
}

static bool is_intolerant(const struct survey *s, const struct cell *c)
{
    return client_view_counts(s, c) && c->handshake.outcome == OUTCOME_CLOSED &&
           !sni_is_rejected(s, c);
}

/* After a go-ahead for STARTTLS it is a broken promise; a port for TLS that
 * hangs up may just be none. */
static enum severity intolerant_severity(const struct survey *s,
                                         const struct cell *c)
{
    return c->security == SECURITY_STARTTLS ? role_promise(s, c)
                                            : role_closed(s, c);
}

static const char *finding_text_too_old(const struct group *g, struct arena *a)
{
    const struct cell *c = group_first(g);
    const char *version = cell_has_tls(c) ? c->tls_version : NULL;

    return arena_printf(a, "The best that %s offers is %s.",
                        finding_text_where(g, a),
                        version ? version : "older than TLS 1.0");
}

static const char *finding_text_alert(const struct group *g, struct arena *a)
{
    return arena_printf(a, "%s ended the TLS handshake with alert %d.",
                        finding_text_where(g, a), group_first(g)->alert);
}

static const char *finding_text_intolerant(const struct group *g,
                                           struct arena *a)
{
    return arena_printf(a, "%s closed the connection during the TLS handshake.",
                        finding_text_where(g, a));
}

static void give_version(const struct group *g, struct findings *out,
                         struct finding *f)
{
    const struct cell *c = group_first(g);

    finding_text(out, f, "version", cell_has_tls(c) ? c->tls_version : NULL);
}

static void give_alert(const struct group *g, struct findings *out,
                       struct finding *f)
{
    finding_number(out, f, "alert", group_first(g)->alert);
}

static const struct cell_rule questions[] = {
    { &finds[TOO_OLD], is_too_old, group_same_port, role_fault,
      finding_text_too_old, give_version },
    { &finds[NO_OVERLAP], has_no_overlap, group_same_port, role_promise,
      finding_text_alert, give_alert },
    { &finds[KEY_BROKEN], is_key_broken, group_same_port, role_promise,
      finding_text_alert, give_alert },
    { &finds[CLIENT_CERT], is_client_cert, group_same_port, role_promise,
      finding_text_alert, give_alert },
    { &finds[INTOLERANT], is_intolerant, group_same_port, intolerant_severity,
      finding_text_intolerant, NULL },
};

static void run(const struct survey *s, struct findings *out)
{
    cell_rules_apply(s, questions, sizeof questions / sizeof *questions, out);
}

const struct check chk_tls = {
    .name = "tls",
    .about = "Can modern programs set up TLS with it?",
    .finds = finds,
    .run = run,
};
