#include "machine/conf_haproxy.h"

#include <stdlib.h>
#include <string.h>

#include "crypto/x509_read.h"
#include "machine/ask_program.h"
#include "machine/conf_haproxy_text.h"
#include "machine/conf_splice.h"

enum { PEM_MAX = 256 * 1024, RANGE_MAX = 100 };

/* A certificate at a port. */
struct haproxy_entry {
    struct tls_place place;   /* for whoever names nobody, or no known one */
    struct text_list filters; /* names; without any it is those in it */
    bool is_default;
};

struct haproxy_conf {
    struct haproxy_text text;
    struct haproxy_entry *entries;
    size_t len;
};

bool conf_haproxy_is_it(const struct listener *l)
{
    const char *slash = l->program ? strrchr(l->program, '/') : NULL;

    return slash && strcmp(slash + 1, "haproxy") == 0;
}

static bool add_entry(struct arena *a, struct haproxy_conf *h,
                      const struct haproxy_entry *entry, struct err *err)
{
    if (h->len == CONF_PLACES_MAX)
        return err_set(err, ERR_INPUT,
                       "HAProxy's configuration cannot be followed: it has "
                       "more than %d certificates",
                       (int)CONF_PLACES_MAX);
    h->entries = arena_grow(a, h->entries, h->len, sizeof *h->entries);
    h->entries[h->len++] = *entry;
    return true;
}

static bool is_there(struct arena *a, const struct server_conf *conf,
                     const char *path)
{
    const char *const *found = NULL;
    size_t len = 0;
    struct err err;

    return !strpbrk(path, "*?[") &&
           machine_file_glob(a, &conf->root, path, &found, &len, &err) && len;
}

/* FILE.key beside it, or in it. */
static const char *key_of(struct arena *a, const struct server_conf *conf,
                          const char *path)
{
    const char *key = arena_printf(a, "%s.key", path);

    return is_there(a, conf, key) ? key : path;
}

static const char *doubt_of(const struct haproxy_bind *b,
                            const struct haproxy_word *word, const char *path)
{
    if (word->has_variable)
        return "There is a variable in it.";
    if (word->text[0] == '@')
        return "It is an entry of a crt-store.";
    if (path[0] != '/')
        return "It does not name a file by its whole path.";
    if (b->is_conditional)
        return "It counts under a condition, between .if and .endif.";
    if (!word->is_plain)
        return "It is written with quotes or backslashes in it.";
    return NULL;
}

static void set_cert(struct arena *a, struct haproxy_conf *h,
                     const struct haproxy_bind *b, const struct haproxy_cert *c,
                     const struct haproxy_word *word, struct tls_place *place)
{
    const char *path = c->base && word->text[0] != '@'
                           ? conf_path(a, c->base, word->text)
                           : word->text;
    bool known = path[0] == '/' && !word->has_variable;

    place->cert = (struct conf_value){
        .setting = c->is_list ? "crt-list" : "crt",
        .path = known ? path : NULL,
        .span = word->span,
        .doubt = doubt_of(b, word, path),
    };
    place->key = (struct conf_value){
        .path = known ? key_of(a, h->text.walk.conf, path) : NULL,
    };
}

static bool is_side_file(const char *path)
{
    static const char *const ends[] = { ".key", ".ocsp", ".issuer", ".sctl" };
    const char *dot = strrchr(path, '.');

    return dot && text_is_among(dot, ends, sizeof ends / sizeof *ends);
}

/* A folder: every file of it. */
static bool add_folder(struct arena *a, struct haproxy_conf *h,
                       const struct haproxy_entry *of, const char *const *paths,
                       size_t len, struct err *err)
{
    struct haproxy_entry entry = *of;

    conf_doubt(&entry.place.cert,
               "HAProxy reads every file of that folder: the certificate is "
               "one more file in it, and no line is changed.");
    for (size_t i = 0; i < len; i++) {
        if (is_side_file(paths[i]))
            continue;
        entry.place.cert.path = paths[i];
        entry.place.key.path = key_of(a, h->text.walk.conf, paths[i]);
        if (!add_entry(a, h, &entry, err))
            return false;
        entry.is_default = false;
    }
    return true;
}

