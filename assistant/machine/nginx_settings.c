#include "machine/nginx_settings.h"

#include <string.h>

#include "machine/conf_source.h"

struct nginx_reading {
    struct arena *arena;
    struct conf_walk walk;
    struct nginx_settings *s;
    const char *folder; /* what is included is named relative to */
    long block;         /* that is open, or NGINX_NONE */
    size_t blocks;      /* that were opened so far */
    struct err *err;
};

/* Words that were read and have no end yet. */
struct nginx_line {
    struct nginx_word *words;
    size_t len;
};

static bool refuse(struct nginx_reading *r, const struct nginx_word *at,
                   const char *why)
{
    return err_set(r->err, ERR_INPUT, "%s: %s",
                   conf_span_place(r->arena, r->walk.conf, at->span), why);
}

/* "server#17": which of all blocks it is, as many have one name. */
static const char *block_name(const struct nginx_reading *r, long block)
{
    if (block == NGINX_NONE)
        return "";
    return arena_printf(r->arena, "%s#%zu", r->s->items[block].words[0].text,
                        r->s->items[block].ordinal);
}

static void keep_words(struct nginx_reading *r, const struct nginx_line *line)
{
    const char *block = block_name(r, r->block);

    for (size_t i = line->len > 1 ? 1 : 0; i < line->len; i++) {
        const struct nginx_word *w = &line->words[i];
        struct conf_setting *one = conf_settings_add(r->arena, &r->s->all);
        *one = (struct conf_setting){ .block = block,
                                      .name = line->words[0].text,
                                      .value = w->text,
                                      .span = w->span,
                                      .begin = w->begin,
                                      .end = w->end };
    }
}

static bool keep(struct nginx_reading *r, const struct nginx_line *line,
                 const struct nginx_word *mark, bool is_block)
{
    struct nginx_settings *s = r->s;

    if (line->len == 0)
        return refuse(r, mark, "nothing stands in front of this sign");
    if (s->len == NGINX_DIRECTIVES_MAX)
        return refuse(r, mark, "the configuration is too long to be read");
    keep_words(r, line);
    s->items = arena_grow(r->arena, s->items, s->len, sizeof *s->items);
    s->items[s->len++] = (struct nginx_directive){ .words = line->words,
                                                   .len = line->len,
                                                   .parent = r->block,
                                                   .end = mark->end,
                                                   .ordinal = r->blocks };
    r->blocks += is_block;
    return true;
}

static bool read_file(struct nginx_reading *r, const char *path);

static bool include(struct nginx_reading *r, const struct nginx_line *line)
{
    const struct nginx_word *word = &line->words[1];
    const char *const *paths = NULL;
    size_t len = 0;

    if (line->len != 2 || strpbrk(word->text, "{}"))
        return refuse(r, &line->words[0],
                      "what this line includes is not understood");
    if (!machine_file_glob(r->arena, &r->walk.conf->root,
                           conf_path(r->arena, r->folder, word->text), &paths,
                           &len, r->err))
        return refuse(r, word, arena_text(r->arena, r->err->text));
    if (len == 0 && !strpbrk(word->text, "*?["))
        return refuse(r, word, "there is no file that this line includes");
    for (size_t i = 0; i < len; i++)
        if (!read_file(r, paths[i]))
            return false;
    return true;
}

static bool ends_in(const char *text, const char *end)
{
    size_t len = strlen(text), n = strlen(end);

    return len >= n && strcmp(text + len - n, end) == 0;
}

static bool open_block(struct nginx_reading *r, struct nginx_words *w,
                       const struct nginx_line *line,
                       const struct nginx_word *mark)
{
    if (!keep(r, line, mark, true) || !line->words)
        return false;
    if (!ends_in(line->words[0].text, "_by_lua_block")) {
        r->block = (long)r->s->len - 1;
        return true;
    }
    return nginx_words_skip_block(w) ||
           refuse(r, mark, "this block is not closed");
}

/* Copies what was read to where it goes on, without what is included. */
struct nginx_copy {
    size_t done; /* up to this byte of the file */
};

