#include "machine/dovecot_settings.h"

#include <string.h>

#include "machine/conf_folded.h"
#include "machine/conf_source.h"

enum { BLOCKS_MAX = 32 };

struct dovecot_block {
    const char *path; /* of blocks, this one's at the end */
    bool is_ssl_server;
    struct conf_span where;
};

struct dovecot_reading {
    struct arena *arena;
    struct conf_walk walk;
    struct dovecot_settings *s;
    struct dovecot_block blocks[BLOCKS_MAX];
    size_t depth; /* of blocks that are open */
    struct err *err;
};

struct cursor {
    size_t at, line;
    size_t begin; /* of the line that was read last */
};

static bool is_blank(char c)
{
    return c == ' ' || c == '\t';
}

static bool refuse(struct dovecot_reading *r, size_t line, const char *why)
{
    struct conf_span where = { .file = conf_walk_file(&r->walk), .line = line };

    return err_set(r->err, ERR_INPUT, "%s: %s",
                   conf_span_place(r->arena, r->walk.conf, where), why);
}

/* Where the comment at the end of a line begins; quotes hide it. */
static size_t comment_in(const char *text, size_t from, size_t to)
{
    for (size_t i = from; i < to; i++) {
        if (text[i] == '#')
            return i;
        if (text[i] != '\'' && text[i] != '"')
            continue;
        char quote = text[i];
        for (i++; i < to && text[i] != quote; i++)
            if (text[i] == '\\' && i + 1 < to)
                i++;
    }
    return to;
}

/* A physical line, its blanks and comment left out; false: the file is over. */
static bool physical(const struct machine_file *f, struct cursor *c,
                     size_t *from, size_t *to)
{
    const char *lf;

    if (c->at >= f->len)
        return false;
    c->begin = c->at;
    c->line++;
    lf = memchr(f->text + c->at, '\n', f->len - c->at);
    *from = c->at;
    *to = lf ? (size_t)(lf - f->text) : f->len;
    c->at = *to + (lf ? 1 : 0);
    if (lf && *to > *from && f->text[*to - 1] == '\r')
        --*to;
    while (*from < *to && is_blank(f->text[*from]))
        ++*from;
    *to = comment_in(f->text, *from, *to);
    while (*to > *from && is_blank(f->text[*to - 1]))
        --*to;
    return true;
}

/* A whole line, "\" at its end joins it with the next; what goes before a blank
 * line or a comment is lost, as it is for Dovecot. */
static bool logical(struct arena *a, const struct machine_file *f,
                    struct cursor *c, struct conf_folded *out)
{
    size_t from, to, begin = c->at;

    *out = (struct conf_folded){ .text = NULL };
    while (physical(f, c, &from, &to)) {
        bool goes_on = to > from && f->text[to - 1] == '\\';
        if (from == to) {
            *out = (struct conf_folded){ .text = NULL };
            continue;
        }
        if (out->len == 0) {
            out->line = c->line;
            begin = c->begin;
        }
        if (!goes_on) {
            conf_folded_add(a, out, f, from, to);
            c->begin = begin;
            return true;
        }
        for (to--; to > from && is_blank(f->text[to - 1]);)
            to--;
        if (to == from)
            continue;
        conf_folded_add(a, out, f, from, to);
        conf_folded_blank(a, out, to);
    }
    return false;
}

static const char *block_path(const struct dovecot_reading *r)
{
    return r->depth ? r->blocks[r->depth - 1].path : "";
}

static bool is_word(const char *text, size_t len, const char *word)
{
    return len == strlen(word) && memcmp(text, word, len) == 0;
}

/* 2.4 lets a block's name be left out of the names in it. */
static const char *whole_name(const struct dovecot_reading *r, const char *name)
{
    bool is_in = r->depth && r->blocks[r->depth - 1].is_ssl_server;

    if (is_in && strncmp(name, "ssl_server_", 11) != 0)
        return arena_printf(r->arena, "ssl_server_%s", name);
    return name;
}

static void keep_setting(struct dovecot_reading *r, const struct conf_folded *f,
                         size_t name_len, size_t value)
{
    size_t index = conf_walk_file(&r->walk);
    struct conf_setting one = { .block = block_path(r) };

    one.name = whole_name(r, arena_text_n(r->arena, f->text, name_len));
    while (value < f->len && is_blank(f->text[value]))
        value++;
    conf_folded_value(r->arena, f, index, value, f->len, &one);
    one.begin = f->at[0];
    one.end = f->end;
    if (!r->depth && strcmp(one.name, "dovecot_config_version") == 0)
        r->s->is_24 = strncmp(one.value, "2.3", 3) != 0;
    *conf_settings_add(r->arena, &r->s->all) = one;
}

