#include "check/check.h"

#include "check/cell_rules.h"
#include "check/chain_links.h"
#include "check/finding_text.h"
#include "check/role.h"
#include "facts/chain_gap.h"

enum {
    INCOMPLETE,
    WRONG_INTERMEDIATE,
    LEAF_NOT_FIRST,
    MISLEADING,
    MISORDERED,
    EXTRA
};

static const struct finding_def finds[] = {
    [INCOMPLETE] = {
        "chain.incomplete",
        "The server does not send every intermediate certificate",
        "Browsers often find the missing piece by themselves; Gmail and mail "
        "programs do not, and refuse.",
        "RFC 8446 4.4.2",
    },
    [WRONG_INTERMEDIATE] = {
        "chain.wrong_intermediate",
        "The intermediate certificate does not belong to this certificate",
        "Authorities change their intermediates; an old one beside a new "
        "certificate proves nothing.",
        "RFC 8446 4.4.2",
    },
    [LEAF_NOT_FIRST] = {
        "chain.leaf_not_first",
        "The server's own certificate is not the first in the file",
        "Programs take the first certificate for the server's own.",
        "RFC 8446 4.4.2",
    },
    [MISLEADING] = {
        "chain.misleading",
        "A certificate that is sent leads programs astray",
        "Of two that fit, many programs take the first and look for no other "
        "way.",
        "RFC 4158 2.4",
    },
    [MISORDERED] = {
        "chain.misordered",
        "The certificates are sent out of order",
        "Most programs sort them; a few old ones give up.",
        "RFC 5246 7.4.2",
    },
    [EXTRA] = {
        "chain.extra",
        "The server sends certificates that nobody needs",
        "They do no harm, but make every connection a little longer.",
        "RFC 8446 4.4.2",
    },
    { NULL, NULL, NULL, NULL },
};

static bool is_incomplete(const struct survey *s, const struct cell *c)
{
    return role_counts_tls(s, c) && chain_links_fault(s, c) == LINK_INCOMPLETE;
}

static bool is_wrong(const struct survey *s, const struct cell *c)
{
    return role_counts_tls(s, c) &&
           chain_links_fault(s, c) == LINK_WRONG_INTERMEDIATE;
}

static bool is_leaf_later(const struct survey *s, const struct cell *c)
{
    return role_counts_tls(s, c) &&
           chain_links_fault(s, c) == LINK_LEAF_NOT_FIRST;
}

static bool is_misleading(const struct survey *s, const struct cell *c)
{
    return role_counts_tls(s, c) && chain_links_misled(c);
}

/* Where OpenSSL finds the other way, fewer programs refuse. */
static enum severity misled_severity(const struct survey *s,
                                     const struct cell *c)
{
    return c->verdict.trusted ? role_warning(s, c) : role_fault(s, c);
}

/* Where in the chain a certificate stands, or chain_len. */
static size_t place_of(const struct cell *c, size_t cert)
{
    size_t at = 0;

    while (at < c->chain_len && c->chain[at] != cert)
        at++;
    return at;
}

/* The path uses what was sent, but not in the order in which it was sent. */
static bool is_misordered(const struct survey *s, const struct cell *c)
{
    size_t last = 0;

    if (!role_counts_tls(s, c) || !c->verdict.trusted)
        return false;
    for (size_t i = 1; i < c->verdict.path_len; i++) {
        size_t at = place_of(c, c->verdict.path[i]);
        if (at == c->chain_len)
            continue;
        if (at < last)
            return true;
        last = at;
    }
    return false;
}

static bool is_on_path(const struct cell *c, size_t cert)
{
    for (size_t i = 0; i < c->verdict.path_len; i++)
        if (c->verdict.path[i] == cert)
            return true;
    return false;
}

/* The root, the same one twice, or one that is not on the path. A trusted
 * root that signs the leaf itself is no surplus worth a word either way. */