static bool add_cert(struct arena *a, struct haproxy_conf *h,
                     const struct haproxy_entry *entry, struct err *err)
{
    const char *path = entry->place.cert.path;
    const char *const *files = NULL;
    size_t len = 0;

    if (path && !strpbrk(path, "*?[") &&
        !machine_file_glob(a, &h->text.walk.conf->root,
                           arena_printf(a, "%s/", path), &files, &len, err))
        return false;
    return len ? add_folder(a, h, entry, files, len, err)
               : add_entry(a, h, entry, err);
}

/* "[alpn h2 ...]" is one of its words or several. */
static size_t behind_options(const struct haproxy_line *l)
{
    size_t i = 1;

    if (i == l->len || l->words[i].text[0] != '[')
        return i;
    while (i < l->len && !strchr(l->words[i].text, ']'))
        i++;
    return i + 1;
}

static struct text_list filters_of(struct arena *a,
                                   const struct haproxy_line *l)
{
    struct text_list filters = { 0 };

    for (size_t i = behind_options(l); i < l->len; i++)
        if (l->words[i].text[0] != '!')
            text_list_add(a, &filters, l->words[i].text);
    return filters;
}

/* Each line of the file: a certificate, and for whom. */
static bool add_list(struct arena *a, struct haproxy_conf *h,
                     const struct haproxy_bind *b, const struct haproxy_cert *c,
                     struct haproxy_entry entry, struct err *err)
{
    struct conf_walk *walk = &h->text.walk;
    struct conf_line line = { 0 };
    bool good = true;

    if (c->word.has_variable || c->word.text[0] != '/') {
        set_cert(a, h, b, c, &c->word, &entry.place);
        entry.place.cert.path = entry.place.key.path = NULL;
        return add_entry(a, h, &entry, err);
    }
    if (!conf_walk_enter(a, walk, c->word.text, err))
        return false;
    size_t file = conf_walk_file(walk);
    while (good && conf_line_next(&walk->conf->files[file], &line)) {
        struct conf_span span = { file, line.at, line.len, line.number };
        struct haproxy_line l = haproxy_words(a, walk->conf, span);
        if (l.len == 0)
            continue;
        entry.filters = filters_of(a, &l);
        set_cert(a, h, b, c, &l.words[0], &entry.place);
        good = add_cert(a, h, &entry, err);
        entry.is_default = false;
    }
    conf_walk_leave(walk);
    return good;
}

static const char *backend_of(struct arena *a, const struct haproxy_text *t,
                              const struct haproxy_section *s)
{
    struct buf out;
    const struct text_list *servers = &s->servers;

    for (size_t i = 0; s->backend && i < t->sections_len; i++)
        if (strcmp(t->sections[i].kind, "backend") == 0 &&
            strcmp(t->sections[i].name, s->backend) == 0)
            servers = &t->sections[i].servers;
    buf_init(&out, a, 1024);
    if (servers->len)
        text_list_tell_most(&out, servers->text, servers->len, 3);
    return conf_shown(a, out.text);
}

/* Nothing of its own is shown there. */
static bool add_without_tls(struct arena *a, struct haproxy_conf *h,
                            const struct haproxy_bind *b,
                            struct haproxy_entry entry, struct err *err)
{
    const struct haproxy_section *s = &h->text.sections[b->section];
    const char *backend = backend_of(a, &h->text, s);

    entry.place.is_off = s->is_http;
    entry.place.cert.span = b->where.span;
    entry.place.cert.doubt =
        s->is_http
            ? "HAProxy offers no TLS here."
            : arena_printf(a,
                           "HAProxy passes this port through: the "
                           "certificate is that of the server behind "
                           "it%s%s%s.",
                           *backend ? " (" : "", backend, *backend ? ")" : "");
    return add_entry(a, h, &entry, err);
}

static bool add_port(struct arena *a, struct haproxy_conf *h,
                     const struct haproxy_bind *b, uint16_t port,
                     const char *address, struct err *err)
{
    const struct haproxy_section *s = &h->text.sections[b->section];
    struct haproxy_entry entry = {
        .place = { .port = port, .address = address, .service = s->name },
        .is_default = !b->is_strict,
    };

    if (!b->is_tls)
        return add_without_tls(a, h, b, entry, err);
    for (size_t i = 0; i < b->certs_len; i++) {
        const struct haproxy_cert *c = &b->certs[i];
        set_cert(a, h, b, c, &c->word, &entry.place);
        if (c->is_list ? !add_list(a, h, b, c, entry, err)
                       : !add_cert(a, h, &entry, err))
            return false;
        entry.is_default = false;
    }
    return true;
}

