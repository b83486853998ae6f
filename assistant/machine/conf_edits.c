#include "machine/conf_edits.h"

#include <string.h>

#include "base/buf.h"

static bool is_before(const struct conf_span *one, const struct conf_span *two)
{
    if (one->file != two->file)
        return one->file < two->file;
    return one->at < two->at;
}

static bool is_same_place(const struct conf_span *one,
                          const struct conf_span *two)
{
    return one->file == two->file && one->at == two->at && one->len == two->len;
}

void conf_edits_put(struct arena *a, struct conf_edits *edits,
                    struct conf_span span, const char *text)
{
    size_t at = edits->len;

    for (size_t i = 0; i < edits->len; i++) {
        struct conf_edit *e = &edits->items[i];
        if (!is_same_place(&e->span, &span))
            continue;
        e->text = span.len ? arena_text(a, text)
                           : arena_printf(a, "%s%s", e->text, text);
        e->text_len = strlen(e->text);
        return;
    }
    edits->items =
        arena_grow(a, edits->items, edits->len, sizeof *edits->items);
    for (; at > 0 && is_before(&span, &edits->items[at - 1].span); at--)
        edits->items[at] = edits->items[at - 1];
    edits->items[at] = (struct conf_edit){ .span = span,
                                           .text = arena_text(a, text),
                                           .text_len = strlen(text) };
    edits->len++;
}

bool conf_edits_refuse(struct arena *a, const struct server_conf *conf,
                       const struct conf_value *value, const char *why,
                       struct err *err)
{
    const char *setting = value->setting ? value->setting : "the certificate";

    if (value->is_default || !value->span.line)
        return err_set(err, ERR_INPUT, "%s is not changed: %s", setting, why);
    return err_set(err, ERR_INPUT, "%s: %s is not changed: %s",
                   conf_span_place(a, conf, value->span), setting, why);
}

bool conf_edits_may_name(struct arena *a, const struct server_conf *conf,
                         const struct conf_value *value, const char *path,
                         struct err *err)
{
    const char *why = value->doubt;

    if (!why && !conf_path_is_plain(path))
        why = "the new path has characters in it that could be taken for "
              "something else.";
    return !why || conf_edits_refuse(a, conf, value, why, err);
}

bool conf_edits_value(struct arena *a, const struct server_conf *conf,
                      struct conf_edits *edits, const struct conf_value *value,
                      const char *path, struct err *err)
{
    struct conf_span span = value->span;
    bool is_bare = span.len == 0 && span.at > 0 &&
                   conf->files[span.file].text[span.at - 1] == '=';

    if (!path || (value->path && strcmp(value->path, path) == 0))
        return true;
    if (!conf_edits_may_name(a, conf, value, path, err))
        return false;
    conf_edits_put(a, edits, span,
                   is_bare ? arena_printf(a, " %s", path) : path);
    return true;
}

void conf_edits_append(struct arena *a, const struct server_conf *conf,
                       struct conf_edits *edits, size_t file, const char *line)
{
    const struct machine_file *f = &conf->files[file];
    const char *end = conf_line_end(f, f->len);
    bool is_ended = f->len == 0 || f->text[f->len - 1] == '\n';
    struct conf_span span = { .file = file,
                              .at = f->len,
                              .line = conf_line_of(f, f->len) };

    conf_edits_put(a, edits, span,
                   is_ended ? arena_printf(a, "%s%s", line, end)
                            : arena_printf(a, "%s%s", end, line));
}

void conf_edits_below(struct arena *a, const struct server_conf *conf,
                      struct conf_edits *edits, size_t file, size_t at,
                      const char *line)
{
    const struct machine_file *f = &conf->files[file];
    struct conf_span span = { .file = file,
                              .at = at,
                              .line = conf_line_of(f, at) };

    conf_edits_put(a, edits, span,
                   arena_printf(a, "%s%s%s", conf_line_end(f, at),
                                conf_indent(a, f, at), line));
}

void conf_edits_apply(struct arena *a, const struct server_conf *conf,
                      const struct conf_edits *edits, size_t file,
                      const char **text, size_t *len)
{
    const struct machine_file *f = &conf->files[file];
    size_t done = 0, added = 0;
    struct buf out;

    for (size_t i = 0; i < edits->len; i++)
        added += edits->items[i].text_len;
    buf_init(&out, a, f->len + added);
    for (size_t i = 0; i < edits->len; i++) {
        const struct conf_edit *e = &edits->items[i];
        if (e->span.file != file)
            continue;
        buf_bytes(&out, f->text + done, e->span.at - done);
        buf_bytes(&out, e->text, e->text_len);
        done = e->span.at + e->span.len;
    }
    buf_bytes(&out, f->text + done, f->len - done);
    *text = out.text;
    *len = out.len;
}

struct server_conf conf_edits_after(struct arena *a,
                                    const struct server_conf *conf,
                                    const struct conf_edits *edits)
{
    struct server_conf after = *conf;

    after.places = NULL;
    after.places_len = 0;
    after.files = NULL;
    for (after.files_len = 0; after.files_len < conf->files_len;) {
        size_t i = after.files_len;
        after.files = arena_grow(a, after.files, i, sizeof *after.files);
        after.files[i] = conf->files[i];
        conf_edits_apply(a, conf, edits, i, &after.files[i].text,
                         &after.files[i].len);
        after.files_len++;
    }
    return after;
}