static bool is_surplus(const struct survey *s, const struct cell *c, size_t at)
{
    size_t cert = c->chain[at];

    return s->certs[cert].cert.self_signed || place_of(c, cert) < at ||
           !is_on_path(c, cert);
}

static size_t count_surplus(const struct survey *s, const struct cell *c)
{
    size_t count = 0;

    for (size_t i = 1; i < c->chain_len; i++)
        count += is_surplus(s, c, i);
    return count;
}

static bool is_extra(const struct survey *s, const struct cell *c)
{
    return role_counts_tls(s, c) && c->verdict.trusted &&
           !chain_links_misled(c) && chain_links_fault(s, c) == LINK_OK &&
           count_surplus(s, c) > 0;
}

static const struct cert *leaf_of(const struct group *g)
{
    return cell_leaf(g->survey, group_first(g));
}

/* Of a chain with two links either may be the one that lacks. */
static const char *finding_text_incomplete(const struct group *g,
                                           struct arena *a)
{
    const struct cell *c = group_first(g);
    size_t sent = c->chain_len;
    struct gaps gaps = gap_list(g->survey, a, c);
    const char **names = arena_alloc(a, gaps.len + 1, sizeof *names);

    for (size_t i = 0; i < gaps.len; i++)
        names[i] = arena_printf(a, "\"%s\"", gaps.items[i].name);
    if (!gaps.len)
        names[gaps.len++] = arena_printf(
            a, "\"%s\"", finding_text_issuer(chain_links_end(g->survey, c)));
    return arena_printf(a, "%s sends %zu certificate%s; %s missing.",
                        finding_text_where(g, a), sent, sent == 1 ? "" : "s",
                        arena_printf(a, "%s of %s %s",
                                     gaps.len == 1 ? "the one" : "those",
                                     finding_text_list(a, names, gaps.len),
                                     gaps.len == 1 ? "is" : "are"));
}

static const char *finding_text_wrong(const struct group *g, struct arena *a)
{
    const struct cell *c = group_first(g);
    const struct cert *leaf = leaf_of(g);
    const struct cert *sent =
        c->chain_len > 1 ? &g->survey->certs[c->chain[1]].cert : leaf;

    const struct cert *child =
        chain_links_faulty(g->survey, c, TRUST_BAD_SIGNATURE);
    if (child && child != leaf)
        return arena_printf(
            a,
            "In the chain of %s, the key of \"%s\" did not sign "
            "\"%s\".",
            finding_text_where(g, a), finding_text_issuer(child),
            finding_text_subject(child));
    if (chain_links_fit(leaf, sent))
        return arena_printf(a,
                            "%s sends \"%s\", whose key did not sign its "
                            "certificate.",
                            finding_text_where(g, a),
                            finding_text_subject(sent));
    return arena_printf(a,
                        "%s sends \"%s\", but its certificate was issued by "
                        "\"%s\".",
                        finding_text_where(g, a), finding_text_subject(sent),
                        finding_text_issuer(leaf));
}

static const char *finding_text_leaf_later(const struct group *g,
                                           struct arena *a)
{
    return arena_printf(a,
                        "In %s the authority's certificate \"%s\" comes "
                        "first.",
                        finding_text_where(g, a),
                        finding_text_subject(leaf_of(g)));
}

static const char *finding_text_misordered(const struct group *g,
                                           struct arena *a)
{
    return arena_printf(a,
                        "%s sends its %zu certificates in another order than "
                        "each signed by the next.",
                        finding_text_where(g, a), group_first(g)->chain_len);
}

static const char *finding_text_extra(const struct group *g, struct arena *a)
{
    const struct cell *c = group_first(g);

    return arena_printf(a, "%s sends %zu certificates; %zu of them not needed.",
                        finding_text_where(g, a), c->chain_len,
                        count_surplus(g->survey, c));
}

