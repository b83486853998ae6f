#include "run/here_look.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "base/shell_word.h"
#include "facts/cell_state.h"
#include "machine/conf_source.h"
#include "run/here_case.h"
#include "run/here_where.h"

const struct word here_kind_words[] = {
    { "right", HERE_RIGHT },
    { "needs_reload", HERE_NEEDS_RELOAD },
    { "map_stale", HERE_MAP_STALE },
    { "names_other_file", HERE_NAMES_OTHER },
    { "overridden", HERE_OVERRIDDEN },
    { "no_tls_here", HERE_NO_TLS },
    { "not_there", HERE_NOT_THERE },
    { "not_readable", HERE_NOT_READABLE },
    { "key_does_not_fit", HERE_KEY_DIFFERS },
    { "chain_missing", HERE_CHAIN_MISSING },
    { "file_is_same", HERE_FILE_IS_SAME },
    { "next_is_worse", HERE_NEXT_IS_WORSE },
    { "printed_only", HERE_PRINTED_ONLY },
    { "not_understood", HERE_NOT_UNDERSTOOD },
    { "not_root", HERE_NOT_ROOT },
    { "no_listener", HERE_NO_LISTENER },
    { NULL, 0 },
};

/* Cells that come to one place of one configuration, or to nothing. */
struct cells_at {
    uint16_t port; /* as it was looked at, where there is no place */
    const struct listener *listener;
    size_t conf;
    const struct tls_place *place;
    size_t *cells;
    size_t len;
};

struct looking {
    struct arena *arena;
    struct evaluation *evaluation;
    const struct report *report;
    struct here_search search;
    struct machine_root own;
    struct here_stock stock;
    struct here_where where;
    struct cells_at *spots;
    size_t spots_len;
    struct here_report out;
};

bool here_kind_is_wrong(enum here_kind kind)
{
    switch (kind) {
    case HERE_RIGHT:
    case HERE_PRINTED_ONLY:
    case HERE_NOT_UNDERSTOOD:
    case HERE_NOT_ROOT:
    case HERE_NO_LISTENER:
        return false;
    default:
        return true;
    }
}

/* ---- its configuration ---- */

/* Several listeners of one process have one. */
static size_t conf_of(struct looking *k, const struct listener *l)
{
    struct here_report *out = &k->out;
    struct err err = { ERR_NONE, "" };

    for (size_t i = 0; i < out->confs_len; i++)
        if (out->confs[i].listener->pid == l->pid)
            return i;
    if (!out->confs)
        out->confs =
            arena_alloc(k->arena, out->listeners.len + 1, sizeof *out->confs);
    struct here_conf *c = &out->confs[out->confs_len];
    *c = (struct here_conf){ .listener = l, .conf.root.fd = -1 };
    if (!l->container && !server_conf_read(k->arena, l, &c->conf, &err)) {
        c->conf = (struct server_conf){ .root.fd = -1 };
        c->why_not = arena_text(k->arena, err.text);
    }
    return out->confs_len++;
}

static bool is_at(const struct tls_place *p, const struct connect_place *where)
{
    return p->port == where->port &&
           (!p->address || here_where_is_any(p->address) ||
            strcmp(p->address, where->address) == 0);
}

/* Of several that fit alike the one whose file is what was shown, then the one
 * with a key of that type. */
static int likeness(struct looking *k, const struct server_conf *conf,
                    const struct tls_place *p, const struct cert *shown)
{
    struct here_file file;

    if (!shown || !p->cert.path)
        return 0;
    here_file_read(k->arena, conf, p, &file);
    const struct cert *leaf = file.chain.len ? &file.chain.items[0].cert : NULL;
    if (!leaf)
        return 0;
    return strcmp(leaf->sha256_hex, shown->sha256_hex) == 0 ? 2
           : leaf->key_type == shown->key_type              ? 1
                                                            : 0;
}

/* Whoever comes to one address first, then whoever asks for a name. */
static int nearness(const struct tls_place *p, const char *sni)
{
    enum { BY_ADDRESS = 100 };
    bool one = p->address && !here_where_is_any(p->address);
    int fit = tls_place_fit(p, sni);

    return fit && one ? fit + BY_ADDRESS : fit;
}

