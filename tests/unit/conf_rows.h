#ifndef CERTMEND_TESTS_CONF_ROWS_H
#define CERTMEND_TESTS_CONF_ROWS_H
/*
 * conf_rows - tables of configurations in two files: what a port shows, by
 * which line, and what both files are once that is changed; what is not read
 */
#include "conf_stage.h"

struct conf_rows {
    const char *software;
    const char *first, *other;  /* where the two files stand */
    const char *dir;            /* of both; NULL: read from `first` */
    const char *map, *map_text; /* one more beside them; NULL: none */
};

/* `new_first`, `new_other`: NULL: as it was. `other` NULL: there is no such
 * file. */
struct conf_row {
    const char *what, *first, *other;
    int port;
    const char *sni, *cert, *key; /* as they are; NULL: none */
    size_t line;                  /* of the certificate; 0: it has none */
    const char *new_first, *new_other;
    const char *refused; /* a part of why it is not edited; NULL: it is */
};

struct conf_bad_row {
    const char *what, *first, *other, *why;
};

/* By the files alone. The first may hold zero bytes. */
static inline bool rows_read(const struct conf_rows *r, const char *first,
                             size_t len, const char *other,
                             struct server_conf *conf, struct err *err)
{
    struct conf_settings all = { .len = 0 };

    stage_empty();
    stage_put(r->first, first, len);
    if (other)
        stage_text(r->other, other);
    if (r->map)
        stage_text(r->map, r->map_text);
    *conf = stage_conf(NULL);
    conf->dir = r->dir;
    for (conf->kind = server_kinds;
         strcmp(conf->kind->software, r->software) != 0;)
        conf->kind++;
    return conf->kind->parse(arena, conf, &all, err);
}

static inline const struct tls_place *rows_place(const struct server_conf *conf,
                                                 int port, const char *sni)
{
    for (size_t i = 0; i < conf->places_len; i++)
        if (conf->places[i].port == port && same(conf->places[i].sni, sni))
            return &conf->places[i];
    return NULL;
}

static inline void rows_expect(const char *what, const struct server_conf *conf,
                               const struct conf_edits *edits, const char *path,
                               const char *wanted)
{
    size_t len = 0;
    const char *text = stage_after(conf, edits, path, &len);

    if (strcmp(text, wanted) != 0)
        fail_msg("%s: %s\n%s", what, path, text);
}

static inline void rows_edit(const struct conf_rows *r,
                             const struct conf_row *row,
                             const struct server_conf *conf,
                             const struct tls_place *place)
{
    struct conf_change change = { place, "/n/c", "/n/k", NULL };
    struct conf_edits edits = { .len = 0 };
    struct err err;

    if (!conf->kind->edit(arena, conf, &change, &edits, &err)) {
        if (!row->refused || !strstr(err.text, row->refused))
            fail_msg("%s: %s", row->what, err.text);
        return;
    }
    if (row->refused)
        fail_msg("%s: is edited", row->what);
    rows_expect(row->what, conf, &edits, r->first,
                row->new_first ? row->new_first : row->first);
    if (row->other)
        rows_expect(row->what, conf, &edits, r->other,
                    row->new_other ? row->new_other : row->other);
}

static inline void rows_hold(const struct conf_rows *r,
                             const struct conf_row *rows, size_t len)
{
    for (size_t i = 0; i < len; i++) {
        const struct conf_row *row = &rows[i];
        struct server_conf conf;
        struct err err;
        if (!rows_read(r, row->first, strlen(row->first), row->other, &conf,
                       &err))
            fail_msg("%s: %s", row->what, err.text);
        const struct tls_place *p = rows_place(&conf, row->port, row->sni);
        if (!p)
            fail_msg("%s: there is no such place", row->what);
        if (!same(p->cert.path, row->cert) || !same(p->key.path, row->key))
            fail_msg("%s: %s, %s", row->what, p->cert.path, p->key.path);
        if (p->cert.span.line != row->line)
            fail_msg("%s: line %zu", row->what, p->cert.span.line);
        rows_edit(r, row, &conf, p);
    }
}

static inline void rows_fail(const struct conf_rows *r,
                             const struct conf_bad_row *rows, size_t len)
{
    for (size_t i = 0; i < len; i++) {
        struct server_conf conf;
        struct err err = { ERR_NONE, "" };
        if (rows_read(r, rows[i].first, strlen(rows[i].first), rows[i].other,
                      &conf, &err))
            fail_msg("%s is read", rows[i].what);
        if (!strstr(err.text, rows[i].why))
            fail_msg("%s: %s", rows[i].what, err.text);
    }
}

/* None of these names is written in place of the first certificate, which
 * stands at `where`; the pair that is there is no change. */
static inline void rows_refuse_paths(const struct server_conf *conf,
                                     const char *const *paths, size_t len,
                                     const char *where)
{
    const struct tls_place *first = conf->places;
    struct conf_edits edits = { .len = 0 };
    struct err err;

    for (size_t i = 0; i < len; i++) {
        struct conf_change change = { first, paths[i], "/n/k", NULL };
        if (conf->kind->edit(arena, conf, &change, &edits, &err))
            fail_msg("%s is written", paths[i]);
        assert_non_null(strstr(err.text, where));
    }
    struct conf_change again = { first, first->cert.path, first->key.path,
                                 NULL };
    assert_true(conf->kind->edit(arena, conf, &again, &edits, &err));
    assert_int_equal(edits.len, 0);
}

#endif
