/*
 * preflight_key - is the key that is kept the one that the servers show?
 *
 * All ports of the names are looked at as "certmend check" would. Another key
 * is a warning, and no more: it may be that a server has not been told yet
 * where its new files are.
 */
#include <string.h>

#include "crypto/key_match.h"
#include "run/name_look.h"
#include "run/preflight.h"

/* Of two key types one suffices: the other has a certificate of its own. */
static bool shows(const struct preflight_run *run, const struct survey *s,
                  const char *where, const char *spki)
{
    for (size_t i = 0; i < s->cells_len; i++) {
        const struct cell *c = &s->cells[i];
        if (name_look_counts(s, c) &&
            strcmp(cell_where(run->arena, c), where) == 0 &&
            strcmp(cell_leaf(s, c)->spki_sha256_hex, spki) == 0)
            return true;
    }
    return false;
}

static bool is_first(const struct preflight_run *run, const struct survey *s,
                     size_t cell, const char *where)
{
    for (size_t i = 0; i < cell; i++)
        if (name_look_counts(s, &s->cells[i]) &&
            strcmp(cell_where(run->arena, &s->cells[i]), where) == 0)
            return false;
    return true;
}

static void add(struct preflight_run *run, struct preflight_part *part,
                const char *where)
{
    const struct preflight_item item = {
        .check = "served-key",
        .grade = PREFLIGHT_WARN,
        .text = arena_printf(run->arena,
                             "The key that is kept is not the one that %s "
                             "shows today at %s.",
                             part->name, where),
        .fix = "Where a record of the key in use is published (DANE), other "
               "mail servers would refuse this one: give the key in use by "
               "--key FILE.",
    };

    preflight_add(run->out, part, &item);
}

static struct preflight_part *part_of(const struct preflight_run *run,
                                      const char *name)
{
    for (size_t i = 1; i < run->out->len; i++)
        if (strcmp(run->out->parts[i].name, name) == 0)
            return &run->out->parts[i];
    return &run->out->parts[0];
}

/* The ports with another key are one item. */
static void compare(struct preflight_run *run, const struct survey *s,
                    const char *spki)
{
    struct kept_key *kept = &run->request->order->kept;
    const char *others = NULL;

    for (size_t i = 0; i < s->cells_len; i++) {
        const struct cell *c = &s->cells[i];
        const char *where = cell_where(run->arena, c);
        if (!name_look_counts(s, c) || !is_first(run, s, i, where))
            continue;
        if (shows(run, s, where, spki)) {
            kept->ports_same++;
            continue;
        }
        kept->ports_other++;
        others =
            others ? arena_printf(run->arena, "%s, %s", others, where) : where;
    }
    if (others)
        add(run, part_of(run, s->target.host), others);
}

bool preflight_key(struct preflight_run *run, struct err *err)
{
    struct kept_key *kept = &run->request->order->kept;
    struct name_look seen = { .len = 0 };

    /* The next key is another one, as it has to be. */
    if (!kept->key || kept->source == KEPT_KEY_NEXT ||
        issue_skips(run->request->options, "served-key"))
        return true;
    if (!name_look(run->arena, run->request->options, run->request->order,
                   &seen, err))
        return err_add(err, "looking at the key in use");
    kept->looked = true;
    const char *spki = key_match_hex(run->arena, kept->key);
    for (size_t i = 0; i < seen.len; i++)
        compare(run, seen.surveys[i], spki);
    return true;
}