static bool end_line(struct nginx_reading *r, struct nginx_words *w,
                     const struct nginx_line *line,
                     const struct nginx_word *mark, struct nginx_copy *copy)
{
    if (!keep(r, line, mark, false) || !line->words)
        return false;
    if (strcmp(line->words[0].text, "include") != 0)
        return true;
    size_t begin = line->words[0].begin;
    buf_bytes(&r->s->flat, w->file->text + copy->done, begin - copy->done);
    copy->done = mark->end;
    return include(r, line);
}

static bool close_block(struct nginx_reading *r, long outer,
                        const struct nginx_line *line,
                        const struct nginx_word *mark)
{
    if (line->len)
        return refuse(r, &line->words[0], "this line has no ; at its end");
    if (r->block == outer)
        return refuse(r, mark, "this } closes nothing");
    r->block = r->s->items[r->block].parent;
    return true;
}

static bool over(struct nginx_reading *r, long outer,
                 const struct nginx_line *line)
{
    if (line->len)
        return refuse(r, &line->words[0], "this line has no ; at its end");
    if (r->block != outer)
        return refuse(r, &r->s->items[r->block].words[0],
                      "this block is not closed");
    return true;
}

static void add_word(struct nginx_reading *r, struct nginx_line *line,
                     const struct nginx_word *word)
{
    line->words =
        arena_grow(r->arena, line->words, line->len, sizeof *line->words);
    line->words[line->len++] = *word;
}

static bool read_words(struct nginx_reading *r)
{
    size_t index = conf_walk_file(&r->walk);
    struct machine_file file = r->walk.conf->files[index];
    struct nginx_words w = {
        .arena = r->arena, .file = &file, .index = index, .line = 1
    };
    struct nginx_line line = { .len = 0 };
    struct nginx_copy copy = { .done = 0 };
    struct nginx_word word;
    long outer = r->block;
    bool is_good = true, is_over = false;

    while (is_good && !is_over) {
        enum nginx_mark mark = nginx_words_next(&w, &word);
        if (mark == NGINX_WORD) {
            add_word(r, &line, &word);
            continue;
        }
        if (mark == NGINX_END)
            is_good = end_line(r, &w, &line, &word, &copy);
        else if (mark == NGINX_OPEN)
            is_good = open_block(r, &w, &line, &word);
        else if (mark == NGINX_CLOSE)
            is_good = close_block(r, outer, &line, &word);
        else if (mark == NGINX_OVER)
            is_good = over(r, outer, &line);
        else
            is_good = refuse(r, &word,
                             "a quote is not closed, or something "
                             "stands right behind it");
        is_over = mark == NGINX_OVER;
        line = (struct nginx_line){ .len = 0 };
    }
    buf_bytes(&r->s->flat, file.text + copy.done, file.len - copy.done);
    buf_char(&r->s->flat, '\n');
    return is_good;
}

static bool read_file(struct nginx_reading *r, const char *path)
{
    if (!conf_walk_enter(r->arena, &r->walk, path, r->err))
        return false;
    if (!read_words(r))
        return false;
    conf_walk_leave(&r->walk);
    return true;
}

bool nginx_settings_read(struct arena *a, struct server_conf *conf,
                         const char *first, struct nginx_settings *out,
                         struct err *err)
{
    struct nginx_settings s = { .len = 0 };
    struct nginx_reading r = { .arena = a,
                               .walk = { .conf = conf },
                               .s = &s,
                               .folder = conf->dir,
                               .block = NGINX_NONE,
                               .err = err };

    buf_init(&s.flat, a, NGINX_FLAT_MAX);
    if (!read_file(&r, first))
        return false;
    if (s.flat.full)
        return err_set(err, ERR_INPUT, "%s and what it includes is too long",
                       conf_shown(a, first));
    *out = s;
    return true;
}

long nginx_settings_find(const struct nginx_settings *s, long block,
                         const char *name, long from)
{
    for (long i = from + 1; i < (long)s->len; i++)
        if (s->items[i].parent == block &&
            strcmp(s->items[i].words[0].text, name) == 0)
            return i;
    return -1;
}