static const struct tls_place *place_of(struct looking *k,
                                        const struct server_conf *conf,
                                        const struct connect_place *where,
                                        const struct cell *c)
{
    const struct cert *shown = cell_leaf(k->report->survey, c);
    const struct tls_place *best = NULL;
    int most = 0;
    int like = 0;

    for (size_t i = 0; i < conf->places_len; i++) {
        const struct tls_place *p = &conf->places[i];
        int fit = is_at(p, where) ? nearness(p, c->sni) : 0;
        if (!fit || fit < most)
            continue;
        int alike = fit == most && best ? likeness(k, conf, p, shown) : 0;
        if (fit == most && like == 0 && best)
            like = likeness(k, conf, best, shown);
        if (fit > most || alike > like) {
            best = p;
            like = fit > most ? 0 : alike;
            most = fit;
        }
    }
    return best;
}

/* ---- cells by place ---- */

static void add_cell(struct looking *k, const struct cells_at *where,
                     size_t cell)
{
    struct cells_at *s = NULL;

    for (size_t i = 0; i < k->spots_len && !s; i++) {
        struct cells_at *there = &k->spots[i];
        if (there->listener == where->listener && there->conf == where->conf &&
            there->place == where->place && there->port == where->port)
            s = there;
    }
    if (!s) {
        k->spots =
            arena_grow(k->arena, k->spots, k->spots_len, sizeof *k->spots);
        s = &k->spots[k->spots_len++];
        *s = *where;
    }
    s->cells = arena_grow(k->arena, s->cells, s->len, sizeof *s->cells);
    s->cells[s->len++] = cell;
}

static void sort_cell(struct looking *k, size_t i)
{
    const struct survey *s = k->report->survey;
    const struct cell *c = &s->cells[i];
    struct connect_place where =
        connect_to_place(&k->evaluation->options->probe.connect_to, c->host,
                         c->address, c->port);
    struct cells_at spot = { .port = c->port, .conf = SIZE_MAX };

    if (!c->asked || (c->key_type != KEY_UNKNOWN && !c->chain_len) ||
        !here_where_is_own(&k->where, where.address))
        return;
    k->out.is_here = true;
    if (c->connect.outcome != OUTCOME_OK && s->target.port != c->port)
        return;
    spot.listener = here_where_listener(&k->out.listeners, &where);
    if (spot.listener && spot.listener->pid)
        spot.conf = conf_of(k, spot.listener);
    if (spot.conf != SIZE_MAX && k->out.confs[spot.conf].conf.kind &&
        !k->out.confs[spot.conf].why_not)
        spot.place = place_of(k, &k->out.confs[spot.conf].conf, &where, c);
    add_cell(k, &spot, i);
}

/* ---- findings ---- */

static bool has_value(const struct conf_value *v)
{
    return v->setting && !v->is_default && v->span.line;
}

/* Why no program of ours is to write there; a reload writes nothing. */
static const char *why_not_edited(struct arena *a, const struct here_conf *c,
                                  const struct tls_place *p,
                                  const struct here_finding *f)
{
    const struct server_conf *conf = &c->conf;
    bool key_stays =
        f->wanted_key && p->key.path && strcmp(f->wanted_key, p->key.path) == 0;

    if (conf->print_only)
        return conf->print_only;
    if (p->is_off)
        return "To switch TLS on takes more than the name of a file: "
               "\"certmend fix\" without --here says what.";
    if (!conf->kind->edit)
        return arena_printf(a,
                            "certmend does not write the configuration of %s.",
                            here_case_title(a, conf->kind->software));
    if (p->cert.doubt || (p->key.doubt && !key_stays))
        return p->cert.doubt ? p->cert.doubt : p->key.doubt;
    return has_value(&p->cert) ? conf->files[p->cert.span.file].hands_off
                               : NULL;
}

static const char *command_line(struct arena *a, const char *const *words)
{
    struct buf out;

    buf_init(&out, a, 1000);
    for (; words && *words; words++) {
        if (out.len)
            buf_char(&out, ' ');
        shell_word(&out, *words);
    }
    return out.len ? out.text : NULL;
}

/* The value that is to blame. Of certificate and key that are no pair it is the
 * one that serves somebody else. */
