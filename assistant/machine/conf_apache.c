#include "machine/conf_apache.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "machine/ask_program.h"
#include "machine/conf_apache_text.h"
#include "machine/conf_splice.h"

/* What Apache says of itself. */
struct apache_answers {
    const char *version, *root, *file;
    struct text_list modules;
    const char *dump; /* of hosts, files and certificates; NULL: it does not
                         take its configuration */
};

static const char *name_of(const struct listener *l)
{
    const char *slash = l->program ? strrchr(l->program, '/') : NULL;

    return slash ? slash + 1 : "";
}

bool conf_apache_is_it(const struct listener *l)
{
    return strcmp(name_of(l), "apache2") == 0 ||
           strcmp(name_of(l), "httpd") == 0;
}

/* Its own environment is set up by apachectl, which lies beside it. */
static const char *const *words_of(struct arena *a, const struct listener *l,
                                   const char *const *words)
{
    struct text_list all = { 0 };
    const char *slash = strrchr(l->program, '/');

    text_list_add(a, &all,
                  arena_printf(a, "%sapachectl",
                               arena_text_n(a, l->program,
                                            (size_t)(slash - l->program) + 1)));
    for (; *words; words++)
        text_list_add(a, &all, *words);
    for (size_t i = 1; l->argv && l->argv[0] && l->argv[i]; i++) {
        const char *word = l->argv[i];
        if (word[0] != '-' || !strchr("fdDC", word[1]) || !word[1])
            continue;
        text_list_add(a, &all, word);
        if (!word[2] && l->argv[i + 1])
            text_list_add(a, &all, l->argv[++i]);
    }
    text_list_add(a, &all, NULL);
    return all.text;
}

static const char *ask(struct arena *a, const struct server_conf *conf,
                       const char *const *words)
{
    struct program_answer answer;
    struct err err;

    return ask_program(a, &conf->root, words_of(a, conf->listener, words),
                       &answer, &err) &&
                   answer.status == 0
               ? answer.output
               : NULL;
}

/* What stands behind `mark` up to `end`; NULL: nothing. */
static const char *behind(struct arena *a, const char *text, const char *mark,
                          const char *end)
{
    const char *at = text ? strstr(text, mark) : NULL;

    if (!at)
        return NULL;
    at += strlen(mark);
    return arena_text_n(a, at, strcspn(at, end));
}

/* " ssl_module (shared)" */
static struct text_list modules_in(struct arena *a, const char *text)
{
    struct text_list modules = { 0 };

    for (size_t len = 0; *text; text += len + (text[len] == '\n')) {
        len = strcspn(text, "\n");
        const char *name = behind(a, arena_text_n(a, text, len), " ", " ");
        size_t end = name ? strlen(name) : 0;
        if (end < 8 || strcmp(name + end - 7, "_module") != 0)
            continue;
        text_list_add(a, &modules, name);
        text_list_add(
            a, &modules,
            arena_printf(a, "mod_%s.c", arena_text_n(a, name, end - 7)));
    }
    return modules;
}

static void ask_all(struct arena *a, struct server_conf *conf,
                    struct apache_answers *out)
{
    static const char *const version[] = { "-V", NULL };
    static const char *const modules[] = { "-t", "-D", "DUMP_MODULES", NULL };
    static const char *const dump[] = {
        "-t", "-D",         "DUMP_VHOSTS", "-D", "DUMP_INCLUDES",
        "-D", "DUMP_CERTS", NULL
    };
    const char *said = ask(a, conf, version);
    const char *loaded = ask(a, conf, modules);

    *out = (struct apache_answers){
        .version = behind(a, said, "Apache/", " \n"),
        .root = behind(a, said, "HTTPD_ROOT=\"", "\""),
        .file = behind(a, said, "SERVER_CONFIG_FILE=\"", "\""),
        .dump = ask(a, conf, dump),
    };
    if (loaded)
        out->modules = modules_in(a, loaded);
    if (!out->root)
        out->root = strcmp(name_of(conf->listener), "httpd") == 0
                        ? "/etc/httpd"
                        : "/etc/apache2";
    if (!out->file)
        out->file = strcmp(name_of(conf->listener), "httpd") == 0
                        ? "conf/httpd.conf"
                        : "apache2.conf";
}

static struct conf_value value_at(struct arena *a,
                                  const struct apache_host *host,
                                  const struct apache_host *of_all,
                                  bool of_keys, size_t i)
{
    const struct apache_values *own = of_keys ? &host->keys : &host->certs;
    const struct apache_values *all = of_keys ? &of_all->keys : &of_all->certs;

    struct conf_value value = { 0 };

    if (i < own->len)
        value = own->items[i];
    else if (i < all->len)
        value = all->items[i];
    if (i < own->len && i < all->len && host != of_all)
        value.over = arena_copy(a, &all->items[i], sizeof value);
    return value;
}

