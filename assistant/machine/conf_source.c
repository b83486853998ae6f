#include "machine/conf_source.h"

#include <string.h>

#include "base/shell_word.h"

static bool find_read(const struct server_conf *conf, const char *path,
                      size_t *index)
{
    for (size_t i = 0; i < conf->files_len; i++)
        if (strcmp(conf->files[i].path, path) == 0) {
            *index = i;
            return true;
        }
    return false;
}

/* One that is reached by two names is one file. */
static size_t same_file(const struct server_conf *conf,
                        const struct machine_file *file)
{
    size_t i = 0;

    while (i < conf->files_len && (conf->files[i].dev != file->dev ||
                                   conf->files[i].inode != file->inode))
        i++;
    return i;
}

static bool read_file(struct arena *a, struct server_conf *conf,
                      const char *path, size_t *index, struct err *err)
{
    struct machine_file file;

    if (find_read(conf, path, index))
        return true;
    if (!machine_file_read(a, &conf->root, path, CONF_FILE_MAX, &file, err))
        return false;
    if (memchr(file.text, '\0', file.len))
        return err_set(err, ERR_INPUT, "%s is not read: it is no text",
                       arena_printable(a, path, strlen(path)));
    *index = same_file(conf, &file);
    if (*index < conf->files_len)
        return true;
    if (conf->files_len == CONF_FILES_MAX)
        return err_set(err, ERR_INPUT,
                       "%s is not read: the configuration has more than %d "
                       "files",
                       path, CONF_FILES_MAX);
    conf->files =
        arena_grow(a, conf->files, conf->files_len, sizeof *conf->files);
    conf->files[conf->files_len++] = file;
    return true;
}

bool conf_walk_enter(struct arena *a, struct conf_walk *walk, const char *path,
                     struct err *err)
{
    const char *said = arena_printable(a, path, strlen(path));
    size_t index = 0;

    if (walk->depth == CONF_DEPTH_MAX)
        return err_set(err, ERR_INPUT,
                       "%s is not read: it is included %d files deep", said,
                       CONF_DEPTH_MAX);
    if (walk->entered == CONF_FILES_MAX)
        return err_set(err, ERR_INPUT,
                       "%s is not read: the configuration includes more than "
                       "%d files",
                       said, CONF_FILES_MAX);
    if (!read_file(a, walk->conf, path, &index, err))
        return false;
    for (size_t i = 0; i < walk->depth; i++)
        if (walk->open[i] == index)
            return err_set(err, ERR_INPUT,
                           "%s cannot be followed: it includes itself", said);
    walk->open[walk->depth++] = index;
    walk->entered++;
    return true;
}

void conf_walk_leave(struct conf_walk *walk)
{
    walk->depth--;
}

size_t conf_walk_file(const struct conf_walk *walk)
{
    return walk->open[walk->depth - 1];
}

bool conf_line_next(const struct machine_file *f, struct conf_line *line)
{
    static const char mark[] = "\xef\xbb\xbf";
    size_t at = line->next;

    if (at == 0 && f->len >= 3 && memcmp(f->text, mark, 3) == 0)
        at = 3;
    if (at >= f->len)
        return false;
    const char *end = memchr(f->text + at, '\n', f->len - at);
    size_t len = end ? (size_t)(end - f->text) - at : f->len - at;
    line->next = end ? at + len + 1 : f->len;
    if (end && len && f->text[at + len - 1] == '\r')
        len--;
    line->at = at;
    line->len = len;
    line->number++;
    return true;
}

static bool is_blank(char c)
{
    return c == ' ' || c == '\t' || c == '\r' || c == '\f' || c == '\v';
}

struct conf_span conf_span_trim(const struct machine_file *f,
                                struct conf_span span)
{
    while (span.len && is_blank(f->text[span.at])) {
        span.at++;
        span.len--;
    }
    while (span.len && is_blank(f->text[span.at + span.len - 1]))
        span.len--;
    return span;
}

struct conf_span conf_line_trim(const struct machine_file *f,
                                const struct conf_line *line)
{
    struct conf_span all = { 0, line->at, line->len, line->number };

    return conf_span_trim(f, all);
}

const char *conf_span_text(struct arena *a, const struct server_conf *conf,
                           struct conf_span span)
{
    if (span.len == 0)
        return "";
    return arena_text_n(a, conf->files[span.file].text + span.at, span.len);
}

const char *conf_file_shown(struct arena *a, const struct server_conf *conf,
                            struct conf_span span)
{
    const struct machine_file *f = &conf->files[span.file];
    const char *path =
        f->resolved && (strstr(f->path, "/../") || strstr(f->path, "/./"))
            ? f->resolved
            : f->path;

    return arena_printable(a, path, strlen(path));
}

const char *conf_span_place(struct arena *a, const struct server_conf *conf,
                            struct conf_span span)
{
    return arena_printf(a, "%s:%zu", conf_file_shown(a, conf, span), span.line);
}

const char *conf_path(struct arena *a, const char *dir, const char *path)
{
    size_t len = strlen(dir);

    if (path[0] == '/')
        return path;
    return arena_printf(a, "%s%s%s", dir, len && dir[len - 1] == '/' ? "" : "/",
                        path);
}

bool conf_place_add(struct arena *a, struct server_conf *conf,
                    const struct tls_place *place, struct err *err)
{
    if (conf->places_len == CONF_PLACES_MAX)
        return err_set(err, ERR_INPUT,
                       "the configuration cannot be followed: it has more than "
                       "%d names and ports",
                       CONF_PLACES_MAX);
    conf->places =
        arena_grow(a, conf->places, conf->places_len, sizeof *conf->places);
    conf->places[conf->places_len++] = *place;
    return true;
}

const char *const *conf_service_words(struct arena *a,
                                      const struct server_conf *conf,
                                      const char *verb, const char *service)
{
    const char *unit = conf->listener->unit;
    const char *by_unit[] = { "systemctl", verb, unit, NULL };
    const char *by_name[] = { "service", service, verb, NULL };

    return arena_copy(a, unit ? by_unit : by_name, sizeof by_unit);
}

static bool is_there(struct arena *a, const struct server_conf *conf,
                     const char *path)
{
    const char *const *found = NULL;
    size_t len = 0;
    struct err err;

    return path && path[0] == '/' && !strpbrk(path, "*?[") &&
           machine_file_glob(a, &conf->root, path, &found, &len, &err) && len;
}

const char *const *conf_signal_words(struct arena *a,
                                     const struct server_conf *conf,
                                     const struct conf_signal *signal,
                                     const char *service)
{
    struct buf line;

    if (conf->listener->unit || !is_there(a, conf, signal->pid_file))
        return conf_service_words(a, conf, "reload", service);
    buf_init(&line, a, 4096);
    if (signal->first)
        buf_printf(&line, "%s && ", signal->first);
    buf_printf(&line, "kill -%s $(cat ", signal->name);
    shell_word(&line, signal->pid_file);
    buf_char(&line, ')');
    const char *words[] = { "sh", "-c", line.text, NULL };
    return arena_copy(a, words, sizeof words);
}