static const struct cert *left_out(const struct group *g, size_t i)
{
    const struct cell *c = group_first(g);

    return &g->survey->certs[c->chain[c->verdict.leave_out[i]]].cert;
}

static const char *finding_text_misleading(const struct group *g,
                                           struct arena *a)
{
    const struct cell *c = group_first(g);
    size_t len = c->verdict.leave_out_len;
    const char **which = arena_alloc(a, len + 1, sizeof *which);

    for (size_t i = 0; i < len; i++)
        which[i] = arena_printf(a, "\"%s\" issued by \"%s\" (number %zu)",
                                finding_text_subject(left_out(g, i)),
                                finding_text_issuer(left_out(g, i)),
                                c->verdict.leave_out[i] + 1);
    return arena_printf(
        a,
        "%s sends %zu certificates. Without %s all programs find the way to "
        "a trusted root; with %s %s.",
        finding_text_where(g, a), c->chain_len,
        finding_text_list(a, which, len), len == 1 ? "it" : "them",
        c->verdict.trusted ? "Exim, msmtp and others with GnuTLS do not"
                           : "most do not");
}

/* The number of each, counted from 1, for a person and for a command. */
static void give_left_out(const struct group *g, struct findings *out,
                          struct finding *f)
{
    const struct cell *c = group_first(g);
    struct arena *a = out->arena;
    size_t len = c->verdict.leave_out_len;
    const char **subjects = arena_alloc(a, len + 1, sizeof *subjects);
    const char **prints = arena_alloc(a, len + 1, sizeof *prints);
    const char **places = arena_alloc(a, len + 1, sizeof *places);
    const char *numbers = "";

    for (size_t i = 0; i < len; i++) {
        const struct cert *cert = left_out(g, i);
        subjects[i] =
            arena_printf(a, "%s, issued by %s", cert->subject, cert->issuer);
        prints[i] = cert->sha256_hex;
        places[i] = arena_printf(a, "%zu", c->verdict.leave_out[i] + 1);
        numbers = arena_printf(a, "%s%s%s", numbers, i ? " " : "", places[i]);
    }
    finding_list(out, f, "leave_out", subjects, len);
    finding_list(out, f, "leave_out_sha256", prints, len);
    finding_text(out, f, "places", finding_text_list(a, places, len));
    finding_text(out, f, "numbers", numbers);
}

/* The subjects that have to be added to what is sent. */
static void give_missing(const struct group *g, struct findings *out,
                         struct finding *f)
{
    struct gaps gaps = gap_list(g->survey, out->arena, group_first(g));
    const char **missing =
        arena_alloc(out->arena, gaps.len + 1, sizeof *missing);

    for (size_t i = 0; i < gaps.len; i++)
        missing[i] = gaps.items[i].subject;
    if (gaps.len)
        finding_list(out, f, "missing", missing, gaps.len);
}

static const struct cell_rule questions[] = {
    { &finds[INCOMPLETE], is_incomplete, group_same_leaf, role_fault,
      finding_text_incomplete, give_missing },
    { &finds[WRONG_INTERMEDIATE], is_wrong, group_same_leaf, role_fault,
      finding_text_wrong, give_missing },
    { &finds[LEAF_NOT_FIRST], is_leaf_later, group_same_leaf, role_fault,
      finding_text_leaf_later, NULL },
    { &finds[MISLEADING], is_misleading, group_same_leaf, misled_severity,
      finding_text_misleading, give_left_out },
    { &finds[MISORDERED], is_misordered, group_same_leaf, role_advice,
      finding_text_misordered, NULL },
    { &finds[EXTRA], is_extra, group_same_leaf, role_advice, finding_text_extra,
      NULL },
};

static void run(const struct survey *s, struct findings *out)
{
    cell_rules_apply(s, questions, sizeof questions / sizeof *questions, out);
}

const struct check chk_chain = {
    .name = "chain",
    .about = "Does the server send what others need to trust it?",
    .finds = finds,
    .run = run,
};