/* "*", "[::]" and nothing at all are every one. */
static const char *address_of(struct arena *a, const char *text, size_t len)
{
    static const char *const every[] = { "", "*", "0.0.0.0", "::", "[::]" };
    const char *address = arena_text_n(a, text, len);

    return text_is_among(address, every, sizeof every / sizeof *every)
               ? NULL
               : address;
}

/* "[KIND@][ADDRESS]:PORT[-PORT]"; a socket of another kind is passed over. */
static bool add_address(struct arena *a, struct haproxy_conf *h,
                        const struct haproxy_bind *b, const char *text,
                        struct err *err)
{
    const char *at = strchr(text, '@');
    bool is_inet =
        !at || strncmp(text, "ipv", 3) == 0 || strncmp(text, "tcp", 3) == 0;
    const char *host = at ? at + 1 : text;
    const char *colon = strrchr(host, ':');
    char *end = NULL;

    if (!is_inet || host[0] == '/' || !colon)
        return true;
    unsigned long from = strtoul(colon + 1, &end, 10);
    unsigned long to = *end == '-' ? strtoul(end + 1, NULL, 10) : from;
    const char *address = address_of(a, host, (size_t)(colon - host));
    for (unsigned long p = from;
         p && p <= to && p <= UINT16_MAX && p - from < RANGE_MAX; p++)
        if (!add_port(a, h, b, (uint16_t)p, address, err))
            return false;
    return true;
}

static bool add_bind(struct arena *a, struct haproxy_conf *h,
                     const struct haproxy_bind *b, struct err *err)
{
    const char *text = b->where.text;

    for (size_t len = 0; *text; text += len + (text[len] == ',')) {
        len = strcspn(text, ",");
        if (!add_address(a, h, b, arena_text_n(a, text, len), err))
            return false;
    }
    return true;
}

static bool parse(struct arena *a, struct server_conf *conf,
                  struct haproxy_conf *h, struct err *err)
{
    struct text_list files = { 0 };

    *h = (struct haproxy_conf){ .text = { .walk = { .conf = conf } } };
    if (!haproxy_files(a, conf, &files, err))
        return false;
    for (size_t i = 0; i < files.len; i++)
        if (!haproxy_text_read(a, &h->text, files.text[i], err))
            return false;
    for (size_t i = 0; i < h->text.binds_len; i++)
        if (!add_bind(a, h, &h->text.binds[i], err))
            return false;
    return true;
}

/* The names in a certificate. A key may stand in the same file. */
static struct text_list names_in(struct arena *a,
                                 const struct server_conf *conf,
                                 const char *path)
{
    struct arena *own = arena_new();
    struct machine_file f;
    struct cert_list certs = { 0 };
    struct text_list names = { 0 };
    struct err err;

    if (machine_file_read(own, &conf->root, path, PEM_MAX, &f, &err) &&
        x509_read_file(own, f.text, f.len, "it", &certs, &err)) {
        const struct cert *leaf = &certs.items[0].cert;
        for (size_t i = 0; i < leaf->dns_names.len; i++)
            text_list_add_new(a, &names,
                              arena_text(a, leaf->dns_names.text[i]));
        if (leaf->subject_cn)
            text_list_add_new(a, &names, arena_text(a, leaf->subject_cn));
    }
    arena_free_wiped(own);
    return names;
}

static bool add_places(struct arena *a, struct server_conf *conf,
                       const struct haproxy_entry *e, struct err *err)
{
    struct text_list names = e->filters;
    struct tls_place place = e->place;

    if (names.len == 0 && place.cert.path)
        names = names_in(a, conf, place.cert.path);
    if ((e->is_default || names.len == 0) &&
        !conf_place_add(a, conf, &place, err))
        return false;
    for (size_t i = 0; i < names.len; i++) {
        place.sni = names.text[i];
        if (!conf_place_add(a, conf, &place, err))
            return false;
    }
    return true;
}

