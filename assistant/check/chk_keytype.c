#include "check/check.h"

#include <string.h>

#include "check/cell_rules.h"
#include "check/finding_text.h"
#include "check/role.h"
#include "facts/cell_state.h"

static const struct finding_def finds[] = {
    {
        "keytype.divergent",
        "The certificates for ECDSA and for RSA are not equally good",
        "Which of the two a program gets depends on its age, so some work and "
        "others do not.",
        "RFC 8446 4.2.3",
    },
    { NULL, NULL, NULL, NULL },
};

/* One of the two looks offered a single key type, the other whatever there is;
 * NULL: there was but one. */
static const struct cell *other_look(const struct survey *s,
                                     const struct cell *c)
{
    for (size_t i = 0; i < s->cells_len; i++) {
        const struct cell *other = &s->cells[i];
        bool is_one_usual =
            (c->key_type == KEY_UNKNOWN) != (other->key_type == KEY_UNKNOWN);
        if (is_one_usual && other->port == c->port && cell_leaf(s, other) &&
            strcmp(other->address, c->address) == 0 &&
            group_same_host(s, other, c) && other->asked && c->asked &&
            (other->sni == NULL) == (c->sni == NULL))
            return other;
    }
    return NULL;
}

static bool is_divergent(const struct survey *s, const struct cell *c)
{
    const struct cell *other = other_look(s, c);

    return other && cell_state(s, c) == STATE_FAULTY && cell_leaf(s, c) &&
           cell_state(s, other) == STATE_VERIFIED;
}

static const char *fault_of(const struct survey *s, struct arena *a,
                            const struct cell *c)
{
    const struct cert *leaf = cell_leaf(s, c);

    if (!c->verdict.name_ok)
        return arena_printf(a, "is for %s", finding_text_names(a, leaf));
    if (!c->verdict.trusted)
        return "is not trusted";
    return arena_printf(a, "is valid from %s to %s only",
                        finding_text_date(a, leaf->not_before),
                        finding_text_date(a, leaf->not_after));
}

static const char *finding_text_divergent(const struct group *g,
                                          struct arena *a)
{
    const struct cell *c = group_first(g);

    return arena_printf(
        a, "On %s the certificate for %s clients %s.", finding_text_where(g, a),
        c->key_type == KEY_RSA ? "RSA" : "ECDSA", fault_of(g->survey, a, c));
}

static const struct cell_rule questions[] = {
    { &finds[0], is_divergent, group_same_leaf, role_fault,
      finding_text_divergent, NULL },
};

static void run(const struct survey *s, struct findings *out)
{
    cell_rules_apply(s, questions, sizeof questions / sizeof *questions, out);
}

const struct check chk_keytype = {
    .name = "keytype",
    .about = "Are the certificates of all key types equally good?",
    .finds = finds,
    .run = run,
};
