#include "machine/conf_splice.h"

#include <string.h>

#include "machine/conf_source.h"

#define STRANGE_PATH                                                           \
    "The new path has characters in it that it might take for something else."

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
    if (!conf_path_is_plain(path))
        return refuse(a, conf, value, STRANGE_PATH, err);
    conf_edits_put(a, out, value->span, path);
    return true;
}

static size_t end_of_line(const struct machine_file *f, size_t at)
{
    const char *lf = memchr(f->text + at, '\n', f->len - at);
    size_t end = lf ? (size_t)(lf - f->text) : f->len;

    return lf && end > at && f->text[end - 1] == '\r' ? end - 1 : end;
}

bool conf_splice_line(struct arena *a, const struct server_conf *conf,
                      const struct conf_value *beside,
                      const struct conf_new_line *line, struct conf_edits *out,
                      struct err *err)
{
    size_t file = beside->span.file;

    if (beside->doubt)
        return refuse(a, conf, beside, beside->doubt, err);
    if (beside->span.line == 0)
        return refuse(a, conf, beside, "Nothing sets it.", err);
    if (!conf_path_is_plain(line->path))
        return refuse(a, conf, beside, STRANGE_PATH, err);
    conf_edits_below(a, conf, out, file,
                     end_of_line(&conf->files[file], beside->span.at),
                     arena_printf(a, "%s%s", line->words, line->path));
    return true;
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
    const struct conf_new_line line = { key_words, key };
    return conf_splice_line(a, conf, value, &line, out, err);
}

/* Has somebody else this key, with another certificate? */
static bool shares_key_alone(const struct server_conf *conf,
                             const struct tls_place *place)
{
    for (size_t i = 0; place->key.setting && i < conf->places_len; i++) {
        const struct tls_place *other = &conf->places[i];
        bool same_key = other->key.setting &&
                        other->key.span.at == place->key.span.at &&
                        other->key.span.file == place->key.span.file;
        bool same_cert = other->cert.span.at == place->cert.span.at &&
                         other->cert.span.file == place->cert.span.file;
        if (same_key && !same_cert)
            return true;
    }
    return false;
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
    const struct conf_new_line line = { key_words, change->key_path };
    if (key_words && change->key_path && shares_key_alone(conf, place))
        return conf_splice_line(a, conf, &place->cert, &line, out, err);
    if (!place->key.setting)
        return one_file_stays(a, conf, change, key_words, out, err);
    return conf_splice_value(a, conf, &place->key, change->key_path, out, err);
}
