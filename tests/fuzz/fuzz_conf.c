/* Any text as a server's configuration: the first byte says whose. What is said
 * to stand somewhere stands there; a value that is put in is read again, and
 * all else is as it was. */
#include "base/arena.h"
#include "machine/conf_apache_text.h"
#include "machine/conf_dovecot.h"
#include "machine/conf_edits.h"
#include "machine/conf_exim_text.h"
#include "machine/conf_haproxy_text.h"
#include "machine/conf_nginx.h"
#include "machine/conf_postfix.h"
#include "machine/conf_stunnel.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define NEW_CERT "/new/cert.pem"
#define NEW_KEY  "/new/key.pem"

static const char *const started[] = { "x", "/conf", NULL };
static const struct listener listener = {
    .port = 465, .pid = 1, .program = "/x", .argv = started, .root = "/"
};

static void check(bool holds)
{
    if (!holds)
        abort();
}

static void stands(const struct server_conf *conf, struct conf_span span)
{
    if (span.line == 0)
        return;
    check(span.file < conf->files_len);
    const struct machine_file *f = &conf->files[span.file];
    check(span.at <= f->len && span.len <= f->len - span.at);
    check(conf_line_of(f, span.at) == span.line);
}

static void all_stand(const struct server_conf *conf)
{
    for (size_t i = 0; i < conf->places_len; i++) {
        stands(conf, conf->places[i].cert.span);
        stands(conf, conf->places[i].key.span);
        stands(conf, conf->places[i].chain.span);
    }
}

static void exim(struct arena *a, struct server_conf *conf)
{
    struct conf_walk walk = { .conf = conf };
    struct exim_text *t = arena_alloc(a, 1, sizeof *t);
    struct err err;

    if (exim_text_read(a, &walk, "/conf", t, &err))
        for (size_t i = 0; i < EXIM_OPTION_COUNT; i++)
            stands(conf, t->options[i].span);
    for (size_t i = 0; i < t->macros_len; i++)
        stands(conf, t->macros[i].span);
}

static void haproxy(struct arena *a, struct server_conf *conf)
{
    struct haproxy_text t = { .walk = { .conf = conf } };
    struct err err;

    if (!haproxy_text_read(a, &t, "/conf", &err))
        return;
    for (size_t i = 0; i < t.binds_len; i++)
        for (size_t k = 0; k < t.binds[i].certs_len; k++) {
            const struct haproxy_word *w = &t.binds[i].certs[k].word;
            stands(conf, w->span);
            check(!w->is_plain ||
                  strcmp(conf_span_text(a, conf, w->span), w->text) == 0);
        }
}

static void apache(struct arena *a, struct server_conf *conf)
{
    struct apache_text *t = arena_alloc(a, 1, sizeof *t);
    struct err err;

    apache_text_init(a, t, conf, "/");
    if (!apache_text_read(a, t, "/conf", &err))
        return;
    for (size_t i = 0; i < t->hosts_len; i++)
        for (size_t k = 0; k < t->hosts[i].certs.len; k++) {
            const struct conf_value *v = &t->hosts[i].certs.items[k];
            if (!v->doubt)
                check(
                    strcmp(conf_path(a, "/", conf_span_text(a, conf, v->span)),
                           v->path) == 0);
        }
}

/* What was read is put in again, in one place after the other. */
static void stunnel(struct arena *a, struct server_conf *conf)
{
    struct err err;

    if (!conf_stunnel_read(a, conf, &err))
        return;
    all_stand(conf);
    for (size_t i = 0; i < conf->places_len && i < 8; i++) {
        struct conf_change change = { &conf->places[i], NEW_CERT, NEW_KEY,
                                      NULL };
        struct conf_edits edits = { 0 };
        if (!conf_stunnel_edit(a, conf, &change, &edits, &err))
            continue;
        struct server_conf after = conf_edits_after(a, conf, &edits);
        check(conf_stunnel_read(a, &after, &err));
        check(strcmp(after.places[i].cert.path, NEW_CERT) == 0);
        check(strcmp(after.places[i].key.path, NEW_KEY) == 0);
    }
}

static void others(struct arena *a, struct server_conf *conf, char how)
{
    struct conf_settings all = { .len = 0 };
    struct err err;
    bool good = false;

    if (how == 'n')
        good = conf_nginx_parse(a, conf, &all, &err);
    else if (how == 'd')
        good = conf_dovecot_parse(a, conf, &all, &err);
    else
        good = conf_postfix_parse(a, conf, &all, &err);
    if (good)
        all_stand(conf);
}

/* Nothing is on a disk: the one file is known already. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct arena *a = arena_new();
    char how = size ? (char)data[0] : 'e';
    const char *text = arena_text_n(a, size ? (const char *)data + 1 : "",
                                    size ? size - 1 : 0);
    struct machine_file file = { .path = "/conf",
                                 .resolved = "/conf",
                                 .text = text,
                                 .len = size ? size - 1 : 0,
                                 .links = 1,
                                 .dev = 1,
                                 .inode = 1 };
    struct server_conf conf = {
        .listener = &listener, .root = { -1, "/" }, .dir = "/", .user = "root"
    };

    conf.files = arena_grow(a, NULL, 0, sizeof file);
    conf.files[conf.files_len++] = file;
    if (how == 'p') /* main.cf and master.cf have the same text */
        for (int i = 0; i < 2; i++) {
            conf.files = arena_grow(a, conf.files, conf.files_len, sizeof file);
            file.path = i ? "/master.cf" : "/main.cf";
            file.inode++;
            conf.files[conf.files_len++] = file;
        }
    if (how == 'e')
        exim(a, &conf);
    else if (how == 'h')
        haproxy(a, &conf);
    else if (how == 'a')
        apache(a, &conf);
    else if (how == 's')
        stunnel(a, &conf);
    else
        others(a, &conf, how);
    arena_free(a);
    return 0;
}