static const struct conf_value *culprit(const struct cells_at *s,
                                        const struct here_finding *f)
{
    const struct tls_place *p = s->place;

    if (f->kind == HERE_NO_TLS && has_value(&p->off))
        return &p->off;
    if (f->kind == HERE_MAP_STALE && has_value(&p->map))
        return &p->map;
    if (f->key_is_wrong && has_value(&p->key))
        return &p->key;
    return &p->cert;
}

static void fill_place(struct looking *k, const struct here_conf *c,
                       const struct cells_at *s, struct here_finding *f)
{
    struct arena *a = k->arena;
    const struct tls_place *p = s->place;

    f->places = arena_grow(a, NULL, 0, sizeof *f->places); /* may get more */
    f->places[0] = p;
    f->places_len = 1;
    f->setting = p->cert.setting;
    f->reload = command_line(a, c->conf.kind->reload(a, &c->conf));
    const struct conf_value *v = culprit(s, f);
    if (has_value(v)) {
        f->setting = v->setting;
        f->file = conf_file_shown(a, &c->conf, v->span);
        f->line = v->span.line;
    }
    if (f->kind == HERE_NEEDS_RELOAD)
        f->why_not = c->listener->container ? c->conf.print_only : NULL;
    else if (here_kind_is_wrong(f->kind))
        f->why_not = why_not_edited(a, c, p, f);
}

static bool judge_place(struct looking *k, const struct cells_at *s,
                        struct here_finding *f, struct err *err)
{
    const struct here_conf *c = &k->out.confs[s->conf];
    struct here_case at = { .search = &k->search,
                            .conf = c,
                            .place = s->place,
                            .cells = s->cells,
                            .cells_len = s->len };

    if (s->place->cert.path)
        here_file_read(k->arena, &c->conf, s->place, &at.file);
    if (!here_case_judge(&at, f, err))
        return false;
    fill_place(k, c, s, f);
    return true;
}

/* There is no place to judge. */
static void tell_none(struct looking *k, const struct cells_at *s,
                      struct here_finding *f)
{
    struct arena *a = k->arena;
    const struct here_conf *c =
        s->conf == SIZE_MAX ? NULL : &k->out.confs[s->conf];

    if (!s->listener)
        f->kind = HERE_NO_LISTENER;
    else if (!c || (c->why_not && geteuid() != 0 &&
                    strstr(c->why_not, strerror(EACCES))))
        f->kind = HERE_NOT_ROOT;
    else if (c->listener->container) {
        f->kind = HERE_PRINTED_ONLY;
        f->why_not = arena_printf(
            a,
            "It runs in %s: change it where that is set up, or its next "
            "start brings the old files back.",
            c->listener->container);
    } else if (c->conf.print_only) {
        f->kind = HERE_PRINTED_ONLY;
        f->why_not = c->conf.print_only;
    } else {
        f->kind = HERE_NOT_UNDERSTOOD;
        f->why =
            c->why_not ? c->why_not : "its configuration says nothing of it";
    }
}

static bool judge_spot(struct looking *k, const struct cells_at *s,
                       struct here_finding *f, struct err *err)
{
    const struct here_conf *c =
        s->conf == SIZE_MAX ? NULL : &k->out.confs[s->conf];
    uint16_t *port = arena_alloc(k->arena, 1, sizeof *port);

    *port = s->port;
    *f = (struct here_finding){ .ports = port,
                                .ports_len = 1,
                                .cells = s->cells,
                                .cells_len = s->len,
                                .conf = s->conf };
    if (c) {
        const struct server_kind *kind =
            c->conf.kind ? c->conf.kind : server_kind_of(c->listener);
        f->software = kind ? kind->software : NULL;
    }
    if (s->place)
        return judge_place(k, s, f, err);
    tell_none(k, s, f);
    return true;
}

static bool same_text(const char *a, const char *b)
{
    return a && b ? strcmp(a, b) == 0 : a == b;
}

/* The same is the matter with both: they are told, and mended, as one. */
static bool is_same(const struct here_finding *a, const struct here_finding *b)
{
    return a->kind == b->kind && a->conf == b->conf && a->line == b->line &&
           same_text(a->file, b->file) && same_text(a->names, b->names) &&
           same_text(a->wanted_cert, b->wanted_cert) &&
           same_text(a->why, b->why) && same_text(a->why_not, b->why_not) &&
           a->shown == b->shown;
}

