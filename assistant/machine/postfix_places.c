#include "machine/postfix_places.h"

#include <stdlib.h>
#include <string.h>

#include "machine/postfix_lines.h"

/* The port that a service of this name has in the root's /etc/services. */
static uint16_t port_of_service(struct arena *a, const struct server_conf *conf,
                                const char *name)
{
    struct machine_file file = { .text = "" };
    struct err err;
    size_t len = strlen(name);

    if (!machine_file_read(a, &conf->root, "/etc/services", CONF_FILE_MAX,
                           &file, &err))
        return 0;
    for (const char *p = file.text; *p;) {
        size_t line = strcspn(p, "\n");
        if (strncmp(p, name, len) == 0 && (p[len] == ' ' || p[len] == '\t')) {
            char *end = NULL;
            unsigned long port = strtoul(p + len, &end, 10);
            if (port <= UINT16_MAX && strncmp(end, "/tcp", 4) == 0)
                return (uint16_t)port;
        }
        p += line + (p[line] ? 1 : 0);
    }
    return 0;
}

/* 0: it cannot be told. */
static uint16_t port_of(struct arena *a, const struct server_conf *conf,
                        const char *name)
{
    static const struct {
        const char *name;
        uint16_t port;
    } usual[] = { { "smtp", 25 },
                  { "submission", 587 },
                  { "smtps", 465 },
                  { "submissions", 465 },
                  { "urd", 465 } };
    char *end = NULL;
    unsigned long port = strtoul(name, &end, 10);

    if (*name && !*end)
        return port <= UINT16_MAX ? (uint16_t)port : 0;
    for (size_t i = 0; i < sizeof usual / sizeof *usual; i++)
        if (strcmp(usual[i].name, name) == 0)
            return usual[i].port;
    return port_of_service(a, conf, name);
}

/* "smtp", "127.0.0.1:smtp", "[::1]:587". */
static void read_address(struct arena *a, const struct server_conf *conf,
                         const char *name, struct tls_place *place)
{
    const char *colon = strrchr(name, ':');
    size_t len = colon ? (size_t)(colon - name) : 0;

    place->port = port_of(a, conf, colon ? colon + 1 : name);
    if (!colon)
        return;
    if (len > 1 && name[0] == '[' && colon[-1] == ']')
        place->address = arena_text_n(a, name + 1, len - 2);
    else
        place->address = arena_text_n(a, name, len);
}

static bool is_yes(const struct postfix_value *v)
{
    return v->expanded && strcmp(v->expanded, "yes") == 0;
}

struct postfix_view {
    struct arena *arena;
    struct server_conf *conf;
    const struct postfix_settings *s;
    const char *block; /* whose settings count */
    struct err *err;
    bool has_failed; /* *err says why */
};

static struct postfix_value value_of(const struct postfix_view *seen,
                                     const char *name)
{
    return postfix_settings_value(seen->arena, seen->conf, seen->s, seen->block,
                                  name);
}

static bool is_off(const struct postfix_view *seen)
{
    struct postfix_value level = value_of(seen, "smtpd_tls_security_level");
    struct postfix_value wrapper = value_of(seen, "smtpd_tls_wrappermode");
    struct postfix_value use = value_of(seen, "smtpd_use_tls");
    struct postfix_value enforce = value_of(seen, "smtpd_enforce_tls");

    if (is_yes(&wrapper))
        return false;
    if (level.expanded && *level.expanded)
        return strcmp(level.expanded, "none") == 0;
    return !is_yes(&use) && !is_yes(&enforce);
}

/* The line that says so; where nothing does, it is off by itself. */
static struct conf_value off_value(const struct postfix_view *seen)
{
    static const char name[] = "smtpd_tls_security_level";
    struct postfix_value level = value_of(seen, name);
    struct conf_value out = { .setting = name, .is_default = !level.set };

    if (level.set)
        out.span = level.set->span;
    return out;
}

static const char *absolute(const struct postfix_view *seen, const char *path)
{
    struct postfix_value queue;

    if (!path || !*path || strcmp(path, "none") == 0)
        return NULL;
    if (path[0] == '/')
        return path;
    queue = value_of(seen, "queue_directory");
    return conf_path(seen->arena, queue.expanded ? queue.expanded : "/", path);
}

static struct conf_value file_value(const struct postfix_view *seen,
                                    const char *name);

