#include "machine/conf_stunnel.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "machine/conf_splice.h"

#define DEFAULT_FILE "/etc/stunnel/stunnel.conf"

enum { SERVICES_MAX = 1000 };

/* Of one service; of the beginning: for those that do not say otherwise. */
struct stunnel_service {
    const char *name; /* NULL: the beginning */
    const char *accept, *sni;
    bool is_client;
    struct conf_value cert, key;
};

struct stunnel_file {
    struct conf_walk walk;
    struct stunnel_service common;
    struct stunnel_service *services;
    size_t len;
    const char *user; /* "setuid"; NULL */
    bool is_shut_in;  /* "chroot" */
};

bool conf_stunnel_is_it(const struct listener *l)
{
    const char *slash = l->program ? strrchr(l->program, '/') : NULL;
    const char *name = slash ? slash + 1 : "";

    return strcmp(name, "stunnel") == 0 || strcmp(name, "stunnel4") == 0 ||
           strcmp(name, "stunnel5") == 0;
}

static bool complain(struct arena *a, const struct stunnel_file *s,
                     struct conf_span span, const char *what, struct err *err)
{
    return err_set(err, ERR_INPUT, "%s cannot be followed: %s",
                   conf_span_place(a, s->walk.conf, span), what);
}

static struct stunnel_service *service_now(struct stunnel_file *s)
{
    return s->len ? &s->services[s->len - 1] : &s->common;
}

static bool begin_service(struct arena *a, struct stunnel_file *s,
                          struct conf_span span, const char *name,
                          struct err *err)
{
    if (s->len == SERVICES_MAX)
        return complain(a, s, span, "there are too many services", err);
    s->services = arena_grow(a, s->services, s->len, sizeof *s->services);
    s->services[s->len] = s->common;
    s->services[s->len++].name = name;
    return true;
}

static void set(struct arena *a, struct conf_value *out, const char *setting,
                const char *text, struct conf_span span)
{
    struct conf_value value = { .setting = setting,
                                .path = text,
                                .span = span };

    if (out->setting)
        value.over = arena_copy(a, out, sizeof *out);
    if (text[0] != '/') {
        value.path = NULL;
        value.doubt = "It does not name a file by its whole path.";
    }
    *out = value;
}

static bool read_files(struct arena *a, struct stunnel_file *s,
                       const char *path, struct err *err);

static bool include(struct arena *a, struct stunnel_file *s,
                    struct conf_span span, const char *folder, struct err *err)
{
    const char *const *paths = NULL;
    size_t len = 0;

    if (folder[0] != '/')
        return complain(a, s, span, "what it includes is no whole path", err);
    if (!machine_file_glob(a, &s->walk.conf->root,
                           arena_printf(a, "%s/", folder), &paths, &len, err))
        return false;
    for (size_t i = 0; i < len; i++)
        if (!read_files(a, s, paths[i], err))
            return err_add(err, "%s", conf_span_place(a, s->walk.conf, span));
    return true;
}

/* Names of options are the same in capitals. */
static bool take(struct arena *a, struct stunnel_file *s, const char *name,
                 const char *text, struct conf_span span, struct err *err)
{
    struct stunnel_service *now = service_now(s);

    if (strcasecmp(name, "cert") == 0)
        set(a, &now->cert, "cert", text, span);
    else if (strcasecmp(name, "key") == 0)
        set(a, &now->key, "key", text, span);
    else if (strcasecmp(name, "accept") == 0)
        now->accept = text;
    else if (strcasecmp(name, "client") == 0)
        now->is_client = strcasecmp(text, "yes") == 0;
    else if (strcasecmp(name, "sni") == 0)
        now->sni = text;
    else if (strcasecmp(name, "setuid") == 0)
        s->user = text;
    else if (strcasecmp(name, "chroot") == 0)
        s->is_shut_in = true;
    else if (strcasecmp(name, "include") == 0)
        return include(a, s, span, text, err);
    return true;
}

static bool read_line(struct arena *a, struct stunnel_file *s,
                      struct conf_span span, struct err *err)
{
    size_t file = span.file;
    const struct machine_file *f = &s->walk.conf->files[file];
    const char *text = conf_span_text(a, s->walk.conf, span);
    const char *equals = strchr(text, '=');

    if (!span.len || text[0] == '#' || text[0] == ';')
        return true;
    if (text[0] == '[' && text[span.len - 1] == ']')
        return begin_service(a, s, span,
                             arena_text_n(a, text + 1, span.len - 2), err);
    if (!equals)
        return true;
    struct conf_span name = span, value = span;
    name.len = (size_t)(equals - text);
    value.at += name.len + 1;
    value.len -= name.len + 1;
    name = conf_span_trim(f, name);
    value = conf_span_trim(f, value);
    return take(a, s, conf_span_text(a, s->walk.conf, name),
                conf_span_text(a, s->walk.conf, value), value, err);
}

static bool read_lines(struct arena *a, struct stunnel_file *s, struct err *err)
{
    struct conf_line line = { 0 };
    size_t file = conf_walk_file(&s->walk);

    /* What is included may move the list of files. */
    while (conf_line_next(&s->walk.conf->files[file], &line)) {
        struct conf_span span =
            conf_line_trim(&s->walk.conf->files[file], &line);
        span.file = file;
        if (!read_line(a, s, span, err))
            return false;
    }
    return true;
}