static void take_ports(struct arena *a, struct here_finding *to,
                       const struct here_finding *from)
{
    uint16_t *ports = arena_alloc(a, to->ports_len + 1, sizeof *ports);
    size_t len = 0;
    uint16_t more = from->ports[0];

    for (size_t i = 0; i < to->ports_len; i++) {
        if (more && more <= to->ports[i]) {
            if (more < to->ports[i])
                ports[len++] = more;
            more = 0;
        }
        ports[len++] = to->ports[i];
    }
    if (more)
        ports[len++] = more;
    to->ports = ports;
    to->ports_len = len;
}

static void merge(struct arena *a, struct here_finding *to,
                  const struct here_finding *from)
{
    size_t len = to->cells_len + from->cells_len;
    size_t *cells = arena_alloc(a, len, sizeof *cells);

    memcpy(cells, to->cells, to->cells_len * sizeof *cells);
    memcpy(cells + to->cells_len, from->cells, from->cells_len * sizeof *cells);
    to->cells = cells;
    to->cells_len = len;
    take_ports(a, to, from);
    for (size_t i = 0; i < from->places_len; i++) {
        to->places =
            arena_grow(a, to->places, to->places_len, sizeof *to->places);
        to->places[to->places_len++] = from->places[i];
    }
}

static void keep(struct looking *k, const struct here_finding *f)
{
    struct here_report *out = &k->out;

    for (size_t i = 0; i < out->findings_len; i++) {
        if (is_same(&out->findings[i], f)) {
            merge(k->arena, &out->findings[i], f);
            return;
        }
    }
    out->findings = arena_grow(k->arena, out->findings, out->findings_len,
                               sizeof *out->findings);
    out->findings[out->findings_len++] = *f;
}

/* What other places name may be the right one for this. */
static void stock_places(struct looking *k)
{
    here_stock_usual(&k->stock);
    for (size_t i = 0; i < k->out.confs_len; i++) {
        const struct server_conf *c = &k->out.confs[i].conf;
        for (size_t n = 0; n < c->places_len; n++) {
            const struct tls_place *p = &c->places[n];
            const struct conf_value *over = p->cert.over;
            if (p->cert.path)
                here_stock_file(&k->stock, p->cert.path);
            if (p->key.path)
                here_stock_file(&k->stock, p->key.path);
            if (over && over->path)
                here_stock_file(&k->stock, over->path);
        }
    }
}

static bool judge_all(struct looking *k, struct err *err)
{
    stock_places(k);
    for (size_t i = 0; i < k->spots_len; i++) {
        struct here_finding f;
        if (!judge_spot(k, &k->spots[i], &f, err))
            return false;
        keep(k, &f);
    }
    for (size_t i = 0; i < k->out.findings_len; i++)
        here_case_word(k->arena, k->report->survey, &k->out,
                       &k->out.findings[i]);
    return true;
}

static bool look(struct looking *k, const char *proc, struct err *err)
{
    const struct survey *s = k->report->survey;

    if (!here_where_read(k->arena, &k->where, err) ||
        !listeners_find(k->arena, proc, &k->out.listeners, err))
        return false;
    for (size_t i = 0; i < s->cells_len; i++)
        sort_cell(k, i);
    if (!k->out.is_here) {
        k->out.not_here = here_where_not(k->arena, &s->target);
        return true;
    }
    return judge_all(k, err);
}

bool here_look(struct arena *a, struct evaluation *j, const struct report *r,
               const char *proc, struct here_report *out, struct err *err)
{
    struct looking k = { .arena = a, .evaluation = j, .report = r };

    if (!machine_root_open(a, "/", &k.own, err))
        return false;
    k.stock = (struct here_stock){ .arena = a, .root = &k.own };
    k.search = (struct here_search){ a, j, r, &k.stock };
    bool good = look(&k, proc, err);
    machine_root_close(&k.own);
    if (!good) {
        here_close(&k.out);
        return err_add(err, "looking at this machine");
    }
    *out = k.out;
    return true;
}

void here_close(struct here_report *h)
{
    for (size_t i = 0; i < h->confs_len; i++)
        server_conf_close(&h->confs[i].conf);
}
