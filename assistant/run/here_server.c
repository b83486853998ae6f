#include "run/here_server.h"

#include <ctype.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

struct pair_files here_server_files(const struct server_conf *conf,
                                    const struct tls_place *place)
{
    return (struct pair_files){ .root = &conf->root,
                                .cert = place->cert.path,
                                .key = place->key.path,
                                .chain = place->chain.path,
                                .user = conf->user };
}

struct place_plan *here_server_place(struct server_plan *s,
                                     const struct tls_place *place)
{
    for (size_t i = 0; i < s->places_len; i++)
        if (s->places[i].place == place)
            return &s->places[i];
    s->places =
        arena_grow(s->arena, s->places, s->places_len, sizeof *s->places);
    s->places[s->places_len] = (struct place_plan){ .place = place };
    return &s->places[s->places_len++];
}

void here_server_print(struct server_plan *s, const char *why)
{
    if (why && !s->print_only)
        s->print_only = why;
}

/* ---- the change ---- */

static bool same_span(const struct conf_value *a, const struct conf_value *b)
{
    return a->span.len && a->span.file == b->span.file &&
           a->span.at == b->span.at;
}

/* Places that share the edited lines change with them. */
static void spread(struct server_plan *s)
{
    for (size_t i = 0; i < s->places_len; i++)
        for (size_t k = 0; k < s->places_len && !s->places[i].better; k++) {
            const struct place_plan *edited = &s->places[k];
            if (edited->better &&
                same_span(&s->places[i].place->cert, &edited->place->cert)) {
                s->places[i].better = edited->better;
                s->places[i].then = edited->then;
            }
        }
}

static bool add_edits(struct server_plan *s, const struct conf_edits *more,
                      struct conf_edits *all, struct err *err)
{
    for (size_t i = 0; i < more->len; i++) {
        const struct conf_edit *e = &more->items[i];
        bool known = false;
        for (size_t k = 0; k < all->len && !known; k++) {
            const struct conf_edit *old = &all->items[k];
            known =
                old->span.file == e->span.file && old->span.at == e->span.at;
            if (known && (old->text_len != e->text_len ||
                          memcmp(old->text, e->text, e->text_len) != 0))
                return err_set(err, ERR_INPUT,
                               "%s:%zu would have to say two things",
                               s->conf->files[e->span.file].path, e->span.line);
        }
        if (known)
            continue;
        all->items =
            arena_grow(s->arena, all->items, all->len, sizeof *all->items);
        all->items[all->len++] = *e;
    }
    return true;
}

static bool edit_place(struct server_plan *s, const struct place_plan *at,
                       struct conf_edits *all, struct err *err)
{
    bool apart = at->place->chain.path != NULL;
    const struct conf_change change = {
        .place = at->place,
        .cert_path = apart ? at->better->leaf : at->better->fullchain,
        .key_path = at->better->key,
        .chain_path = apart ? at->better->chain : NULL,
    };
    struct conf_edits edits = { .len = 0 };

    return s->conf->kind->edit(s->arena, s->conf, &change, &edits, err) &&
           add_edits(s, &edits, all, err);
}

static void sort_edits(struct conf_edits *all)
{
    for (size_t i = 1; i < all->len; i++)
        for (size_t k = i; k; k--) {
            struct conf_edit *a = &all->items[k - 1], *b = &all->items[k];
            if (a->span.file < b->span.file ||
                (a->span.file == b->span.file && a->span.at <= b->span.at))
                break;
            struct conf_edit swapped = *a;
            *a = *b;
            *b = swapped;
        }
}

static bool touches(const struct conf_edits *all, size_t file)
{
    for (size_t i = 0; i < all->len; i++)
        if (all->items[i].span.file == file)
            return true;
    return false;
}

static void write_files(struct server_plan *s, const struct conf_edits *all,
                        struct here_change *c)
{
    struct arena *a = s->arena;
    struct act_file *files =
        arena_alloc(a, s->conf->files_len + 1, sizeof *files);

    for (size_t i = 0; i < s->conf->files_len; i++) {
        const struct machine_file *f = &s->conf->files[i];
        if (!touches(all, i))
            continue;
        struct act_file *to = &files[c->files_len++];
        *to = (struct act_file){ .path = f->resolved,
                                 .before = f->text,
                                 .before_len = f->len,
                                 .mode = f->mode };
        conf_edits_apply(a, s->conf, all, i, &to->after, &to->after_len);
        here_server_print(s, f->hands_off);
        if (f->links > 1)
            here_server_print(
                s, arena_printf(a,
                                "%s has a second name (a hard link), "
                                "which would keep the old text.",
                                f->path));
    }
    c->files = files;
}

static void make_edits(struct server_plan *s, struct here_change *c)
{
    struct conf_edits all = { .len = 0 };
    struct err err;

    if (!s->conf->kind->edit) {
        here_server_print(s,
                          "Its configuration is read here, and not written.");
        return;
    }
    for (size_t i = 0; i < s->places_len; i++) {
        if (s->places[i].better && !edit_place(s, &s->places[i], &all, &err)) {
            here_server_print(s, arena_printf(s->arena, "%s.", err.text));
            return;
        }
    }
    sort_edits(&all);
    write_files(s, &all, c);
}

