#include "check/check.h"

#include "check/cell_rules.h"
#include "check/finding_text.h"
#include "check/role.h"
#include "facts/cell_state.h"

enum { REVOKED, UNKNOWN };

static const struct finding_def finds[] = {
    [REVOKED] = {
        "cert.revoked",
        "The certificate was revoked by its authority",
        "Programs that ask refuse it, whatever its dates say; the others have "
        "not heard of it yet.",
        "RFC 5280 3.3",
    },
    [UNKNOWN] = {
        "revocation.unknown",
        "Whether the certificate was revoked could not be found out",
        "That says nothing against it; most programs go on.",
        "RFC 5280 6.3",
    },
    { NULL, NULL, NULL, NULL },
};

/* The first certificate on the path of which a list says so, or NULL. */
static const struct held_cert *in_state(const struct survey *s,
                                        const struct cell *c,
                                        enum revocation_state state)
{
    for (size_t i = 0; i < c->verdict.path_len; i++) {
        const struct held_cert *held = &s->certs[c->verdict.path[i]];
        if (held->revocation.state == state)
            return held;
    }
    return NULL;
}

static bool is_revoked(const struct survey *s, const struct cell *c)
{
    return role_counts_tls(s, c) && cell_is_revoked(s, c);
}

static bool is_unknown(const struct survey *s, const struct cell *c)
{
    return role_counts_tls(s, c) && !cell_is_revoked(s, c) &&
           in_state(s, c, REVOCATION_UNKNOWN);
}

static const char *finding_text_revoked(const struct group *g, struct arena *a)
{
    const struct cell *c = group_first(g);
    const struct held_cert *held = in_state(g->survey, c, REVOCATION_REVOKED);
    const struct revocation *r = &held->revocation;
    const char *reason = r->reason ? arena_printf(a, " (%s)", r->reason) : "";
    const char *date = finding_text_date(a, r->revoked_at);

    if (&held->cert == cell_leaf(g->survey, c))
        return arena_printf(a, "The certificate of %s was revoked on %s%s.",
                            finding_text_where(g, a), date, reason);
    return arena_printf(a, "In the chain of %s, \"%s\" was revoked on %s%s.",
                        finding_text_where(g, a),
                        finding_text_subject(&held->cert), date, reason);
}

static const char *finding_text_unknown(const struct group *g, struct arena *a)
{
    const struct held_cert *held =
        in_state(g->survey, group_first(g), REVOCATION_UNKNOWN);

    return arena_printf(a, "Of \"%s\" in the chain of %s nothing is known: %s.",
                        finding_text_subject(&held->cert),
                        finding_text_where(g, a), held->revocation.why);
}

static void give_revoked(const struct group *g, struct findings *out,
                         struct finding *f)
{
    const struct held_cert *held =
        in_state(g->survey, group_first(g), REVOCATION_REVOKED);

    finding_text(out, f, "revoked", held->cert.subject);
    finding_text(out, f, "reason", held->revocation.reason);
}

static const struct cell_rule questions[] = {
    { &finds[REVOKED], is_revoked, group_same_leaf, role_fault,
      finding_text_revoked, give_revoked },
    { &finds[UNKNOWN], is_unknown, group_same_leaf, role_advice,
      finding_text_unknown, NULL },
};

static void run(const struct survey *s, struct findings *out)
{
    cell_rules_apply(s, questions, sizeof questions / sizeof *questions, out);
}

const struct check chk_revocation = {
    .name = "revocation",
    .about = "Has the authority taken a certificate back?",
    .finds = finds,
    .mended = CHECK_BIT(REVOKED),
    .run = run,
};