static void ask_version(struct arena *a, struct server_conf *conf)
{
    static const char said[] = "HAProxy version ";
    const char *const words[] = { conf->listener->program, "-v", NULL };
    struct program_answer answer;
    struct err err;

    if (!ask_program(a, &conf->root, words, &answer, &err))
        return;
    const char *at = strstr(answer.output, said);
    if (at)
        conf->version = arena_printable(a, at + sizeof said - 1,
                                        strcspn(at + sizeof said - 1, " \n"));
}

bool conf_haproxy_read(struct arena *a, struct server_conf *conf,
                       struct err *err)
{
    struct haproxy_conf h;

    if (!parse(a, conf, &h, err))
        return false;
    for (size_t i = 0; i < h.len; i++)
        if (!add_places(a, conf, &h.entries[i], err))
            return false;
    const char *path = conf->files[0].path;
    conf->dir = arena_text_n(a, path, (size_t)(strrchr(path, '/') - path));
    ask_version(a, conf);
    conf_mark_kept(a, conf);
    return true;
}

static bool is_same_span(const struct conf_span *one,
                         const struct conf_span *other)
{
    return one->file == other->file && one->at == other->at;
}

/* Without the names in certificates: the new one may have others. */
static bool parse_places(struct arena *a, struct server_conf *conf,
                         struct err *err)
{
    struct haproxy_conf h;

    conf->places = NULL;
    conf->places_len = 0;
    if (!parse(a, conf, &h, err))
        return false;
    for (size_t i = 0; i < h.len; i++)
        if (!conf_place_add(a, conf, &h.entries[i].place, err))
            return false;
    return true;
}

static bool prove(struct arena *a, const struct server_conf *conf,
                  const struct conf_change *change,
                  const struct conf_edits *edits, struct err *err)
{
    struct server_conf before = *conf;
    struct server_conf after = conf_edits_after(a, conf, edits);
    size_t at = 0;

    if (!parse_places(a, &before, err) || !parse_places(a, &after, err))
        return false;
    while (at < before.places_len &&
           (before.places[at].port != change->place->port ||
            !is_same_span(&before.places[at].cert.span,
                          &change->place->cert.span)))
        at++;
    if (at == before.places_len)
        return err_set(err, ERR_INPUT,
                       "HAProxy's configuration is not what it was");
    return conf_edits_meant(a, &before, &after, at, change, err);
}

/* Both have to be in one file, or beside one another. */
static bool is_one_file(const struct conf_change *change)
{
    size_t len = change->cert_path ? strlen(change->cert_path) : 0;
    const char *key = change->key_path;

    return !change->cert_path || !key ||
           (strncmp(key, change->cert_path, len) == 0 &&
            (!key[len] || strcmp(key + len, ".key") == 0));
}

bool conf_haproxy_edit(struct arena *a, const struct server_conf *conf,
                       const struct conf_change *change, struct conf_edits *out,
                       struct err *err)
{
    struct conf_edits edits = { 0 };

    if (change->place->cert.setting && !change->place->cert.doubt &&
        !is_one_file(change))
        return err_set(err, ERR_INPUT,
                       "%s is not changed: HAProxy reads certificate and key "
                       "from one file, which the hook deploy-haproxy writes, "
                       "and these are two",
                       conf_span_place(a, conf, change->place->cert.span));
    if (!conf_splice_value(a, conf, &change->place->cert, change->cert_path,
                           &edits, err) ||
        !prove(a, conf, change, &edits, err))
        return false;
    *out = edits;
    return true;
}

const char *const *conf_haproxy_check(struct arena *a,
                                      const struct server_conf *conf)
{
    return haproxy_check_words(a, conf->listener);
}

/* A master of workers has them begin again; without one, that is done by a new
 * process, which Debian's own script starts. */
const char *const *conf_haproxy_reload(struct arena *a,
                                       const struct server_conf *conf)
{
    const struct listener *l = conf->listener;
    struct conf_signal signal = { .name = "USR2" };
    bool has_master = false;

    for (size_t i = 1; l->argv && l->argv[0] && l->argv[i]; i++) {
        has_master = has_master || strncmp(l->argv[i], "-W", 2) == 0;
        if (strcmp(l->argv[i], "-p") == 0)
            signal.pid_file = l->argv[i + 1];
    }
    if (!has_master)
        signal.pid_file = NULL;
    return conf_signal_words(a, conf, &signal, "haproxy");
}
