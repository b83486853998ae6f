#include <string.h>

#include "machine/conf_edits.h"
#include "machine/conf_postfix.h"
#include "machine/postfix_places.h"

struct postfix_editing {
    struct arena *arena;
    const struct server_conf *conf;
    const struct postfix_settings *s;
    const struct conf_change *change;
    const char *block; /* whose "-o" count */
    struct conf_edits *out;
};

static const struct conf_setting *set_in(const struct postfix_editing *e,
                                         const char *block, const char *name)
{
    return conf_settings_last(&e->s->all, block, name);
}

/* Is it given to the service itself? */
static const struct conf_setting *of_service(const struct postfix_editing *e,
                                             const char *name)
{
    return set_in(e, e->block, name);
}

static void add_to_main(const struct postfix_editing *e, const char *name,
                        const char *value, const char *beside)
{
    const struct conf_setting *at = set_in(e, "", beside);
    const char *line = arena_printf(e->arena, "%s = %s", name, value);

    if (at)
        conf_edits_below(e->arena, e->conf, e->out, e->s->main, at->end, line);
    else
        conf_edits_append(e->arena, e->conf, e->out, e->s->main, line);
}

static void add_to_service(const struct postfix_editing *e, const char *name,
                           const char *value, const char *beside)
{
    const struct machine_file *f = &e->conf->files[e->s->master];
    const struct conf_setting *at = of_service(e, beside);
    const char *option = arena_printf(e->arena, "-o %s=%s", name, value);
    struct conf_span span = { .file = e->s->master };

    if (at && conf_is_first(f, at->begin)) {
        conf_edits_below(e->arena, e->conf, e->out, e->s->master, at->end,
                         option);
        return;
    }
    for (size_t i = 0; i < e->s->services_len; i++)
        if (strcmp(e->s->services[i].block, e->block) == 0)
            span.at = e->s->services[i].end;
    if (at)
        span.at = at->end;
    span.line = conf_line_of(f, span.at);
    conf_edits_put(e->arena, e->out, span,
                   at ? arena_printf(e->arena, " %s", option)
                      : arena_printf(e->arena, "%s  %s",
                                     conf_line_end(f, span.at), option));
}

static bool is_same(const char *one, const char *two)
{
    return one && two && strcmp(one, two) == 0;
}

/* Would the key be the right one once the certificate is? Where it is not set
 * itself, it is in the certificate's file. */
static bool key_follows(const struct postfix_editing *e)
{
    const struct conf_change *c = e->change;
    const char *setting = c->place->cert.setting;
    struct postfix_value key = postfix_settings_value(
        e->arena, e->conf, e->s, e->block, c->place->key.setting);
    const char *cert = c->cert_path ? c->cert_path : c->place->cert.path;

    if (!c->key_path)
        return true;
    if (strcmp(key.literal, arena_printf(e->arena, "$%s", setting)) == 0 ||
        strcmp(key.literal, arena_printf(e->arena, "${%s}", setting)) == 0)
        return is_same(cert, c->key_path);
    return is_same(c->place->key.path, c->key_path);
}

/* One of the pair: the other is `beside`. */
static bool edit_one(const struct postfix_editing *e,
                     const struct conf_value *value, const char *path,
                     bool is_of_service, const char *beside, struct err *err)
{
    const struct conf_setting *own = of_service(e, value->setting);
    bool is_set = is_of_service ? own != NULL : !value->is_default;

    if (!path)
        return true;
    if (is_set)
        return conf_edits_value(e->arena, e->conf, e->out, value, path, err);
    if (!conf_edits_may_name(e->arena, e->conf, value, path, err))
        return false;
    if (is_of_service)
        add_to_service(e, value->setting, path, beside);
    else
        add_to_main(e, value->setting, path, beside);
    return true;
}

/* Where one of them is the service's own, main.cf is for others. */
static bool edit_pair(const struct postfix_editing *e, struct err *err)
{
    const struct conf_change *c = e->change;
    const struct tls_place *p = c->place;
    bool is_of_service =
        of_service(e, p->cert.setting) || of_service(e, p->key.setting);
    bool is_there = is_same(p->cert.path, c->cert_path);

    if (!edit_one(e, &p->cert, is_there ? NULL : c->cert_path, is_of_service,
                  p->key.setting, err))
        return false;
    return edit_one(e, &p->key, key_follows(e) ? NULL : c->key_path,
                    is_of_service, p->cert.setting, err);
}

/* Both in one file may become two, and two one: the key is first. */
static bool edit_list(const struct postfix_editing *e, struct err *err)
{
    const struct conf_change *c = e->change;
    const struct conf_value *cert = &c->place->cert, *key = &c->place->key;
    const char *new_cert = c->cert_path ? c->cert_path : cert->path;
    const char *new_key = c->key_path ? c->key_path : key->path;
    bool is_one = cert->span.at == key->span.at;
    bool becomes_one = is_same(new_cert, new_key);
    struct conf_span both = key->span;

    if (is_one == becomes_one)
        return conf_edits_value(e->arena, e->conf, e->out, key, new_key, err) &&
               (is_one || conf_edits_value(e->arena, e->conf, e->out, cert,
                                           new_cert, err));
    if (!new_cert || !new_key)
        return conf_edits_refuse(e->arena, e->conf, cert,
                                 "it is not clear what it names now.", err);
    if (!conf_edits_may_name(e->arena, e->conf, cert, new_cert, err) ||
        !conf_edits_may_name(e->arena, e->conf, key, new_key, err))
        return false;
    both.len = cert->span.at + cert->span.len - key->span.at;
    if (both.line != cert->span.line)
        return conf_edits_refuse(e->arena, e->conf, cert,
                                 "the key stands in another line.", err);
    conf_edits_put(e->arena, e->out, both,
                   becomes_one
                       ? new_cert
                       : arena_printf(e->arena, "%s,%s", new_key, new_cert));
    return true;
}

static void switch_on(const struct postfix_editing *e)
{
    static const char level[] = "smtpd_tls_security_level";
    struct postfix_value now =
        postfix_settings_value(e->arena, e->conf, e->s, e->block, level);

    if (now.set && now.set->span.len)
        conf_edits_put(e->arena, e->out, now.set->span, "may");
    else if (now.set)
        conf_edits_put(e->arena, e->out, now.set->span, " may");
    else
        add_to_main(e, level, "may", "smtpd_tls_cert_file");
}

bool conf_postfix_edit(struct arena *a, const struct server_conf *conf,
                       const struct conf_change *change, struct conf_edits *out,
                       struct err *err)
{
    const struct tls_place *place = change->place;
    struct server_conf again = *conf;
    struct postfix_settings s = { .main = 0 };
    struct conf_edits edits = { .len = 0 };
    struct postfix_editing e = { a, conf, &s, change, NULL, &edits };

    if (!place->cert.setting)
        return err_set(err, ERR_INPUT,
                       "%s: it is not clear what names its certificate",
                       place->service);
    if (place->cert.doubt)
        return conf_edits_refuse(a, conf, &place->cert, place->cert.doubt, err);
    if (!postfix_settings_read(a, &again, &s, err))
        return false;
    e.block = postfix_places_block(&s, place);
    if (strcmp(place->cert.setting, "smtpd_tls_chain_files") == 0
            ? !edit_list(&e, err)
            : !edit_pair(&e, err))
        return false;
    if (place->is_off)
        switch_on(&e);
    if (!conf_edits_prove(a, &(struct conf_trial){ conf, change, &edits }, err))
        return false;
    *out = edits;
    return true;
}
