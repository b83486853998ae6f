#include "check/check.h"

#include "base/buf.h"
#include "check/cell_rules.h"
#include "check/finding_text.h"
#include "check/role.h"
#include "facts/cell_state.h"
#include "facts/rotation.h"

enum { TOLD_MAX = 4, TEXT_MAX = 4000 };

static const struct finding_def finds[] = {
    {
        "lb.rotating",
        "The same address shows different certificates in turn",
        "Several machines share the address, and not all have the same "
        "certificate: some connections work, others fail.",
        "RFC 9525 6.3",
    },
    { NULL, NULL, NULL, NULL },
};

/* One cell speaks for all looks at its place: the first. */
static bool is_rotating(const struct survey *s, const struct cell *c)
{
    if (!role_counts_tls(s, c) || !rotation_is_here(s, c))
        return false;
    for (const struct cell *before = s->cells; before < c; before++)
        if (before->asked && rotation_same_look(s, before, c))
            return false;
    return true;
}

/* Certificates that are all good are a fault to come: they end apart. */
static enum severity severity(const struct survey *s, const struct cell *c)
{
    for (size_t i = 0; i < s->cells_len; i++)
        if (rotation_same_look(s, c, &s->cells[i]) &&
            cell_state(s, &s->cells[i]) == STATE_FAULTY)
            return role_fault(s, c);
    return role_warning(s, c);
}

struct turns {
    size_t looks;
    size_t leaves[TOLD_MAX]; /* in the order in which they came */
    size_t times[TOLD_MAX];
    size_t len;
};

static void count(struct turns *t, size_t leaf)
{
    size_t i = 0;

    t->looks++;
    while (i < t->len && t->leaves[i] != leaf)
        i++;
    if (i == TOLD_MAX)
        return;
    if (i == t->len)
        t->leaves[t->len++] = leaf;
    t->times[i]++;
}

static struct turns turns_of(const struct group *g)
{
    const struct survey *s = g->survey;
    struct turns t = { 0 };

    for (size_t i = 0; i < s->cells_len; i++)
        for (size_t k = 0; k < g->len; k++)
            if (rotation_same_look(s, &s->cells[g->cells[k]], &s->cells[i]))
                count(&t, s->cells[i].chain[0]);
    return t;
}

static const char *finding_text_rotating(const struct group *g, struct arena *a)
{
    const struct survey *s = g->survey;
    struct turns t = turns_of(g);
    struct buf out;

    buf_init(&out, a, TEXT_MAX);
    buf_printf(&out, "Of %zu looks at %s, ", t.looks, finding_text_where(g, a));
    for (size_t i = 0; i < t.len; i++) {
        const struct cert *leaf = &s->certs[t.leaves[i]].cert;
        const char *between = i + 1 < t.len ? ", " : " and ";
        buf_printf(&out, "%s%zu showed a certificate for %s that %s on %s",
                   i ? between : "", t.times[i], finding_text_names(a, leaf),
                   leaf->not_after < s->judged_at ? "ended" : "ends",
                   finding_text_date(a, leaf->not_after));
    }
    buf_char(&out, '.');
    return out.text;
}

static void give_counts(const struct group *g, struct findings *out,
                        struct finding *f)
{
    finding_number(out, f, "looks", (double)turns_of(g).looks);
}

static const struct cell_rule questions[] = {
    { &finds[0], is_rotating, group_same_host, severity, finding_text_rotating,
      give_counts },
};

static void run(const struct survey *s, struct findings *out)
{
    cell_rules_apply(s, questions, sizeof questions / sizeof *questions, out);
}

const struct check chk_rotation = {
    .name = "rotation",
    .about = "Do all machines behind one address show the same certificate?",
    .finds = finds,
    .run = run,
};