static bool is_on(const struct apache_host *host,
                  const struct apache_host *of_all)
{
    const char *engine = host->engine ? host->engine : of_all->engine;

    return engine && strcasecmp(engine, "off") != 0;
}

static bool add_pairs(struct arena *a, struct server_conf *conf,
                      const struct apache_host *host,
                      const struct apache_host *of_all, struct tls_place place,
                      struct err *err)
{
    size_t len = host->certs.len > of_all->certs.len ? host->certs.len
                                                     : of_all->certs.len;

    place.is_off = !is_on(host, of_all);
    place.chain = host->chain.setting ? host->chain : of_all->chain;
    if (place.is_off || len == 0) {
        place.chain = (struct conf_value){ 0 };
        place.cert.doubt = place.is_off ? "Apache offers no TLS here."
                                        : "No certificate is named.";
        return conf_place_add(a, conf, &place, err);
    }
    for (size_t i = 0; i < len; i++) {
        place.cert = value_at(a, host, of_all, false, i);
        place.key = value_at(a, host, of_all, true, i);
        if (!place.key.setting)
            place.key.path = place.cert.path;
        if (!conf_place_add(a, conf, &place, err))
            return false;
    }
    return true;
}

/* Has a virtual host before this one the same address? */
static bool is_first(const struct apache_text *t, size_t host,
                     const char *address)
{
    for (size_t i = 1; i < host; i++)
        if (text_list_has(&t->hosts[i].addresses, address))
            return false;
    return true;
}

static const char *address_of(struct arena *a, const char *text, size_t len)
{
    static const char *const every[] = { "", "*", "_default_", "0.0.0.0",
                                         "[::]" };
    const char *address = arena_text_n(a, text, len);

    return text_is_among(address, every, sizeof every / sizeof *every)
               ? NULL
               : address;
}

/* "*:443"; without a port, or with "*" as one, it is for all that are listened
 * on. */
static bool add_address(struct arena *a, struct server_conf *conf,
                        const struct apache_text *t, size_t at,
                        const char *address, struct err *err)
{
    const struct apache_host *host = &t->hosts[at];
    const char *bracket = strrchr(address, ']');
    const char *colon = strrchr(bracket ? bracket : address, ':');
    size_t len = colon ? (size_t)(colon - address) : strlen(address);
    unsigned long port = colon ? strtoul(colon + 1, NULL, 10) : 0;
    struct tls_place place = {
        .port =
            port && port <= UINT16_MAX ? (uint16_t)port : conf->listener->port,
        .address = address_of(a, address, len),
        .service = conf_span_place(a, conf, host->span),
    };

    if (is_first(t, at, address) &&
        !add_pairs(a, conf, host, &t->hosts[0], place, err))
        return false;
    for (size_t i = 0; i < host->names.len; i++) {
        place.sni = host->names.text[i];
        if (!add_pairs(a, conf, host, &t->hosts[0], place, err))
            return false;
    }
    return true;
}

static bool add_places(struct arena *a, struct server_conf *conf,
                       const struct apache_text *t, struct err *err)
{
    uint16_t port = conf->listener->port;
    bool has_port = false;

    for (size_t i = 1; i < t->hosts_len; i++)
        for (size_t k = 0; k < t->hosts[i].addresses.len; k++)
            if (!add_address(a, conf, t, i, t->hosts[i].addresses.text[k], err))
                return false;
    for (size_t i = 0; i < conf->places_len; i++)
        has_port = has_port || conf->places[i].port == port;
    struct tls_place place = { .port = port };
    return has_port ||
           add_pairs(a, conf, &t->hosts[0], &t->hosts[0], place, err);
}

static bool parse(struct arena *a, struct server_conf *conf,
                  const struct apache_answers *said, const char *path,
                  struct apache_text *t, struct err *err)
{
    const struct listener *l = conf->listener;
    const struct text_list *modules = &said->modules;
    const char *root = conf_option(l, "-d");

    apache_text_init(a, t, conf, root ? root : said->root);
    for (size_t i = 0; i < modules->len; i++)
        text_list_add_new(a, &t->modules, modules->text[i]);
    for (size_t i = 1; l->argv && l->argv[0] && l->argv[i]; i++)
        if (strncmp(l->argv[i], "-D", 2) == 0)
            apache_text_define(a, t,
                               l->argv[i][2]    ? l->argv[i] + 2
                               : l->argv[i + 1] ? l->argv[i + 1]
                                                : "",
                               "");
    return apache_text_read(a, t, path, err) && add_places(a, conf, t, err);
}

