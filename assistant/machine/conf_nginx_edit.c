#include <string.h>

#include "machine/conf_edits.h"
#include "machine/conf_nginx.h"
#include "machine/nginx_places.h"

struct nginx_editing {
    struct arena *arena;
    const struct server_conf *conf;
    const struct nginx_settings *s;
    const struct conf_change *change;
    struct nginx_server from;
    struct conf_edits *out;
};

/* Below the server's "listen", or behind the brace that opens it. */
static void add_line(const struct nginx_editing *e, const char *line)
{
    long beside = e->from.listen >= 0 ? e->from.listen : e->from.server;
    const struct nginx_directive *d = &e->s->items[beside];

    conf_edits_below(e->arena, e->conf, e->out, d->words[0].span.file, d->end,
                     line);
}

static bool edit_one(const struct nginx_editing *e, const struct conf_value *v,
                     const char *path, struct err *err)
{
    if (!path || (v->path && strcmp(v->path, path) == 0))
        return true;
    if (!v->is_default)
        return conf_edits_value(e->arena, e->conf, e->out, v, path, err);
    if (!conf_edits_may_name(e->arena, e->conf, v, path, err))
        return false;
    add_line(e, arena_printf(e->arena, "%s %s;", v->setting, path));
    return true;
}

/* Ports on which TLS is spoken from the first byte on. */
static bool is_port_of_tls(uint16_t port)
{
    static const uint16_t ports[] = { 443, 465, 993, 995 };

    for (size_t i = 0; i < sizeof ports / sizeof *ports; i++)
        if (ports[i] == port)
            return true;
    return false;
}

static bool add_to_listen(const struct nginx_editing *e)
{
    struct conf_span span;

    if (e->from.listen < 0)
        return false;
    span = e->s->items[e->from.listen].words[1].span;
    span.at = e->s->items[e->from.listen].words[1].end;
    span.len = 0;
    conf_edits_put(e->arena, e->out, span, " ssl");
    return true;
}

static void start_tls(const struct nginx_editing *e)
{
    const long blocks[] = { e->from.server,
                            e->s->items[e->from.server].parent };

    for (size_t i = 0; i < 2; i++) {
        long d = nginx_settings_find(e->s, blocks[i], "starttls", -1);
        if (d < 0 || e->s->items[d].len != 2)
            continue;
        conf_edits_put(e->arena, e->out, e->s->items[d].words[1].span, "on");
        return;
    }
    add_line(e, "starttls on;");
}

static bool switch_on(const struct nginx_editing *e, struct err *err)
{
    const struct tls_place *p = e->change->place;

    if (is_port_of_tls(p->port) && add_to_listen(e))
        return true;
    if (strcmp(p->service, "mail") == 0 && !is_port_of_tls(p->port)) {
        start_tls(e);
        return true;
    }
    return err_set(err, ERR_INPUT,
                   "%s: port %d of this server has no TLS, and is not one that "
                   "usually has it",
                   conf_span_place(e->arena, e->conf,
                                   e->s->items[e->from.server].words[0].span),
                   (int)p->port);
}

bool conf_nginx_edit(struct arena *a, const struct server_conf *conf,
                     const struct conf_change *change, struct conf_edits *out,
                     struct err *err)
{
    const struct tls_place *p = change->place;
    struct server_conf again = *conf;
    struct nginx_settings s = { .len = 0 };
    struct conf_edits edits = { .len = 0 };
    const struct nginx_server *servers = NULL;
    struct nginx_editing e = {
        .arena = a, .conf = conf, .s = &s, .change = change, .out = &edits
    };

    if (p->cert.doubt)
        return conf_edits_refuse(a, conf, &p->cert, p->cert.doubt, err);
    again.places = NULL;
    again.places_len = 0;
    if (!nginx_settings_read(a, &again, conf->files[0].path, &s, err) ||
        !nginx_places(a, &again, &s, &servers, err))
        return false;
    if (again.places_len != conf->places_len)
        return err_set(err, ERR_INPUT, "%s was changed while it was read",
                       conf_shown(a, conf->files[0].path));
    e.from = servers[p - conf->places];
    if ((p->is_off && !switch_on(&e, err)) ||
        !edit_one(&e, &p->cert, change->cert_path, err) ||
        !edit_one(&e, &p->key, change->key_path, err) ||
        !conf_edits_prove(a, &(struct conf_trial){ conf, change, &edits }, err))
        return false;
    *out = edits;
    return true;
}
