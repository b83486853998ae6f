#include "machine/postfix_settings.h"

#include <string.h>

#include "base/buf.h"
#include "machine/postfix_lines.h"

static bool refuse(struct arena *a, const struct server_conf *conf, size_t file,
                   size_t line, const char *why, struct err *err)
{
    struct conf_span where = { .file = file, .line = line };

    return err_set(err, ERR_INPUT, "%s: %s", conf_span_place(a, conf, where),
                   why);
}

static const char *trimmed(struct arena *a, const char *text, size_t len)
{
    while (len && postfix_lines_blank(text[len - 1]))
        len--;
    while (len && postfix_lines_blank(*text)) {
        text++;
        len--;
    }
    return arena_text_n(a, text, len);
}

/* "name = value" in from..to of a line. */
static bool assignment(struct arena *a, const struct postfix_lines *lines,
                       const struct postfix_line *line, size_t from, size_t to,
                       struct conf_setting *out)
{
    const char *is = memchr(line->text + from, '=', to - from);
    size_t at = is ? (size_t)(is - line->text) : 0;

    if (!is)
        return false;
    out->name = trimmed(a, line->text + from, at - from);
    postfix_lines_value(lines, line, at + 1, to, out);
    return out->name[0] != '\0';
}

static bool read_main(struct arena *a, const struct server_conf *conf,
                      struct postfix_settings *s, struct err *err)
{
    struct postfix_lines lines = { .arena = a,
                                   .file = &conf->files[s->main],
                                   .index = s->main };
    struct postfix_line line;

    while (postfix_lines_next(&lines, &line)) {
        struct conf_setting one = { .block = "" };
        if (line.len == 0 || postfix_lines_blank(line.text[0]))
            continue; /* postconf warns of it and leaves it out */
        if (!assignment(a, &lines, &line, 0, line.len, &one))
            return refuse(a, conf, s->main, line.line,
                          "no setting stands in this line, so Postfix does not "
                          "start with it",
                          err);
        one.begin = line.at[0];
        one.end = line.end;
        *conf_settings_add(a, &s->all) = one;
    }
    return true;
}

/* A word of a line of master.cf; "{ a b }" is one. */
struct master_word {
    size_t from, to; /* of the line */
};

/* Where the group ends that begins at `i`. */
static size_t group_end(const struct postfix_line *line, size_t i)
{
    size_t depth = 0;

    for (; i < line->len; i++) {
        depth += line->text[i] == '{';
        depth -= line->text[i] == '}';
        if (depth == 0)
            return i + 1;
    }
    return i;
}

/* "-o{ a = b }" is an option and its value. */
static bool opens_value(const struct postfix_line *line, size_t from, size_t i)
{
    return line->text[i] == '{' && i - from == 2 &&
           strncmp(line->text + from, "-o", 2) == 0;
}

static bool next_word(const struct postfix_line *line, size_t *at,
                      struct master_word *out)
{
    size_t i = *at;

    while (i < line->len && postfix_lines_blank(line->text[i]))
        i++;
    if (i >= line->len)
        return false;
    out->from = i;
    if (line->text[i] == '{')
        i = group_end(line, i);
    else
        while (i < line->len && !postfix_lines_blank(line->text[i]) &&
               !opens_value(line, out->from, i))
            i++;
    out->to = *at = i;
    return true;
}

/* "-o name=value", "-oname=value", "-o { name = value }". */
static bool read_option(const struct postfix_lines *lines,
                        const struct postfix_line *line, size_t begin,
                        struct master_word word, struct postfix_settings *s)
{
    /* Of the service that was read last. */
    struct conf_setting one = { .block =
                                    s->services[s->services_len - 1].block };
    size_t end = word.to;

    if (line->text[word.from] == '{') {
        if (line->text[word.to - 1] != '}')
            return false;
        word.from++;
        word.to--;
    }
    if (!assignment(lines->arena, lines, line, word.from, word.to, &one))
        return false;
    one.begin = line->at[begin];
    one.end = line->at[end - 1] + 1;
    *conf_settings_add(lines->arena, &s->all) = one;
    return true;
}

enum { MASTER_FIELDS = 8, COMMAND_FIELD = 7 };

/* False: one is not understood. */
static bool read_options(const struct postfix_lines *lines,
                         const struct postfix_line *line, size_t at,
                         struct postfix_settings *s)
{
    struct master_word word;

    while (next_word(line, &at, &word)) {
        size_t begin = word.from;
        if (strncmp(line->text + word.from, "-o", 2) != 0)
            continue;
        if (word.to - word.from > 2)
            word.from += 2;
        else if (!next_word(line, &at, &word))
            return false;
        if (!read_option(lines, line, begin, word, s))
            return false;
    }
    return true;
}

static bool read_service(struct arena *a, const struct server_conf *conf,
                         const struct postfix_lines *lines,
                         const struct postfix_line *line,
                         struct postfix_settings *s, struct err *err)
{
    const char *field[MASTER_FIELDS];
    struct postfix_service *service;
    struct master_word word;
    size_t at = 0, n = 0;

    while (n < MASTER_FIELDS && next_word(line, &at, &word))
        field[n++] =
            arena_text_n(a, line->text + word.from, word.to - word.from);
    if (n < MASTER_FIELDS)
        return refuse(a, conf, s->master, line->line,
                      "this service has fewer than eight columns, so Postfix "
                      "does not start with it",
                      err);
    s->services =
        arena_grow(a, s->services, s->services_len, sizeof *s->services);
    service = &s->services[s->services_len++];
    *service = (struct postfix_service){
        .block = arena_printf(a, "%s/%s", field[0], field[1]),
        .name = field[0],
        .type = field[1],
        .command = field[COMMAND_FIELD],
        .line = line->line,
        .end = line->end,
    };
    return read_options(lines, line, at, s) ||
           refuse(a, conf, s->master, line->line,
                  "an -o of this service is not understood", err);
}

static bool read_master(struct arena *a, const struct server_conf *conf,
                        struct postfix_settings *s, struct err *err)
{
    struct postfix_lines lines = { .arena = a,
                                   .file = &conf->files[s->master],
                                   .index = s->master };
    struct postfix_line line;

    while (postfix_lines_next(&lines, &line)) {
        if (line.len == 0 || postfix_lines_blank(line.text[0]))
            return refuse(a, conf, s->master, line.line,
                          "this line goes on with none", err);
        if (!read_service(a, conf, &lines, &line, s, err))
            return false;
    }
    return true;
}

bool postfix_settings_read(struct arena *a, struct server_conf *conf,
                           struct postfix_settings *out, struct err *err)
{
    struct postfix_settings s = { .main = 0 };

    if (!conf_file_add(a, conf, conf_path(a, conf->dir, "main.cf"), &s.main,
                       err) ||
        !conf_file_add(a, conf, conf_path(a, conf->dir, "master.cf"), &s.master,
                       err) ||
        !read_main(a, conf, &s, err) || !read_master(a, conf, &s, err))
        return false;
    *out = s;
    return true;
}