/* `protocol imap {`, `local_name "a b" {`: `rest` is behind the first word. */
static bool open_block(struct dovecot_reading *r, const struct conf_folded *f,
                       size_t key_len, size_t rest)
{
    const char *key = arena_text_n(r->arena, f->text, key_len);
    size_t end = f->len - 1, from = rest;
    struct dovecot_block *b = &r->blocks[r->depth];
    const char *name;

    if (r->depth == BLOCKS_MAX)
        return refuse(r, f->line, "too many blocks stand in one another here");
    while (end > from && is_blank(f->text[end - 1]))
        end--;
    if (end > from + 1 && f->text[from] == '"' && f->text[end - 1] == '"') {
        from++;
        end--;
    }
    name = arena_text_n(r->arena, f->text + from, end > from ? end - from : 0);
    b->is_ssl_server = strcmp(key, "ssl_server") == 0 && !*name;
    b->path = b->is_ssl_server
                  ? block_path(r)
                  : arena_printf(r->arena, "%s%c%s %s", block_path(r),
                                 DOVECOT_BLOCK, key, name);
    b->where.file = conf_walk_file(&r->walk);
    b->where.line = f->line;
    r->depth++;
    return true;
}

static bool read_file(struct dovecot_reading *r, const char *path);

static const char *folder_of(struct arena *a, const char *path)
{
    const char *slash = strrchr(path, '/');

    return slash && slash > path ? arena_text_n(a, path, (size_t)(slash - path))
                                 : "/";
}

static bool include(struct dovecot_reading *r, const struct conf_folded *f,
                    size_t rest, bool may_be_missing)
{
    size_t index = conf_walk_file(&r->walk);
    const char *pattern = f->text + rest;
    const char *const *paths = NULL;
    size_t len = 0;

    if (!*pattern || strpbrk(pattern, "{}"))
        return refuse(r, f->line, "what this line includes is not understood");
    pattern = conf_path(r->arena,
                        folder_of(r->arena, r->walk.conf->files[index].path),
                        pattern);
    if (!machine_file_glob(r->arena, &r->walk.conf->root, pattern, &paths, &len,
                           r->err))
        return may_be_missing ||
               refuse(r, f->line, arena_text(r->arena, r->err->text));
    if (len == 0 && !may_be_missing)
        return refuse(r, f->line, "there is no file that this line includes");
    for (size_t i = 0; i < len; i++)
        if (!read_file(r, paths[i]))
            return false;
    return true;
}

static bool read_line(struct dovecot_reading *r, const struct conf_folded *f,
                      bool *is_include)
{
    size_t key = strcspn(f->text, " \t="), rest = key;

    while (rest < f->len && is_blank(f->text[rest]))
        rest++;
    *is_include = is_word(f->text, key, "!include") ||
                  is_word(f->text, key, "!include_try");
    if (f->has_nul)
        return refuse(r, f->line, "a zero byte stands in this line");
    if (*is_include)
        return include(r, f, rest, is_word(f->text, key, "!include_try"));
    if (key && f->text[rest] == '=') {
        keep_setting(r, f, key, rest + 1);
        return true;
    }
    if (is_word(f->text, f->len, "}")) {
        if (!r->depth)
            return refuse(r, f->line, "this } closes nothing");
        r->depth--;
        return true;
    }
    if (key && rest > key && f->text[f->len - 1] == '{')
        return open_block(r, f, key, rest);
    return refuse(r, f->line,
                  "this line is no setting, so Dovecot does not start with it");
}

static bool read_lines(struct dovecot_reading *r)
{
    struct machine_file file = r->walk.conf->files[conf_walk_file(&r->walk)];
    struct cursor c = { .at = 0 };
    struct conf_folded f;
    size_t copied = 0;
    bool is_include = false;

    while (logical(r->arena, &file, &c, &f)) {
        /* What is included goes where the line was. */
        buf_bytes(&r->s->flat, file.text + copied, c.begin - copied);
        copied = c.begin;
        if (!read_line(r, &f, &is_include))
            return false;
        if (is_include)
            copied = c.at;
    }
    buf_bytes(&r->s->flat, file.text + copied, file.len - copied);
    buf_char(&r->s->flat, '\n');
    return true;
}

static bool read_file(struct dovecot_reading *r, const char *path)
{
    if (!conf_walk_enter(r->arena, &r->walk, path, r->err))
        return false;
    if (!read_lines(r))
        return false;
    conf_walk_leave(&r->walk);
    return true;
}

bool dovecot_settings_read(struct arena *a, struct server_conf *conf,
                           const char *first, struct dovecot_settings *out,
                           struct err *err)
{
    struct dovecot_settings s = { .is_24 = false };
    struct dovecot_reading *r = arena_alloc(a, 1, sizeof *r);

    *r = (struct dovecot_reading){
        .arena = a, .walk = { .conf = conf }, .s = &s, .err = err
    };
    buf_init(&s.flat, a, DOVECOT_FLAT_MAX);
    if (!read_file(r, first))
        return false;
    if (r->depth)
        return err_set(err, ERR_INPUT, "%s: this block is not closed",
                       conf_span_place(a, conf, r->blocks[r->depth - 1].where));
    if (s.flat.full)
        return err_set(err, ERR_INPUT, "%s and what it includes is too long",
                       conf_shown(a, first));
    *out = s;
    return true;
}
