#include "run/here_server.h"

#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "machine/conf_scratch.h"
#include "run/here_case.h"

static struct pair_files files_of(const struct server_conf *conf,
                                  const struct tls_place *place)
{
    return (struct pair_files){ .root = &conf->root,
                                .cert = place->cert.path,
                                .key = place->key.path,
                                .chain = place->chain.path,
                                .user = conf->user };
}

static struct place_plan new_place(struct server_plan *s,
                                   const struct tls_place *place)
{
    const struct pair_files files = files_of(s->conf, place);
    struct place_plan at = { .place = place };

    if (files.cert)
        pair_fit_read(s->arena, &files, &at.now);
    return at;
}

struct place_plan *here_server_place(struct server_plan *s,
                                     const struct tls_place *place)
{
    for (size_t i = 0; i < s->places_len; i++)
        if (s->places[i].place == place)
            return &s->places[i];
    s->places =
        arena_grow(s->arena, s->places, s->places_len, sizeof *s->places);
    s->places[s->places_len] = new_place(s, place);
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
static const struct place_plan *edited_with(const struct server_plan *s,
                                            const struct tls_place *place)
{
    for (size_t i = 0; i < s->places_len; i++) {
        const struct place_plan *at = &s->places[i];
        if (at->cert &&
            (at->place == place || same_span(&at->place->cert, &place->cert)))
            return at;
    }
    return NULL;
}

/* ---- files in two ---- */

/* FOLDER/cert.pem and FOLDER/chain.pem beside FOLDER/fullchain.pem, for who
 * names them apart; NULL: they are not there. */
static const char *beside(struct arena *a, const char *fullchain,
                          const char *file)
{
    const char *slash = strrchr(fullchain, '/');

    if (!slash || strcmp(slash, "/fullchain.pem") != 0)
        return NULL;
    const char *path =
        arena_printf(a, "%.*s/%s", (int)(slash - fullchain), fullchain, file);
    return file_exists(path) ? path : NULL;
}

static struct pair_files files_then(struct server_plan *s,
                                    const struct tls_place *place,
                                    const struct place_plan *at)
{
    struct pair_files files = files_of(s->conf, place);

    if (!at)
        return files;
    files.key = at->key;
    if (!files.chain) {
        files.cert = at->cert;
        return files;
    }
    files.cert = beside(s->arena, at->cert, "cert.pem");
    files.chain = beside(s->arena, at->cert, "chain.pem");
    return files;
}

/* ---- the bytes ---- */

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

/* The program itself is asked, before anything is offered. */
static bool is_read_so(const struct server_plan *s,
                       const struct conf_change *change,
                       const struct conf_edits *edits, struct err *err)
{
    const struct conf_trial trial = { s->conf, change, edits };
    bool was_asked = false;

    return conf_scratch_ask(s->arena, &trial, &was_asked, err);
}

static bool edit_place(struct server_plan *s, const struct place_plan *at,
                       struct conf_edits *all, struct err *err)
{
    const struct pair_files files = files_then(s, at->place, at);
    const struct conf_change change = {
        .place = at->place,
        .cert_path = files.cert,
        .key_path = files.key,
        .chain_path = files.chain,
    };
    struct conf_edits edits = { .len = 0 };

    if (!files.cert)
        return err_set(err, ERR_INPUT,
                       "It names certificate and chain apart, and %s is one "
                       "file",
                       at->cert);
    return s->conf->kind->edit(s->arena, s->conf, &change, &edits, err) &&
           is_read_so(s, &change, &edits, err) &&
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

/* ---- the next time ---- */

/* "/etc/certmend/hooks/NAME/reload-postfix": run after each renewal. */
static const char *hook_path(struct arena *a, const char *cert,
                             const char *software)
{
    const char *file = strrchr(cert, '/');
    const char *name = file;

    while (name > cert && name[-1] != '/')
        name--;
    size_t above = (size_t)(name - cert);
    static const char live[] = "live/";
    size_t n = sizeof live - 1;
    if (above < n || strncmp(name - n, live, n) != 0)
        return NULL;
    return arena_printf(a, "%.*shooks/%.*s/reload-%s", (int)(above - n), cert,
                        (int)(file - name), name, software);
}

/* Its renewed certificate is one that the server does not know of until it is
 * told. */
static void add_hook(struct server_plan *s, const struct place_plan *at,
                     struct here_change *c)
{
    struct arena *a = s->arena;
    const char *path =
        at->ours ? hook_path(a, at->cert, s->conf->kind->software) : NULL;

    if (!path || !c->reload || file_exists(path))
        return;
    struct act_file *files = arena_alloc(a, c->files_len + 1, sizeof *files);
    for (size_t i = 0; i < c->files_len; i++)
        files[i] = c->files[i];
    const char *text = arena_printf(
        a,
        "#!/bin/sh\n# After each renewal %s reads its files again.\nexec %s\n",
        c->server, here_command(a, c->reload));
    files[c->files_len++] = (struct act_file){
        .path = path, .after = text, .after_len = strlen(text), .mode = 0755
    };
    c->files = files;
}

static void add_hooks(struct server_plan *s, struct here_change *c)
{
    for (size_t i = 0; i < s->places_len; i++) {
        if (s->places[i].ours) {
            add_hook(s, &s->places[i], c);
            return;
        }
    }
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
        if (s->places[i].cert && !edit_place(s, &s->places[i], &all, &err)) {
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
        const struct place_plan *edited = edited_with(s, place);
        const struct pair_files files = files_then(s, place, edited);
        if (!place->is_off && files.cert && files.key)
            goals[c->goals_len++] =
                (struct here_goal){ place, files,
                                    edited ? edited->name : NULL };
    }
    c->goals = goals;
}

static void add_cells(struct server_plan *s, const struct here_finding *f,
                      struct wire_place *places, size_t *len)
{
    const struct place_plan *at = here_server_place(s, f->places[0]);
    const struct place_plan *edited = edited_with(s, f->places[0]);
    const struct cert_list *chain = arena_copy(
        s->arena, edited ? &edited->then : &at->now.chain, sizeof *chain);

    for (size_t i = 0; i < f->cells_len && chain->len; i++)
        places[(*len)++] = (struct wire_place){ f->cells[i], chain };
}

/* Each look at this server, and what it will meet. */
static void set_wire(struct server_plan *s, struct here_change *c)
{
    struct wire_place *places =
        arena_alloc(s->arena, s->report->survey->cells_len + 1, sizeof *places);

    for (size_t i = 0; i < s->here->findings_len; i++) {
        const struct here_finding *f = &s->here->findings[i];
        if (f->conf == s->conf_at && f->places_len)
            add_cells(s, f, places, &c->wire.places_len);
    }
    c->wire.places = places;
    c->wire.survey = s->report->survey;
    c->wire.found = s->report->findings;
}

/* Ports of this server that the survey does not have. */
static void set_others(struct server_plan *s, struct here_change *c)
{
    const struct survey *seen = s->report->survey;
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

static const char *what_of(const struct server_plan *s, const char *server)
{
    const struct place_plan *at = NULL;

    for (size_t i = 0; i < s->places_len && !at; i++)
        at = s->places[i].cert ? &s->places[i] : NULL;
    if (!at)
        return arena_printf(s->arena,
                            "%s: it names the right files, and has to read "
                            "them again",
                            server);
    const char *before = at->place->cert.path;
    return arena_printf(s->arena, "%s: it names %s%s%s", server, at->cert,
                        before ? " instead of " : "", before ? before : "");
}

void here_server_change(struct server_plan *s, struct here_change *out)
{
    const char *server = here_case_title(s->arena, s->conf->kind->software);
    struct here_change c = { .conf = s->conf, .server = server };

    c.what = what_of(s, server);
    if (s->edits) {
        make_edits(s, &c);
        c.check = s->conf->kind->check ? s->conf->kind->check(s->arena, s->conf)
                                       : NULL;
    }
    c.reload = reload_words(s->arena, s->conf);
    if (c.files_len)
        add_hooks(s, &c);
    if (!c.reload)
        here_server_print(s, "It has no way to read its files again but to be "
                             "started anew.");
    set_goals(s, &c);
    set_wire(s, &c);
    set_others(s, &c);
    c.print_only = s->print_only;
    *out = c;
}
