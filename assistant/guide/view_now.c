#include "guide/view.h"

#include <string.h>

#include "facts/cell_state.h"
#include "facts/client_view.h"
#include "guide/view_parts.h"
#include "report/report_words.h"

enum { BAD_TOLD = 8 };

/* The same place, looked at in the same way, or NULL. */
static const struct cell *cell_before(const struct survey *s,
                                      const struct cell *c)
{
    for (size_t i = 0; i < s->cells_len; i++) {
        const struct cell *o = &s->cells[i];
        if (client_view_counts(s, o) && o->port == c->port &&
            strcmp(o->address, c->address) == 0 &&
            strcmp(o->host, c->host) == 0)
            return o;
    }
    return NULL;
}

/* A port that was dead before and is dead now is no news. */
static bool is_news(const struct survey *s, const struct cell *old,
                    const struct cell *c)
{
    return cell_state(s, c) != STATE_VERIFIED &&
           (cell_answered(c) || (old && cell_answered(old)) ||
            s->target.port == c->port);
}

/* How a cell is to be told, and what it is told together with. */
struct change {
    const char *address, *words;
    const struct cert *leaf;
    bool same;  /* the certificate from before */
    bool still; /* ... and nothing else has changed */
};

static struct change change_of(struct arena *a, const struct survey *before,
                               const struct survey *s, const struct cell *c)
{
    const struct cell *old = cell_before(before, c);
    const struct cert *leaf = cell_leaf(s, c);
    const struct cert *old_leaf = old ? cell_leaf(before, old) : NULL;
    struct change change = { c->address, report_cell_words(a, s, c), leaf,
                             false, false };

    change.same =
        leaf && old_leaf && strcmp(leaf->sha256_hex, old_leaf->sha256_hex) == 0;
    change.still = old && (change.same || (!leaf && !old_leaf)) &&
                   strcmp(change.words, report_cell_words(a, before, old)) == 0;
    return change;
}

static bool is_alike(const struct change *one, const struct change *two)
{
    return one->leaf == two->leaf && one->same == two->same &&
           strcmp(one->address, two->address) == 0 &&
           strcmp(one->words, two->words) == 0;
}

struct sides {
    struct arena *arena;
    const struct survey *before, *now;
};

static bool is_bad(const struct sides *sides, const struct cell *c)
{
    return client_view_counts(sides->now, c) &&
           is_news(sides->now, cell_before(sides->before, c), c);
}

/* The ports of one address that are to be told like the cell `at`; NULL: they
 * have been told with an earlier one. */
static const char *ports_alike(const struct sides *sides, size_t at)
{
    const struct survey *s = sides->now;
    struct arena *a = sides->arena;
    struct change wanted = change_of(a, sides->before, s, &s->cells[at]);
    struct names_list ports = { 0 };

    for (size_t i = 0; i < s->cells_len; i++) {
        const struct cell *c = &s->cells[i];
        if (!is_bad(sides, c))
            continue;
        struct change change = change_of(a, sides->before, s, c);
        if (!is_alike(&wanted, &change))
            continue;
        if (i < at)
            return NULL;
        view_add(a, &ports, view_port(a, c));
    }
    return view_join(a, &ports);
}

static void put_bad(const struct sides *sides, size_t at, struct json *bad)
{
    struct arena *a = sides->arena;
    const struct cell *c = &sides->now->cells[at];
    struct change change = change_of(a, sides->before, sides->now, c);
    const char *ports = ports_alike(sides, at);

    if (!ports || bad->len >= BAD_TOLD)
        return;
    struct json *item = json_add_object(a, bad);
    json_put_text(a, item, "ports", ports);
    json_put_text(a, item, "address", change.address);
    json_put_text(a, item, "words", change.words);
    json_put_text(a, item, "names", view_names(a, sides->now, c));
    json_put_bool(a, item, "same", change.same);
}

struct json *view_now(struct arena *a, const struct report *before,
                      const struct report *now)
{
    struct sides sides = { a, before->survey, now->survey };
    const struct survey *s = now->survey;
    struct json *view = json_object(a);
    struct json *bad = json_put_array(a, view, "bad");
    struct names_list good = { 0 };
    bool unchanged = true;

    for (size_t i = 0; i < s->cells_len; i++) {
        const struct cell *c = &s->cells[i];
        if (is_bad(&sides, c)) {
            put_bad(&sides, i, bad);
            unchanged &= change_of(a, sides.before, s, c).still;
        } else if (client_view_counts(s, c) &&
                   cell_state(s, c) == STATE_VERIFIED)
            view_add(a, &good, view_port(a, c));
    }
    json_put_text(a, view, "asked", report_asked(now));
    json_put_text(a, view, "good", view_join(a, &good));
    json_put_bool(a, view, "many", good.len > 1);
    json_put_bool(a, view, "unchanged", unchanged && bad->len && !good.len);
    return view;
}
