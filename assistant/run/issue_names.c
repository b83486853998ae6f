#include "run/issue_names.h"

#include <string.h>

#include "act/store_ready.h"
#include "facts/hostname_match.h"

static void add(struct arena *a, struct wanted_names *names, const char *name)
{
    if (wanted_names_have(names, name))
        return;
    names->text = arena_grow(a, names->text, names->len, sizeof *names->text);
    names->text[names->len++] = name;
}

static void add_all(struct arena *a, struct wanted_names *names,
                    const struct wanted_names *more)
{
    for (size_t i = 0; i < more->len; i++)
        add(a, names, more->text[i]);
}

static bool is_covered(const struct wanted_names *names, const char *name)
{
    return wanted_names_have(names, name) ||
           (name[0] != '*' &&
            hostname_match_patterns(names->text, names->len, name).kind ==
                MATCH_COVERED);
}

static struct wanted_names names_of(struct arena *a, const struct cert *leaf)
{
    struct wanted_names names = { 0 };

    for (size_t i = 0; i < leaf->dns_names.len; i++) {
        const char *name = name_read_pattern(a, leaf->dns_names.text[i]);
        if (name)
            add(a, &names, name);
    }
    for (size_t i = 0; i < leaf->ip_names.len; i++)
        add(a, &names, leaf->ip_names.text[i]);
    return names;
}

static const char *key_type_of(const struct cert *leaf)
{
    static const struct {
        enum key_type type;
        int bits;
        enum key_kind kind;
    } kinds[] = {
        { KEY_EC, 256, KEY_KIND_EC256 },
        { KEY_EC, 384, KEY_KIND_EC384 },
        { KEY_RSA, 2048, KEY_KIND_RSA2048 },
        { KEY_RSA, 3072, KEY_KIND_RSA3072 },
        { KEY_RSA, 4096, KEY_KIND_RSA4096 },
    };

    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
        if (kinds[i].type == leaf->key_type && kinds[i].bits == leaf->key_bits)
            return table_text(key_kind_words, (int)kinds[i].kind);
    return NULL;
}

/* What stands in the way there is told before anything is read from it. */
static bool find_there(const struct store *s, const char *name,
                       const struct store_entry **out, struct err *err)
{
    const char *why = store_not_ready(s, name);

    if (why)
        return err_set(err, ERR_INPUT,
                       "the certificate could not be put into %s: %.*s", s->dir,
                       (int)strlen(why) - 1, why);
    return store_find(s, name, out, err);
}

/* ---- what else the store has ---- */

static bool same_set(const struct wanted_names *a, const struct wanted_names *b)
{
    for (size_t i = 0; i < a->len; i++)
        if (!wanted_names_have(b, a->text[i]))
            return false;
    return a->len == b->len;
}

/* One that cannot be read is told at its own turn. */
static struct wanted_names stored_names(const struct store *s, const char *name)
{
    const struct store_entry *e = NULL;
    struct err ignored;

    return store_find(s, name, &e, &ignored) && e
               ? names_of(s->arena, &e->chain[0].cert)
               : (struct wanted_names){ 0 };
}

/* The name that the folder is called by; NULL: none of these. */
static const char *leader_of(struct arena *a, const char *folder,
                             const struct wanted_names *names)
{
    for (size_t i = 0; i < names->len; i++)
        if (strcmp(store_name(a, names->text[i]), folder) == 0)
            return names->text[i];
    return NULL;
}

static struct wanted_names led_by(struct arena *a, const char *leader,
                                  const struct wanted_names *names)
{
    struct wanted_names out = { .keep_key = names->keep_key,
                                .challenge = names->challenge };

    add(a, &out, leader);
    add_all(a, &out, names);
    return out;
}

/* The folder of another certificate that has some of the names, or all and no
 * others: *is_same. *other is NULL: none has. */
static bool find_other(const struct store *s, const char *own,
                       const struct wanted_names *names, const char **other,
                       bool *is_same, struct err *err)
{
    const char *const *all = NULL;
    size_t len = 0;

    *other = NULL;
    *is_same = false;
    if (!store_list(s, &all, &len, err))
        return false;
    for (size_t i = 0; i < len && !*is_same; i++) {
        struct wanted_names its = stored_names(s, all[i]);
        bool shared = false;
        for (size_t k = 0; k < names->len; k++)
            shared = shared || wanted_names_have(&its, names->text[k]);
        if (!shared || strcmp(all[i], own) == 0)
            continue;
        *is_same = same_set(&its, names);
        *other = all[i];
    }
    return true;
}

static const char *tell_other(const struct store *s, const char *other,
                              bool is_same)
{
    return arena_printf(s->arena,
                        is_same ? "%s/live/%s has the same names: one of the "
                                  "two is enough"
                                : "%s/live/%s has some of these names already; "
                                  "\"certmend issue %s --add NAME\" adds "
                                  "to it",
                        s->dir, other, other);
}

/* Where there is none of the first name, that of the same names is meant. */
static bool find_lineage(const struct store *s, struct issue_request *r,
                         const struct store_entry **there,
                         struct issue_names *out, struct err *err)
{
    const char *other = NULL;
    bool is_same = false;

    if (!r->names.len)
        return true;
    const char *own = store_name(s->arena, r->names.text[0]);
    if (!find_there(s, own, there, err) ||
        !find_other(s, own, &r->names, &other, &is_same, err))
        return false;
    if (!other)
        return true;
    const char *leader = is_same ? leader_of(s->arena, other, &r->names) : NULL;
    if (*there || !leader) {
        out->aside = tell_other(s, other, is_same);
        return true;
    }
    r->names = led_by(s->arena, leader, &r->names);
    return find_there(s, other, there, err);
}

bool issue_names_settle(const struct store *s, const struct issue_request *r,
                        struct issue_names *out, struct err *err)
{
    struct arena *a = s->arena;
    const struct store_entry *there = NULL;
    struct wanted_names all = { 0 }, present = { 0 };
    struct issue_request asked = *r;

    *out = (struct issue_names){ .aside = NULL };
    if (!find_lineage(s, &asked, &there, out, err))
        return false;
    r = &asked;
    out->wanted = r->names;
    if (there) {
        present = names_of(a, &there->chain[0].cert);
        out->key_type = key_type_of(&there->chain[0].cert);
    }
    add_all(a, &all, &r->names);
    if (r->more.len)
        add_all(a, &all, &present);
    add_all(a, &all, &r->more);
    out->wanted.text = NULL;
    out->wanted.len = 0;
    for (size_t i = 0; i < all.len; i++)
        if (!wanted_names_have(&r->less, all.text[i]))
            add(a, &out->wanted, all.text[i]);
    for (size_t i = 0; i < present.len; i++)
        if (!is_covered(&out->wanted, present.text[i]) &&
            !wanted_names_have(&r->less, present.text[i]) &&
            !wanted_names_have(&r->agreed, present.text[i]))
            add(a, &out->gone, present.text[i]);
    return true;
}