static bool read_files(struct arena *a, struct stunnel_file *s,
                       const char *path, struct err *err)
{
    if (!conf_walk_enter(a, &s->walk, path, err))
        return false;
    bool good = read_lines(a, s, err);
    conf_walk_leave(&s->walk);
    return good;
}

/* "993", "imaps", "192.0.2.7:993", ":::993"; 0: none of these. */
static uint16_t port_of(const char *accept)
{
    static const struct {
        const char *name;
        uint16_t port;
    } named[] = { { "smtp", 25 },         { "https", 443 },
                  { "smtps", 465 },       { "ssmtp", 465 },
                  { "submissions", 465 }, { "submission", 587 },
                  { "imaps", 993 },       { "pop3s", 995 },
                  { "sieve", 4190 } };
    const char *colon = strrchr(accept, ':');
    const char *port = colon ? colon + 1 : accept;
    char *end = NULL;
    unsigned long number = strtoul(port, &end, 10);

    for (size_t i = 0; i < sizeof named / sizeof *named; i++)
        if (strcmp(port, named[i].name) == 0)
            return named[i].port;
    return *port && !*end && number <= UINT16_MAX ? (uint16_t)number : 0;
}

static const char *address_of(struct arena *a, const char *accept)
{
    const char *colon = strrchr(accept, ':');
    size_t len = colon ? (size_t)(colon - accept) : 0;

    return len ? arena_text_n(a, accept, len) : NULL;
}

/* "SERVICE:NAME" of the service whose port this one has; NULL: there is none
 * before it. */
static const struct stunnel_service *master_of(const struct stunnel_file *s,
                                               const struct stunnel_service *of)
{
    const char *colon = strchr(of->sni, ':');
    size_t len = colon ? (size_t)(colon - of->sni) : 0;

    for (const struct stunnel_service *m = s->services; len && m < of; m++)
        if (strlen(m->name) == len && memcmp(m->name, of->sni, len) == 0)
            return m;
    return NULL;
}

static bool add_place(struct arena *a, const struct stunnel_file *s,
                      const struct stunnel_service *one, struct err *err)
{
    const struct stunnel_service *door = one->sni ? master_of(s, one) : one;
    struct tls_place place = {
        .service = one->name,
        .sni = one->sni ? strchr(one->sni, ':') : NULL,
        .cert = one->cert,
        .key = one->key,
    };

    if (!door || !door->accept || door->is_client)
        return true;
    place.sni = place.sni ? place.sni + 1 : NULL;
    place.port = port_of(door->accept);
    place.address = address_of(a, door->accept);
    if (!place.port)
        return true;
    if (!place.cert.setting)
        place.cert.doubt = "No certificate is named.";
    if (!place.key.setting)
        place.key.path = place.cert.path;
    return conf_place_add(a, s->walk.conf, &place, err);
}

static bool parse(struct arena *a, struct server_conf *conf, const char *path,
                  struct stunnel_file *s, struct err *err)
{
    *s = (struct stunnel_file){ .walk = { .conf = conf } };
    if (!read_files(a, s, path, err))
        return false;
    for (size_t i = 0; i < s->len; i++)
        if (!add_place(a, s, &s->services[i], err))
            return false;
    return true;
}

bool conf_stunnel_read(struct arena *a, struct server_conf *conf,
                       struct err *err)
{
    const char *const *argv = conf->listener->argv;
    const char *path = argv && argv[0] && argv[1] ? argv[1] : DEFAULT_FILE;
    struct stunnel_file s;

    if (path[0] != '/')
        return err_set(err, ERR_INPUT,
                       "stunnel's configuration is not read: it was started "
                       "with \"%s\", which is no whole path",
                       conf_shown(a, path));
    if (!parse(a, conf, path, &s, err))
        return false;
    conf->dir = arena_text_n(a, path, (size_t)(strrchr(path, '/') - path));
    /* Told to read again, it does so as that user, in that folder. */
    conf->user = "root";
    conf_mark_kept(a, conf);
    return true;
}

bool conf_stunnel_edit(struct arena *a, const struct server_conf *conf,
                       const struct conf_change *change, struct conf_edits *out,
                       struct err *err)
{
    struct conf_edits edits = { 0 };
    struct stunnel_file s;

    if (!conf_splice_place(a, conf, change, "key = ", &edits, err))
        return false;
    struct server_conf after = conf_edits_after(a, conf, &edits);
    if (!parse(a, &after, conf->files[0].path, &s, err) ||
        !conf_edits_meant(a, conf, &after,
                          (size_t)(change->place - conf->places), change, err))
        return false;
    *out = edits;
    return true;
}

/* Where it gives up root's rights, or its view of the files, it could not read
 * a key anew: it has to begin again. */
const char *const *conf_stunnel_reload(struct arena *a,
                                       const struct server_conf *conf)
{
    struct server_conf again = *conf;
    struct stunnel_file s = { 0 };
    struct err err;

    again.places = NULL;
    again.places_len = 0;
    bool shut = !parse(a, &again, conf->files[0].path, &s, &err) || s.user ||
                s.is_shut_in;
    return conf_service_words(a, conf, shut ? "restart" : "reload", "stunnel4");
}
