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
static bool find_there(const struct store *s, const char *first,
                       const struct store_entry **out, struct err *err)
{
    const char *name = store_name(s->arena, first);
    const char *why = store_not_ready(s, name);

    if (why)
        return err_set(err, ERR_INPUT,
                       "the certificate could not be put into %s: %.*s", s->dir,
                       (int)strlen(why) - 1, why);
    return store_find(s, name, out, err);
}

bool issue_names_settle(const struct store *s, const struct issue_request *r,
                        struct issue_names *out, struct err *err)
{
    struct arena *a = s->arena;
    const struct store_entry *there = NULL;
    struct wanted_names all = { 0 }, present = { 0 };

    *out = (struct issue_names){ .wanted = r->names };
    if (r->names.len && !find_there(s, r->names.text[0], &there, err))
        return false;
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
