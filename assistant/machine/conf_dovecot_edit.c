#include <string.h>

#include "machine/conf_dovecot.h"
#include "machine/conf_edits.h"
#include "machine/dovecot_places.h"

struct dovecot_editing {
    struct arena *arena;
    const struct server_conf *conf;
    const struct dovecot_settings *s;
    const struct conf_change *change;
    struct conf_edits *out;
};

/* The setting whose value the span is in. */
static const struct conf_setting *setting_at(const struct dovecot_editing *e,
                                             const struct conf_value *v)
{
    for (size_t i = 0; !v->is_default && i < e->s->all.len; i++) {
        const struct conf_setting *s = &e->s->all.items[i];
        if (s->span.file == v->span.file && s->span.at <= v->span.at &&
            v->span.at + v->span.len <= s->span.at + s->span.len &&
            strcmp(s->name, v->setting) == 0)
            return s;
    }
    return NULL;
}

static bool is_same(const char *one, const char *two)
{
    return one && two && strcmp(one, two) == 0;
}

/* 2.3 reads a file only behind "<": one that is missing is put in. */
static void replace(const struct dovecot_editing *e, const struct conf_value *v,
                    const char *path)
{
    const char *text = e->conf->files[v->span.file].text;
    size_t at = v->span.at;
    bool is_bare = at > 0 && text[at - 1] == '=' && !v->span.len;

    while (at > 0 && (text[at - 1] == ' ' || text[at - 1] == '\t'))
        at--;
    bool lacks_mark = !e->s->is_24 && (at == 0 || text[at - 1] != '<');
    conf_edits_put(e->arena, e->out, v->span,
                   arena_printf(e->arena, "%s%s%s", is_bare ? " " : "",
                                lacks_mark ? "<" : "", path));
}

static const char *line_for(const struct dovecot_editing *e,
                            const struct conf_value *v, const char *path)
{
    return arena_printf(e->arena, "%s = %s%s", v->setting,
                        e->s->is_24 ? "" : "<", path);
}

/* What stands in no block, beside which a global line may stand. */
static const struct conf_setting *neighbour(const struct dovecot_editing *e)
{
    static const char *const names[] = { "ssl_key", "ssl_server_key_file",
                                         "ssl_cert", "ssl_server_cert_file",
                                         "ssl" };

    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        const struct conf_setting *s =
            conf_settings_last(&e->s->all, "", names[i]);
        /* An ssl_server block has names of its own. */
        if (s && strncmp(e->conf->files[s->span.file].text + s->begin, names[i],
                         strlen(names[i])) == 0)
            return s;
    }
    return NULL;
}

static void add(const struct dovecot_editing *e, const struct conf_value *v,
                const char *path, const struct conf_setting *beside)
{
    const char *line = line_for(e, v, path);

    if (!beside)
        beside = neighbour(e);
    if (beside)
        conf_edits_below(e->arena, e->conf, e->out, beside->span.file,
                         beside->end, line);
    else
        conf_edits_append(e->arena, e->conf, e->out, 0, line);
}

/* One of the pair. Where the other stands further in, this one, which others
 * share, gets a line beside it. */
static bool edit_one(const struct dovecot_editing *e,
                     const struct conf_value *v, const char *path,
                     const struct conf_value *other, struct err *err)
{
    const struct conf_setting *own = setting_at(e, v);
    const struct conf_setting *its = setting_at(e, other);
    bool is_further_in =
        its && (!own || strlen(its->block) > strlen(own->block));

    if (!path || (is_same(v->path, path) && !v->broken))
        return true;
    if (!conf_edits_may_name(e->arena, e->conf, v, path, err))
        return false;
    if (own && !is_further_in)
        replace(e, v, path);
    else
        add(e, v, path, its);
    return true;
}

static void switch_on(const struct dovecot_editing *e)
{
    const struct conf_setting *set =
        dovecot_places_switch(e->arena, e->s, e->change->place);

    if (set && !set->is_scattered)
        conf_edits_put(e->arena, e->out, set->span, "yes");
}

bool conf_dovecot_edit(struct arena *a, const struct server_conf *conf,
                       const struct conf_change *change, struct conf_edits *out,
                       struct err *err)
{
    const struct tls_place *p = change->place;
    struct server_conf again = *conf;
    struct dovecot_settings s = { .is_24 = false };
    struct conf_edits edits = { .len = 0 };
    struct dovecot_editing e = { a, conf, &s, change, &edits };

    if (p->cert.doubt)
        return conf_edits_refuse(a, conf, &p->cert, p->cert.doubt, err);
    if (!dovecot_settings_read(a, &again, conf->files[0].path, &s, err) ||
        !edit_one(&e, &p->cert, change->cert_path, &p->key, err) ||
        !edit_one(&e, &p->key, change->key_path, &p->cert, err))
        return false;
    if (p->is_off)
        switch_on(&e);
    if (!conf_edits_prove(a, &(struct conf_trial){ conf, change, &edits }, err))
        return false;
    *out = edits;
    return true;
}