/* It stands in main.cf, and counts for nothing. */
static const struct conf_value *loser(const struct postfix_view *seen,
                                      const char *name)
{
    struct conf_value v = file_value(seen, name);

    return v.is_default ? NULL : arena_copy(seen->arena, &v, sizeof v);
}

/* The same stands above it, and the last one counts. */
static const struct conf_value *repeated(const struct postfix_view *seen,
                                         const struct conf_setting *last)
{
    const struct conf_setting *first = NULL;
    const struct conf_setting *all = seen->s->all.items;

    for (const struct conf_setting *one = all; one < last; one++)
        if (strcmp(one->name, last->name) == 0 &&
            strcmp(one->block, last->block) == 0)
            first = one;
    if (!first)
        return NULL;
    const struct conf_value v = {
        .setting = first->name,
        .path =
            absolute(seen, postfix_settings_expand(seen->arena, seen->s,
                                                   seen->block, first->value)),
        .span = first->span
    };
    return arena_copy(seen->arena, &v, sizeof v);
}

static struct conf_value file_value(const struct postfix_view *seen,
                                    const char *name)
{
    struct postfix_value v = value_of(seen, name);
    struct conf_value out = { .setting = name,
                              .path = absolute(seen, v.expanded),
                              .is_default = !v.set,
                              .doubt = v.doubt };

    if (!v.set)
        return out;
    out.span = v.set->span;
    out.over = repeated(seen, v.set);
    if (!out.over && v.set->block[0]) {
        struct postfix_view of_all = *seen;
        of_all.block = "";
        out.over = loser(&of_all, name);
    }
    if (v.set->is_scattered)
        conf_doubt(
            &out,
            arena_printf(seen->arena,
                         "%s: a comment or a line's end stands in this "
                         "value.",
                         conf_span_place(seen->arena, seen->conf, out.span)));
    return out;
}

/* The next file of a list that stands in from..to, comments in between. */
static bool next_in_list(const struct machine_file *file, size_t *at, size_t to,
                         struct conf_span *out)
{
    size_t i = *at;

    for (;;) {
        while (i < to &&
               (postfix_lines_blank(file->text[i]) || file->text[i] == ','))
            i++;
        if (i < to && file->text[i] == '#' && conf_is_first(file, i))
            while (i < to && file->text[i] != '\n')
                i++;
        else
            break;
    }
    out->at = i;
    while (i < to && !postfix_lines_blank(file->text[i]) &&
           file->text[i] != ',')
        i++;
    out->len = i - out->at;
    out->line = conf_line_of(file, out->at);
    *at = i;
    return out->len > 0;
}

static struct conf_value list_value(const struct postfix_view *seen,
                                    const char *setting, struct conf_span span)
{
    const struct machine_file *file = &seen->conf->files[span.file];
    struct conf_value out = { .setting = setting, .span = span };
    const char *text =
        arena_text_n(seen->arena, file->text + span.at, span.len);

    text = postfix_settings_expand(seen->arena, seen->s, seen->block, text);
    out.path = absolute(seen, text);
    if (!text)
        conf_doubt(&out, "It is put together in a way that only Postfix can "
                         "tell.");
    return out;
}

/* A file with a key and its chain, or one of each: the key is first. */
static void list_files(const struct postfix_view *seen, const char *setting,
                       struct conf_span whole, struct tls_place *place)
{
    enum { FILES_MAX = 2 };
    const struct machine_file *file = &seen->conf->files[whole.file];
    struct conf_span span = { .file = whole.file }, found[FILES_MAX];
    size_t at = whole.at, n = 0;

    while (next_in_list(file, &at, whole.at + whole.len, &span)) {
        if (n < FILES_MAX)
            found[n] = span;
        n++;
    }
    if (n == 0)
        return;
    place->key = list_value(seen, setting, found[0]);
    place->cert = n > 1 ? list_value(seen, setting, found[1]) : place->key;
    if (n > FILES_MAX || memchr(file->text + whole.at, '{', whole.len)) {
        conf_doubt(&place->cert, "The setting names more than a key and its "
                                 "certificate.");
        conf_doubt(&place->key, place->cert.doubt);
    }
}

