#include "check/check.h"

#include <string.h>

#include "check/cell_rules.h"
#include "check/finding_text.h"
#include "check/role.h"
#include "check/sni.h"
#include "facts/rotation.h"

enum { NEEDED, REJECTED, WRONG_ENTRY };

static const struct finding_def finds[] = {
    [NEEDED] = {
        "sni.needed",
        "The right certificate is shown only to programs that say the name",
        "Modern mail programs say it; old ones, and servers that deliver to "
        "port 25, may not.",
        "RFC 6066 3",
    },
    [REJECTED] = {
        "sni.rejected",
        "The server hangs up when it hears this name",
        "Programs say the name first; the server should show some certificate "
        "in any case.",
        "RFC 6066 3",
    },
    [WRONG_ENTRY] = {
        "sni.wrong_entry",
        "The server has a separate certificate for this name, and it is wrong",
        "The entry for the name in the server's list points to the wrong or "
        "an old file.",
        "RFC 6066 3",
    },
    { NULL, NULL, NULL, NULL },
};

/* With the name, too, at another time: the name makes no difference. */
static bool is_shown_too(const struct survey *s, const struct cell *c,
                         const struct cell *bare)
{
    for (size_t i = 0; i < s->cells_len; i++)
        if (bare->chain_len && rotation_same_look(s, c, &s->cells[i]) &&
            s->cells[i].chain[0] == bare->chain[0])
            return true;
    return false;
}

/* A web server with several names is the rule on 443, not worth a word. */
static bool is_needed(const struct survey *s, const struct cell *c)
{
    const struct cell *bare = sni_bare(s, c);

    if (!bare || !role_counts_tls(s, c) || !c->verdict.name_ok ||
        role_is_comparison(s, c) || is_shown_too(s, c, bare))
        return false;
    if (!cell_has_tls(bare))
        return bare->handshake.outcome == OUTCOME_ALERTED;
    return bare->chain[0] != c->chain[0] && !bare->verdict.name_ok;
}

static bool is_wrong_entry(const struct survey *s, const struct cell *c)
{
    const struct cell *bare = sni_bare(s, c);

    if (!bare || !role_counts_tls(s, c) || !cell_has_tls(bare) ||
        bare->chain[0] == c->chain[0] || is_shown_too(s, c, bare))
        return false;
    return !c->verdict.name_ok || (cell_state(s, c) == STATE_FAULTY &&
                                   cell_state(s, bare) == STATE_VERIFIED);
}

/* Who else gets no name from them: Node's https and modern mail programs do
 * say it. */
static const char way_out[] =
    "So do see it: Postfix as a client without smtp_tls_servername, Exim as a "
    "client without tls_sni, Node's tls.connect without servername, Java 6, "
    "programs on Windows XP. Give them the name there, or make the right "
    "certificate the server's default; \"certmend check %s --no-sni\" looks "
    "as they do and says how.";

static const char *finding_text_needed(const struct group *g, struct arena *a)
{
    const struct survey *s = g->survey;
    const struct cell *c = group_first(g);
    const struct cert *other = cell_leaf(s, sni_bare(s, c));
    const char *seen = other ? arena_printf(a, "a certificate for %s",
                                            finding_text_names(a, other))
                             : "no certificate at all";

    return arena_printf(a, "Without the name %s shows %s. %s",
                        finding_text_where(g, a), seen,
                        arena_printf(a, way_out, c->host));
}

static const char *finding_text_rejected(const struct group *g, struct arena *a)
{
    return arena_printf(a,
                        "%s breaks off when it is asked for the name \"%s\".",
                        finding_text_where(g, a), group_first(g)->sni);
}

/* Two of the same names are told apart by their dates. */
static const char *finding_text_dates(const struct group *g, struct arena *a,
                                      const struct cert *leaf,
                                      const struct cert *other)
{
    int64_t now = g->survey->judged_at;

    return arena_printf(
        a,
        "Asked for \"%s\", %s shows a certificate that %s on %s; without a "
        "name, one for the same names that %s on %s.",
        group_first(g)->sni, finding_text_where(g, a),
        leaf->not_after < now ? "ended" : "ends",
        finding_text_date(a, leaf->not_after),
        other->not_after < now ? "ended" : "ends",
        finding_text_date(a, other->not_after));
}

static const char *finding_text_wrong_entry(const struct group *g,
                                            struct arena *a)
{
    const struct survey *s = g->survey;
    const struct cell *c = group_first(g);
    const struct cert *leaf = cell_leaf(s, c);
    const struct cert *other = cell_leaf(s, sni_bare(s, c));
    const char *its = finding_text_names(a, leaf);
    const char *bare = other ? finding_text_names(a, other) : "nobody";

    if (other && strcmp(its, bare) == 0)
        return finding_text_dates(g, a, leaf, other);
    return arena_printf(a,
                        "Asked for \"%s\", %s shows a certificate for %s; "
                        "without a name, one for %s.",
                        c->sni, finding_text_where(g, a), its, bare);
}

static const struct cell_rule questions[] = {
    { &finds[NEEDED], is_needed, group_same_host, role_advice,
      finding_text_needed, NULL },
    { &finds[REJECTED], sni_is_rejected, group_same_host, role_warning,
      finding_text_rejected, NULL },
    { &finds[WRONG_ENTRY], is_wrong_entry, group_same_host, role_fault,
      finding_text_wrong_entry, NULL },
};

static void run(const struct survey *s, struct findings *out)
{
    cell_rules_apply(s, questions, sizeof questions / sizeof *questions, out);
}

const struct check chk_sni = {
    .name = "sni",
    .about = "Does it matter whether a program says the name first?",
    .finds = finds,
    .run = run,
};