/* Where a byte of the old file is in the new one, which edits lie before it. */
static size_t moved(const struct conf_edits *edits, size_t file, size_t at)
{
    size_t to = at;

    for (size_t i = 0; i < edits->len; i++) {
        const struct conf_edit *e = &edits->items[i];
        if (e->span.file == file && e->span.at + e->span.len <= at &&
            (e->span.at < at || e->span.len == 0))
            to += e->text_len - e->span.len;
    }
    return to;
}

static bool is_edited(const struct conf_edits *edits,
                      const struct conf_setting *s)
{
    for (size_t i = 0; i < edits->len; i++) {
        const struct conf_span *e = &edits->items[i].span;
        if (e->file == s->span.file && e->at >= s->span.at &&
            e->at + e->len <= s->span.at + s->span.len &&
            (e->len || !s->span.len))
            return true;
    }
    return false;
}

/* Does it stand in text that was put in? */
static bool is_new(const struct conf_edits *edits, const struct conf_setting *s)
{
    for (size_t i = 0; i < edits->len; i++) {
        const struct conf_edit *e = &edits->items[i];
        size_t from = e->span.at;
        if (e->span.file != s->span.file || e->span.len)
            continue;
        for (size_t k = 0; k < i; k++)
            if (edits->items[k].span.file == e->span.file)
                from += edits->items[k].text_len - edits->items[k].span.len;
        if (s->begin >= from && s->end <= from + e->text_len)
            return true;
    }
    return false;
}

static bool is_unchanged(const struct conf_edits *edits,
                         const struct conf_setting *old,
                         const struct conf_setting *now)
{
    bool is_same_name = old->span.file == now->span.file &&
                        strcmp(old->block, now->block) == 0 &&
                        strcmp(old->name, now->name) == 0;

    if (!is_same_name)
        return false;
    return is_edited(edits, old) ||
           (strcmp(old->value, now->value) == 0 &&
            moved(edits, old->span.file, old->begin) == now->begin);
}

bool conf_edits_only(struct arena *a, const struct server_conf *conf,
                     const struct conf_edits *edits,
                     const struct conf_settings *before,
                     const struct conf_settings *after, struct err *err)
{
    size_t old = 0;

    for (size_t i = 0; i < after->len; i++) {
        const struct conf_setting *s = &after->items[i];
        if (is_new(edits, s))
            continue;
        if (old == before->len || !is_unchanged(edits, &before->items[old], s))
            return err_set(err, ERR_INPUT,
                           "%s: the change would do more than it is meant to, "
                           "so nothing is changed",
                           conf_span_place(a, conf, s->span));
        old++;
    }
    if (old < before->len)
        return err_set(err, ERR_INPUT,
                       "%s: the change would undo what stands there, so "
                       "nothing is changed",
                       conf_span_place(a, conf, before->items[old].span));
    return true;
}

static bool is_path(const struct conf_value *value, const char *path)
{
    if (!value->path || !path)
        return !value->path && !path;
    return strcmp(value->path, path) == 0;
}

static bool is_pair(const struct tls_place *one, const struct tls_place *other)
{
    return is_path(&one->cert, other->cert.path) &&
           is_path(&one->key, other->key.path);
}

/* What it was, or what the place of the change is now: the certificate of the
 * one with the key of the other serves nobody. */
static bool is_same_or_new(const struct tls_place *old,
                           const struct tls_place *now,
                           const struct tls_place *changed)
{
    return old->port == now->port &&
           (is_pair(now, old) || is_pair(now, changed)) &&
           (is_path(&now->chain, old->chain.path) ||
            is_path(&now->chain, changed->chain.path));
}

bool conf_edits_meant(struct arena *a, const struct server_conf *before,
                      const struct server_conf *after, size_t at,
                      const struct conf_change *change, struct err *err)
{
    const struct tls_place *now = &after->places[at];

    if (after->places_len != before->places_len)
        return err_set(err, ERR_INPUT,
                       "%s: the change would alter which ports there are",
                       conf_shown(a, before->files[0].path));
    if ((change->cert_path && !is_path(&now->cert, change->cert_path)) ||
        (change->key_path && !is_path(&now->key, change->key_path)) ||
        (change->chain_path && !is_path(&now->chain, change->chain_path)) ||
        now->is_off)
        return err_set(err, ERR_INPUT,
                       "%s: port %d would not get the new certificate by it",
                       conf_shown(a, before->files[0].path), (int)now->port);
    for (size_t i = 0; i < before->places_len; i++)
        if (!is_same_or_new(&before->places[i], &after->places[i], now))
            return err_set(err, ERR_INPUT,
                           "%s: port %d would get another certificate by it",
                           conf_shown(a, before->files[0].path),
                           (int)before->places[i].port);
    return true;
}

bool conf_edits_prove(struct arena *a, const struct conf_trial *trial,
                      struct err *err)
{
    const struct server_conf *conf = trial->conf;
    size_t at = (size_t)(trial->change->place - conf->places);
    struct conf_edits none = { .len = 0 };
    struct server_conf before = conf_edits_after(a, conf, &none);
    struct server_conf after = conf_edits_after(a, conf, trial->edits);
    struct conf_settings old = { .len = 0 }, set = { .len = 0 };

    return conf->kind->parse(a, &before, &old, err) &&
           conf->kind->parse(a, &after, &set, err) &&
           conf_edits_only(a, conf, trial->edits, &old, &set, err) &&
           conf_edits_meant(a, &before, &after, at, trial->change, err);
}