/* Certificates for another kind of key, which clients may be shown as well. */
static void doubt_second(const struct postfix_view *seen,
                         struct tls_place *place)
{
    static const char *const others[] = { "smtpd_tls_eccert_file",
                                          "smtpd_tls_dcert_file" };

    for (size_t i = 0; i < sizeof others / sizeof *others; i++) {
        struct postfix_value v = value_of(seen, others[i]);
        if (v.expanded && *v.expanded && strcmp(v.expanded, "none") != 0)
            conf_doubt(&place->cert,
                       arena_printf(seen->arena,
                                    "%s names a second certificate, for "
                                    "another kind of key.",
                                    others[i]));
    }
}

static void add_place(struct postfix_view *seen, const struct tls_place *place);

/* What clients that can are shown instead; beside a list it counts for nothing.
 */
static void second_place(struct postfix_view *seen, struct tls_place place)
{
    struct postfix_value cert = value_of(seen, "smtpd_tls_eccert_file");
    struct postfix_value list = value_of(seen, "smtpd_tls_chain_files");

    if (!cert.set || !cert.expanded || !*cert.expanded ||
        strcmp(cert.expanded, "none") == 0 || (list.expanded && *list.expanded))
        return;
    place.cert = file_value(seen, "smtpd_tls_eccert_file");
    place.key = file_value(seen, "smtpd_tls_eckey_file");
    add_place(seen, &place);
}

static void doubt_both(struct tls_place *place, const char *why)
{
    if (!why)
        return;
    conf_doubt(&place->cert, why);
    conf_doubt(&place->key, why);
}

static void own_files(const struct postfix_view *seen, struct tls_place *place)
{
    struct postfix_value list = value_of(seen, "smtpd_tls_chain_files");

    if (list.set && list.expanded && *list.expanded) {
        list_files(seen, "smtpd_tls_chain_files", list.set->span, place);
        doubt_both(place, list.doubt);
        place->cert.over = loser(seen, "smtpd_tls_cert_file");
        return;
    }
    place->cert = file_value(seen, "smtpd_tls_cert_file");
    place->key = file_value(seen, "smtpd_tls_key_file");
    doubt_second(seen, place);
}

static void add_place(struct postfix_view *seen, const struct tls_place *place)
{
    if (!seen->has_failed &&
        !conf_place_add(seen->arena, seen->conf, place, seen->err))
        seen->has_failed = true;
}

/* ".example.com" is each name below it. */
static const char *sni_of(struct arena *a, const char *key)
{
    return key[0] == '.' ? arena_printf(a, "*%s", key) : key;
}

/* One name of a source text of tls_server_sni_maps. */
static void sni_place(struct postfix_view *seen, const char *map, size_t index,
                      const struct postfix_line *line, struct tls_place place)
{
    const struct machine_file *file = &seen->conf->files[index];
    struct conf_span whole = { .file = index };
    size_t key = 0;

    while (key < line->len && !postfix_lines_blank(line->text[key]))
        key++;
    if (key == line->len || line->folded.has_nul)
        return;
    whole.at = line->at[key];
    whole.len = line->end - whole.at;
    place.sni = sni_of(seen->arena, arena_text_n(seen->arena, line->text, key));
    place.cert = place.key = (struct conf_value){ .path = NULL };
    place.map.setting = "tls_server_sni_maps";
    place.map.path = map;
    list_files(seen, "tls_server_sni_maps", whole, &place);
    if (!file->text || !place.cert.setting)
        return;
    doubt_both(&place,
               arena_printf(seen->arena,
                            "Postfix reads what \"postmap -F %s\" made of this "
                            "file: change the line, then run that.",
                            conf_shown(seen->arena, map)));
    add_place(seen, &place);
}

/* Maps that postmap(1) makes of a text of the same name. */
static const char *source_of(const char *map)
{
    static const char *const types[] = { "hash:", "btree:", "lmdb:",
                                         "cdb:",  "dbm:",   "sdbm:" };

    for (size_t i = 0; i < sizeof types / sizeof *types; i++)
        if (strncmp(map, types[i], strlen(types[i])) == 0)
            return map + strlen(types[i]);
    return NULL;
}

static void sni_map(struct postfix_view *seen, const char *map,
                    struct tls_place *place)
{
    struct postfix_lines lines = { .arena = seen->arena };
    const char *source = source_of(map);
    struct postfix_line line;
    struct err err;

