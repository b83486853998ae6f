#define _GNU_SOURCE /* nftw(3) */
#include "conf_bench.h"

#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "fixture.h"

void bench_open(struct conf_bench *b, struct arena *a)
{
    char top[] = "/tmp/certmend-conf-XXXXXX";

    *b = (struct conf_bench){ .arena = a };
    assert_non_null(mkdtemp(top));
    assert_int_equal(chmod(top, 0755), 0);
    b->top = arena_text(a, top);
    assert_true(machine_root_open(a, "/", &b->conf.root, &b->err));
}

static int take_away(const char *path, const struct stat *what, int kind,
                     struct FTW *where)
{
    (void)what;
    (void)kind;
    (void)where;
    return remove(path);
}

void bench_close(struct conf_bench *b)
{
    machine_root_close(&b->conf.root);
    assert_int_equal(nftw(b->top, take_away, 16, FTW_DEPTH | FTW_PHYS), 0);
}

const char *bench_text(const struct conf_bench *b, const char *text)
{
    struct buf out;

    buf_init(&out, b->arena, 4 * 1024 * 1024);
    for (; *text; text++)
        if (text[0] == '\\' && text[1] == '@')
            buf_char(&out, *++text);
        else if (*text == '@')
            buf_text(&out, b->top);
        else
            buf_char(&out, *text);
    return out.text;
}

static void make_folders(const char *path)
{
    char way[512];

    snprintf(way, sizeof way, "%s", path);
    for (char *c = way + 1; *c; c++)
        if (*c == '/') {
            *c = '\0';
            mkdir(way, 0755);
            *c = '/';
        }
}

void bench_put(const struct conf_bench *b, const char *path, const char *text)
{
    const char *where = bench_text(b, path);
    const char *what = bench_text(b, text);

    make_folders(where);
    FILE *f = fopen(where, "w");
    assert_non_null(f);
    assert_int_equal(fwrite(what, 1, strlen(what), f), strlen(what));
    assert_int_equal(fclose(f), 0);
    assert_int_equal(chmod(where, 0644), 0);
}

void bench_program(struct conf_bench *b, const char *path, const char *script)
{
    bench_put(b, path, arena_printf(b->arena, "#!/bin/sh\n%s", script));
    b->listener.program = bench_text(b, path);
    assert_int_equal(chmod(b->listener.program, 0755), 0);
}

static void set_words(struct conf_bench *b, const char *words)
{
    const char **argv = NULL;
    size_t len = 0;

    for (const char *at = bench_text(b, words); *at;) {
        size_t word = strcspn(at, " ");
        argv = arena_grow(b->arena, argv, len, sizeof *argv);
        argv[len++] = arena_text_n(b->arena, at, word);
        at += word + strspn(at + word, " ");
    }
    argv = arena_grow(b->arena, argv, len, sizeof *argv);
    argv[len] = NULL;
    b->listener.argv = argv;
}

bool bench_read(struct conf_bench *b, const char *software, uint16_t port,
                const char *words)
{
    struct machine_root root = b->conf.root;
    const struct server_kind *kind = NULL;

    b->listener.port = port;
    b->listener.pid = 1;
    b->listener.root = "/";
    set_words(b, words);
    kind = server_kind_of(&b->listener);
    if (!kind || strcmp(kind->software, software) != 0)
        fail_msg("%s is taken for %s", b->listener.program,
                 kind ? kind->software : "nothing");
    b->conf = (struct server_conf){
        .kind = kind, .listener = &b->listener, .root = root, .user = "root"
    };
    return kind->read(b->arena, &b->conf, &b->err);
}

const char *bench_where(const struct conf_bench *b,
                        const struct conf_value *value)
{
    const char *path =
        value->span.line ? b->conf.files[value->span.file].path : "";
    size_t top = strlen(b->top);

    if (strncmp(path, b->top, top) == 0)
        path += top;
    return *path ? arena_printf(b->arena, "%s:%zu", path, value->span.line)
                 : "";
}

static void is_sorted(const struct conf_edits *edits)
{
    for (size_t i = 1; i < edits->len; i++) {
        const struct conf_span *one = &edits->items[i - 1].span;
        const struct conf_span *two = &edits->items[i].span;
        if (one->file > two->file ||
            (one->file == two->file && one->at + one->len > two->at))
            fail_msg("edits %zu and %zu are not in order", i - 1, i);
    }
}