/* ---- what is run ---- */

static bool has_systemd(void)
{
    return access("/run/systemd/system", F_OK) == 0;
}

static const char *const *reload_words(struct arena *a,
                                       const struct server_conf *conf)
{
    const char *unit = conf->listener ? conf->listener->unit : NULL;

    if (!unit || !has_systemd())
        return conf->kind->reload ? conf->kind->reload(a, conf) : NULL;
    const char **words = arena_alloc(a, 4, sizeof *words);
    words[0] = "systemctl";
    words[1] = "reload";
    words[2] = unit;
    return words;
}

/* Every place that it will read: one with a key that does not fit harms it,
 * whoever it is for. */
static void set_goals(struct server_plan *s, struct here_change *c)
{
    struct here_goal *goals =
        arena_alloc(s->arena, s->conf->places_len + 1, sizeof *goals);

    for (size_t i = 0; i < s->conf->places_len; i++) {
        const struct tls_place *place = &s->conf->places[i];
        struct pair_files files = here_server_files(s->conf, place);
        const struct here_pair *better = NULL;
        for (size_t k = 0; k < s->places_len; k++)
            if (s->places[k].better &&
                (s->places[k].place == place ||
                 same_span(&s->places[k].place->cert, &place->cert)))
                better = s->places[k].better;
        if (better) {
            files.cert = files.chain ? better->leaf : better->fullchain;
            files.chain = files.chain ? better->chain : NULL;
            files.key = better->key;
        }
        if (!place->is_off && files.cert && files.key)
            goals[c->goals_len++] = (struct here_goal){ place, files };
    }
    c->goals = goals;
}

/* Each look at this server, and what it will meet. */
static void set_wire(struct server_plan *s, struct here_change *c)
{
    const struct here_plan_request *r = s->request;
    struct wire_place *places =
        arena_alloc(s->arena, r->spots_len + 1, sizeof *places);

    for (size_t i = 0; i < r->spots_len; i++) {
        const struct here_spot *spot = &r->spots[i];
        if (spot->conf != s->conf)
            continue;
        const struct place_plan *at = here_server_place(s, spot->place);
        const struct pair_fit *fit = at->better ? &at->then : &at->now;
        if (fit->chain.len)
            places[c->wire.places_len++] =
                (struct wire_place){ spot->cell, &fit->chain };
    }
    c->wire.places = places;
    c->wire.survey = r->report->survey;
    c->wire.found = r->report->findings;
}

/* Ports of this server that the survey does not have. */
static void set_others(struct server_plan *s, struct here_change *c)
{
    const struct survey *seen = s->request->report->survey;
    uint16_t *ports =
        arena_alloc(s->arena, s->conf->places_len + 1, sizeof *ports);

    for (size_t i = 0; i < s->conf->places_len; i++) {
        uint16_t port = s->conf->places[i].port;
        bool known = !port;
        for (size_t k = 0; k < seen->cells_len && !known; k++)
            known = seen->cells[k].port == port;
        for (size_t k = 0; k < c->wire.others_len && !known; k++)
            known = ports[k] == port;
        if (!known)
            ports[c->wire.others_len++] = port;
    }
    c->wire.others = ports;
}

/* ---- in words ---- */

static const char *name_of(struct arena *a, const char *software)
{
    static const char *const otherwise[] = { "nginx", "HAProxy", "OpenSMTPD" };

    for (size_t i = 0; i < sizeof otherwise / sizeof *otherwise; i++)
        if (strcasecmp(otherwise[i], software) == 0)
            return otherwise[i];
    return arena_printf(a, "%c%s", toupper((unsigned char)software[0]),
                        software + 1);
}

static const struct place_plan *first_edited(const struct server_plan *s)
{
    for (size_t i = 0; i < s->places_len; i++)
        if (s->places[i].better)
            return &s->places[i];
    return NULL;
}

static const char *what_of(const struct server_plan *s, const char *server)
{
    const struct place_plan *at = first_edited(s);

    if (!at)
        return arena_printf(s->arena,
                            "%s: it names the right files, and has to read "
                            "them again",
                            server);
    const char *before = at->place->cert.path;
    return arena_printf(s->arena, "%s: it names %s%s%s", server,
                        at->better->fullchain, before ? " instead of " : "",
                        before ? before : "");
}

void here_server_change(struct server_plan *s, struct here_change *out)
{
    const char *server = name_of(s->arena, s->conf->kind->software);
    struct here_change c = { .conf = s->conf, .server = server };

    spread(s);
    c.what = what_of(s, server);
    if (s->edits) {
        make_edits(s, &c);
        c.check = s->conf->kind->check ? s->conf->kind->check(s->arena, s->conf)
                                       : NULL;
    }
    c.reload = reload_words(s->arena, s->conf);
    if (!c.reload)
        here_server_print(s, "It has no way to read its files again but to be "
                             "started anew.");
    set_goals(s, &c);
    set_wire(s, &c);
    set_others(s, &c);
    c.print_only = s->print_only;
    *out = c;
}