    if (!source || source[0] != '/' ||
        !conf_file_add(seen->arena, seen->conf, source, &lines.index, &err)) {
        doubt_both(place,
                   arena_printf(seen->arena,
                                "Which certificate is shown for a name is "
                                "looked up in %s, which is not read here.",
                                conf_shown(seen->arena, map)));
        return;
    }
    /* The files may move as more are read. */
    struct machine_file file = seen->conf->files[lines.index];
    lines.file = &file;
    while (postfix_lines_next(&lines, &line))
        sni_place(seen, map, lines.index, &line, *place);
}

static void sni_places(struct postfix_view *seen, struct tls_place *place)
{
    struct postfix_value maps = value_of(seen, "tls_server_sni_maps");
    const char *p = maps.expanded ? maps.expanded : "";

    if (maps.set) /* only places of names get a path: who has a table */
        place->map.span = maps.set->span;
    while (*(p += strspn(p, ", \t\r\n"))) {
        size_t len = strcspn(p, ", \t\r\n");
        sni_map(seen, arena_text_n(seen->arena, p, len), place);
        p += len;
    }
}

/* The entry that has the connection once postscreen(8) has let it in. */
static const struct postfix_service *behind(const struct postfix_settings *s)
{
    for (size_t i = 0; i < s->services_len; i++)
        if (strcmp(s->services[i].type, "pass") == 0 &&
            strcmp(s->services[i].command, "smtpd") == 0)
            return &s->services[i];
    return NULL;
}

/* Who is new to postscreen talks TLS with tlsproxy(8), by its own settings. */
static void doubt_proxy(const struct postfix_view *smtpd,
                        struct tls_place *place)
{
    static const char *const pairs[][2] = {
        { "tlsproxy_tls_cert_file", "smtpd_tls_cert_file" },
        { "tlsproxy_tls_key_file", "smtpd_tls_key_file" },
        { "tlsproxy_tls_chain_files", "smtpd_tls_chain_files" },
    };
    struct postfix_view proxy = *smtpd;

    proxy.block = "tlsproxy/unix";
    for (size_t i = 0; i < sizeof pairs / sizeof *pairs; i++) {
        struct postfix_value its = value_of(&proxy, pairs[i][0]);
        struct postfix_value ours = value_of(smtpd, pairs[i][1]);
        if (its.expanded && ours.expanded &&
            strcmp(its.expanded, ours.expanded) != 0)
            doubt_both(place, "Clients that are new to postscreen are answered "
                              "by tlsproxy, which has a certificate of its "
                              "own.");
    }
}

static const char *block_of(const struct postfix_settings *s,
                            const struct postfix_service *own)
{
    const struct postfix_service *passed = behind(s);

    return strcmp(own->command, "postscreen") == 0 && passed ? passed->block
                                                             : own->block;
}

static void service_places(struct postfix_view *seen,
                           const struct postfix_service *own)
{
    bool is_screened = seen->block != own->block;
    struct tls_place place = { .service = own->block };

    read_address(seen->arena, seen->conf, own->name, &place);
    if (!place.port)
        return;
    place.is_off = is_off(seen);
    if (place.is_off)
        place.off = off_value(seen);
    own_files(seen, &place);
    if (is_screened)
        doubt_proxy(seen, &place);
    sni_places(seen, &place);
    add_place(seen, &place);
    second_place(seen, place);
}

const char *postfix_places_block(const struct postfix_settings *s,
                                 const struct tls_place *place)
{
    for (size_t i = 0; i < s->services_len; i++)
        if (strcmp(s->services[i].block, place->service) == 0)
            return block_of(s, &s->services[i]);
    return place->service;
}

bool postfix_places(struct arena *a, struct server_conf *conf,
                    const struct postfix_settings *s, struct err *err)
{
    for (size_t i = 0; i < s->services_len; i++) {
        const struct postfix_service *own = &s->services[i];
        struct postfix_view seen = { .arena = a,
                                     .conf = conf,
                                     .s = s,
                                     .block = block_of(s, own),
                                     .err = err };
        if (strcmp(own->type, "inet") != 0 ||
            (strcmp(own->command, "smtpd") != 0 &&
             strcmp(own->command, "postscreen") != 0))
            continue;
        service_places(&seen, own);
        if (seen.has_failed)
            return false;
    }
    return true;
}