/* The edits taken back, found by their texts: what was there before. */
static void is_undone(const struct conf_bench *b,
                      const struct conf_edits *edits, size_t file,
                      const char *text)
{
    struct buf old;
    const struct machine_file *f = &b->conf.files[file];
    size_t done = 0, from = 0;

    buf_init(&old, b->arena, f->len + 1);
    for (size_t i = 0; i < edits->len; i++) {
        const struct conf_edit *e = &edits->items[i];
        if (e->span.file != file)
            continue;
        buf_bytes(&old, text + from, e->span.at - done);
        buf_bytes(&old, f->text + e->span.at, e->span.len);
        from += e->span.at - done + e->text_len;
        done = e->span.at + e->span.len;
    }
    buf_text(&old, text + from);
    assert_int_equal(old.len, f->len);
    assert_memory_equal(old.text, f->text, f->len);
}

const char *bench_edit(struct conf_bench *b, const struct tls_place *place,
                       const char *cert, const char *key, const char *path)
{
    struct conf_change change = { .place = place,
                                  .cert_path = cert,
                                  .key_path = key };
    struct conf_edits edits = { 0 };
    const char *text = NULL;
    const char *where = bench_text(b, path);
    size_t len = 0;

    if (!b->conf.kind->edit(b->arena, &b->conf, &change, &edits, &b->err))
        return NULL;
    is_sorted(&edits);
    for (size_t i = 0; i < b->conf.files_len; i++) {
        const char *new = NULL;
        conf_edits_apply(b->arena, &b->conf, &edits, i, &new, &len);
        is_undone(b, &edits, i, new);
        if (strcmp(b->conf.files[i].path, where) == 0)
            text = new;
        else if (strcmp(new, b->conf.files[i].text) != 0)
            fail_msg("%s is changed, too", b->conf.files[i].path);
    }
    assert_non_null(text);
    return text;
}

static void tell_value(struct conf_bench *b, struct json *o, const char *key,
                       const struct conf_value *value)
{
    struct json *v = json_put_object(b->arena, o, key);

    json_put_text(b->arena, v, "setting", value->setting);
    json_put_text(b->arena, v, "path", value->path);
    json_put_text(b->arena, v, "where", bench_where(b, value));
    json_put_text(b->arena, v, "doubt", value->doubt);
    json_put_bool(b->arena, v, "default", value->is_default);
}

static void tell_edits(struct conf_bench *b, struct json *o,
                       const struct conf_change *change)
{
    struct json *list = json_put_array(b->arena, o, "edits");
    struct conf_edits edits = { 0 };

    json_put_text(b->arena, o, "refused", NULL);
    if (!b->conf.kind->edit)
        return;
    if (!b->conf.kind->edit(b->arena, &b->conf, change, &edits, &b->err)) {
        json_put_text(b->arena, o, "refused", b->err.text);
        return;
    }
    for (size_t i = 0; i < edits.len; i++) {
        const struct conf_edit *e = &edits.items[i];
        struct json *one = json_add_object(b->arena, list);
        json_put_text(b->arena, one, "path", b->conf.files[e->span.file].path);
        json_put_number(b->arena, one, "at", (double)e->span.at);
        json_put_number(b->arena, one, "len", (double)e->span.len);
        json_put_text(b->arena, one, "text", e->text);
    }
}

static void tell_words(struct conf_bench *b, struct json *o, const char *key,
                       const char *const *words)
{
    size_t len = 0;

    while (words && words[len])
        len++;
    json_put_texts(b->arena, o, key, words, len);
}

struct json *bench_tell(struct conf_bench *b, const char *cert, const char *key)
{
    struct json *all = json_object(b->arena);
    struct json *places = json_put_array(b->arena, all, "places");
    const struct server_kind *kind = b->conf.kind;

    json_put_text(b->arena, all, "software", kind->software);
    json_put_text(b->arena, all, "version", b->conf.version);
    json_put_text(b->arena, all, "user", b->conf.user);
    json_put_text(b->arena, all, "print_only", b->conf.print_only);
    tell_words(b, all, "check",
               kind->check ? kind->check(b->arena, &b->conf) : NULL);
    tell_words(b, all, "reload",
               kind->reload ? kind->reload(b->arena, &b->conf) : NULL);
    for (size_t i = 0; i < b->conf.places_len; i++) {
        const struct tls_place *p = &b->conf.places[i];
        struct json *o = json_add_object(b->arena, places);
        struct conf_change change = { .place = p,
                                      .cert_path = cert,
                                      .key_path = key };
        json_put_number(b->arena, o, "port", p->port);
        json_put_text(b->arena, o, "address", p->address);
        json_put_text(b->arena, o, "sni", p->sni);
        json_put_text(b->arena, o, "service", p->service);
        json_put_bool(b->arena, o, "off", p->is_off);
        tell_value(b, o, "cert", &p->cert);
        tell_value(b, o, "key", &p->key);
        tell_value(b, o, "chain", &p->chain);
        tell_edits(b, o, &change);
    }
    return all;
}
