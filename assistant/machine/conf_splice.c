#include "machine/conf_splice.h"

#include <string.h>

#include "machine/conf_source.h"

#define STRANGE_PATH                                                           \
    "The new path has characters in it that it might take for something else."

static bool is_plain(const char *path)
{
    static const char plain[] = "abcdefghijklmnopqrstuvwxyz"
                                "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
                                "0123456789/._-+@=";

    return path[0] == '/' && path[strspn(path, plain)] == '\0';
}

static bool lies_before(const struct conf_span *one,
                        const struct conf_span *other)
{
    if (one->file != other->file)
        return one->file < other->file;
    return one->at + one->len <= other->at &&
           (one->at < other->at || one->len < other->len);
}

static bool same_edit(const struct conf_edit *one,
                      const struct conf_edit *other)
{
    return one->span.file == other->span.file &&
           one->span.at == other->span.at && one->span.len == other->span.len &&
           one->text_len == other->text_len &&
           memcmp(one->text, other->text, one->text_len) == 0;
}

static bool add(struct arena *a, const struct server_conf *conf,
                const struct conf_edit *edit, struct conf_edits *out,
                struct err *err)
{
    size_t at = 0;

    while (at < out->len && lies_before(&out->items[at].span, &edit->span))
        at++;
    if (at < out->len && same_edit(&out->items[at], edit))
        return true;
    if (at < out->len && !lies_before(&edit->span, &out->items[at].span))
        return err_set(err, ERR_INPUT,
                       "%s cannot be changed: two things stand in the same "
                       "place",
                       conf_span_place(a, conf, edit->span));
    out->items = arena_grow(a, out->items, out->len, sizeof *out->items);
    memmove(out->items + at + 1, out->items + at,
            (out->len - at) * sizeof *out->items);
    out->items[at] = *edit;
    out->len++;
    return true;
}

static bool refuse(struct arena *a, const struct server_conf *conf,
                   const struct conf_value *value, const char *why,
                   struct err *err)
{
    const char *setting = value->setting ? value->setting : "the certificate";

    if (value->span.line == 0)
        return err_set(err, ERR_INPUT, "%s is not changed: %s", setting, why);
    return err_set(err, ERR_INPUT, "%s in %s is not changed: %s", setting,
                   conf_span_place(a, conf, value->span), why);
}

bool conf_splice_value(struct arena *a, const struct server_conf *conf,
                       const struct conf_value *value, const char *path,
                       struct conf_edits *out, struct err *err)
{
    if (!path || (value->path && strcmp(value->path, path) == 0))
        return true;
    if (value->doubt)
        return refuse(a, conf, value, value->doubt, err);
    if (!value->setting || value->is_default || value->span.len == 0)
        return refuse(a, conf, value, "Nothing sets it.", err);
    if (!is_plain(path))
        return refuse(a, conf, value, STRANGE_PATH, err);
    struct conf_edit edit = { value->span, arena_text(a, path), strlen(path) };
    return add(a, conf, &edit, out, err);
}

bool conf_splice_in(struct arena *a, const struct server_conf *conf,
                    struct conf_span at, const char *text,
                    struct conf_edits *out, struct err *err)
{
    struct conf_edit edit = { at, arena_text(a, text), strlen(text) };

    edit.span.len = 0;
    return add(a, conf, &edit, out, err);
}

/* Where the line begins that `at` lies in. */
static size_t begin_of_line(const struct machine_file *f, size_t at)
{
    while (at && f->text[at - 1] != '\n')
        at--;
    return at;
}

static const char *end_of_line(const struct machine_file *f, size_t at)
{
    const char *end = memchr(f->text + at, '\n', f->len - at);

    return end && end > f->text + at && end[-1] == '\r' ? "\r\n" : "\n";
}

bool conf_splice_line(struct arena *a, const struct server_conf *conf,
                      const struct conf_value *beside, const char *words,
                      const char *path, struct conf_edits *out, struct err *err)
{
    const struct machine_file *f = &conf->files[beside->span.file];

    if (beside->doubt)
        return refuse(a, conf, beside, beside->doubt, err);
    if (beside->span.line == 0)
        return refuse(a, conf, beside, "Nothing sets it.", err);
    if (!is_plain(path))
        return refuse(a, conf, beside, STRANGE_PATH, err);
    struct conf_span at = beside->span;
    at.at = begin_of_line(f, at.at);
    size_t blanks = strspn(f->text + at.at, " \t");
    const char *indent = arena_text_n(a, f->text + at.at, blanks);
    return conf_splice_in(
        a, conf, at,
        arena_printf(a, "%s%s%s%s", indent, words, path, end_of_line(f, at.at)),
        out, err);
}

static bool one_file_stays(struct arena *a, const struct server_conf *conf,
                           const struct conf_change *change,
                           const char *key_words, struct conf_edits *out,
                           struct err *err)
{
    const char *cert = change->cert_path;
    const char *key = change->key_path;
    const struct conf_value *value = &change->place->cert;

    if (!cert)
        cert = value->path;
    if (!key)
        key = value->path;
    if (!cert || !key || strcmp(cert, key) == 0)
        return true;
    if (!key_words)
        return refuse(a, conf, value,
                      "It reads certificate and key from one file, and these "
                      "are two.",
                      err);
    return conf_splice_line(a, conf, value, key_words, key, out, err);
}

bool conf_splice_place(struct arena *a, const struct server_conf *conf,
                       const struct conf_change *change, const char *key_words,
                       struct conf_edits *out, struct err *err)
{
    const struct tls_place *place = change->place;

    if (!conf_splice_value(a, conf, &place->cert, change->cert_path, out,
                           err) ||
        !conf_splice_value(a, conf, &place->chain, change->chain_path, out,
                           err))
        return false;
    if (!place->key.setting)
        return one_file_stays(a, conf, change, key_words, out, err);
    return conf_splice_value(a, conf, &place->key, change->key_path, out, err);
}