static void doubt_all(struct server_conf *conf, const char *why)
{
    for (size_t i = 0; i < conf->places_len; i++) {
        conf_doubt(&conf->places[i].cert, why);
        if (conf->places[i].key.setting)
            conf_doubt(&conf->places[i].key, why);
        if (conf->places[i].chain.setting)
            conf_doubt(&conf->places[i].chain, why);
    }
}

/* "(FILE:LINE)" of its hosts: each is one that was read. */
static const char *stranger_in(struct arena *a, const char *dump,
                               const struct server_conf *conf,
                               const struct apache_text *t)
{
    for (const char *at = strstr(dump, "(/"); at; at = strstr(at + 1, "(/")) {
        const char *place = arena_text_n(a, at + 1, strcspn(at + 1, ")\n"));
        bool known = !strrchr(place, ':');
        for (size_t i = 1; !known && i < t->hosts_len; i++)
            known =
                strcmp(conf_span_place(a, conf, t->hosts[i].span), place) == 0;
        if (!known)
            return arena_printf(a,
                                "Apache itself has a virtual host that was "
                                "not understood: %s.",
                                conf_shown(a, place));
    }
    return NULL;
}

static bool has_line(const char *dump, const char *before, const char *text,
                     const char *after)
{
    size_t len = strlen(text);

    for (const char *at = strstr(dump, text); at; at = strstr(at + 1, text)) {
        size_t front = strlen(before);
        if ((size_t)(at - dump) >= front &&
            memcmp(at - front, before, front) == 0 &&
            strncmp(at + len, after, strlen(after)) == 0)
            return true;
    }
    return false;
}

/* Does Apache itself say the same? */
static void compare(struct arena *a, struct server_conf *conf,
                    const struct apache_text *t, const char *dump)
{
    const char *why = stranger_in(a, dump, conf, t);

    if (why)
        doubt_all(conf, why);
    for (size_t i = 0; i < conf->files_len; i++)
        if (!has_line(dump, ") ", conf->files[i].path, "\n"))
            doubt_all(conf, arena_printf(a, "Apache itself does not read %s.",
                                         conf_shown(a, conf->files[i].path)));
    for (size_t i = 0; i < conf->places_len; i++) {
        struct tls_place *p = &conf->places[i];
        if (p->service && !has_line(dump, "(", p->service, ")"))
            conf_doubt(&p->cert, "Apache itself does not know its virtual "
                                 "host.");
        if (!p->is_off && p->cert.path &&
            strstr(dump, "Server certificates:") &&
            !has_line(dump, "\n  ", p->cert.path, "\n"))
            conf_doubt(&p->cert, "Apache itself does not name it.");
    }
}

bool conf_apache_read(struct arena *a, struct server_conf *conf,
                      struct err *err)
{
    struct apache_text *t = arena_alloc(a, 1, sizeof *t);
    struct apache_answers said;
    const char *given = conf_option(conf->listener, "-f");

    ask_all(a, conf, &said);
    const char *path = conf_path(a, said.root, given ? given : said.file);
    if (!parse(a, conf, &said, path, t, err))
        return false;
    conf->version = said.version;
    conf->dir = arena_text_n(a, path, (size_t)(strrchr(path, '/') - path));
    if (t->unknown)
        doubt_all(conf, t->unknown);
    if (said.dump)
        compare(a, conf, t, said.dump);
    conf_mark_kept(a, conf);
    return true;
}

bool conf_apache_edit(struct arena *a, const struct server_conf *conf,
                      const struct conf_change *change, struct conf_edits *out,
                      struct err *err)
{
    struct apache_text *t = arena_alloc(a, 1, sizeof *t);
    struct apache_answers said;
    struct conf_edits edits = { 0 };
    struct server_conf same = *conf;

    if (!conf_splice_place(a, conf, change, "SSLCertificateKeyFile ", &edits,
                           err))
        return false;
    ask_all(a, &same, &said);
    struct server_conf after = conf_edits_after(a, conf, &edits);
    if (!parse(a, &after, &said, conf->files[0].path, t, err) ||
        !conf_edits_meant(a, conf, &after,
                          (size_t)(change->place - conf->places), change, err))
        return false;
    *out = edits;
    return true;
}

const char *const *conf_apache_check(struct arena *a,
                                     const struct server_conf *conf)
{
    static const char *const words[] = { "-t", NULL };

    return words_of(a, conf->listener, words);
}

const char *const *conf_apache_reload(struct arena *a,
                                      const struct server_conf *conf)
{
    return conf_service_words(a, conf, "reload", name_of(conf->listener));
}
