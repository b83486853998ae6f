/* Any text as the configuration of a mail server: the first byte says of which.
 * Each place of it is edited: what comes out is the text with other bytes in
 * these spans, says what was wanted, and needs no second edit. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "machine/conf_edits.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { PLACES_MAX = 6 };

static void check(bool holds)
{
    if (!holds)
        abort();
}

static void add(struct arena *a, struct server_conf *conf, const char *path,
                const char *text, size_t len)
{
    char *bytes = arena_alloc(a, len + 1, 1);

    if (len)
        memcpy(bytes, text, len);
    conf->files =
        arena_grow(a, conf->files, conf->files_len, sizeof *conf->files);
    conf->files[conf->files_len++] = (struct machine_file){
        .path = path, .resolved = path, .text = bytes, .len = len
    };
}

static const struct server_kind *kind(const char *software)
{
    for (const struct server_kind *k = server_kinds; k->software; k++)
        if (strcmp(k->software, software) == 0)
            return k;
    abort();
}

static bool parse(struct arena *a, struct server_conf *conf)
{
    struct conf_settings all = { .len = 0 };
    struct err err = { ERR_NONE, "" };
    bool good = conf->kind->parse(a, conf, &all, &err);

    check(good == (err.kind == ERR_NONE) && (good || err.text[0]));
    return good;
}

static void check_value(const struct server_conf *conf,
                        const struct conf_value *v)
{
    if (v->is_default || !v->setting)
        return;
    check(v->span.file < conf->files_len && v->span.line > 0);
    check(v->span.at + v->span.len <= conf->files[v->span.file].len);
}

/* The same bytes but for the spans. */
static void check_bytes(struct arena *a, const struct server_conf *conf,
                        const struct conf_edits *edits, size_t file)
{
    const struct machine_file *f = &conf->files[file];
    const char *now = NULL;
    size_t len = 0, old = 0, new = 0;

    conf_edits_apply(a, conf, edits, file, &now, &len);
    for (size_t i = 0; i < edits->len; i++) {
        const struct conf_edit *e = &edits->items[i];
        if (e->span.file != file)
            continue;
        check(e->span.at >= old && e->span.at + e->span.len <= f->len);
        check(memcmp(f->text + old, now + new, e->span.at - old) == 0);
        new += e->span.at - old;
        check(memcmp(now + new, e->text, e->text_len) == 0);
        new += e->text_len;
        old = e->span.at + e->span.len;
    }
    check(f->len - old ==
          len - new &&memcmp(f->text + old, now + new, len - new) == 0);
}

static void edit(struct arena *a, const struct server_conf *conf,
                 const struct tls_place *place)
{
    struct conf_change change = { place, "/new/c", "/new/k", NULL };
    struct conf_edits edits = { .len = 0 };
    struct err err = { ERR_NONE, "" };
    size_t at = (size_t)(place - conf->places);

    if (!conf->kind->edit(a, conf, &change, &edits, &err)) {
        check(err.text[0] && !edits.len);
        return;
    }
    for (size_t i = 0; i < conf->files_len; i++)
        check_bytes(a, conf, &edits, i);
    struct server_conf after = conf_edits_after(a, conf, &edits);
    check(parse(a, &after) && after.places_len == conf->places_len);
    change.place = &after.places[at];
    check(strcmp(change.place->cert.path, "/new/c") == 0 &&
          strcmp(change.place->key.path, "/new/k") == 0 &&
          !change.place->is_off);
    edits.len = 0;
    check(conf->kind->edit(a, &after, &change, &edits, &err) && !edits.len);
}

static void look_at(struct arena *a, struct server_conf *conf)
{
    conf->root.fd = -1; /* no other file is there */
    if (!parse(a, conf))
        return;
    for (size_t i = 0; i < conf->places_len; i++) {
        check_value(conf, &conf->places[i].cert);
        check_value(conf, &conf->places[i].key);
        if (i < PLACES_MAX)
            edit(a, conf, &conf->places[i]);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const char services[] = "smtp inet n - y - - smtpd\n"
                                   "587 inet n - y - - smtpd -o x=y\n"
                                   " -o smtpd_tls_key_file=/s/k\n";
    static const char pair[] = "smtpd_tls_security_level = may\n"
                               "smtpd_tls_cert_file = /o/c\n"
                               "smtpd_tls_key_file = /o/k";
    struct arena *a = arena_new();
    struct server_conf conf = { .dir = "/c" };
    const char *text = size ? (const char *)data + 1 : "";
    size_t len = size ? size - 1 : 0;
    char how = size ? (char)data[0] : 'm';
    bool is_master = how == 's';

    if (how == 'm' || is_master) {
        conf.kind = kind("postfix");
        add(a, &conf, "/c/main.cf", is_master ? pair : text,
            is_master ? strlen(pair) : len);
        add(a, &conf, "/c/master.cf", is_master ? text : services,
            is_master ? len : strlen(services));
    } else {
        conf.kind = kind(how == 'n' ? "nginx" : "dovecot");
        add(a, &conf, "/c/first.conf", text, len);
    }
    look_at(a, &conf);
    arena_free(a);
    return 0;
}
