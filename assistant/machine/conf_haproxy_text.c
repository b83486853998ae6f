#include "machine/conf_haproxy_text.h"

#include <string.h>

enum { WORDS_MAX = 64 * 16, SECTIONS_MAX = 5000 };

/* Where in a line one is. */
struct word_scan {
    const char *text;
    size_t at, end;
    bool single, twice; /* within '...', "..." */
};

static bool is_gap(char c)
{
    return c == ' ' || c == '\t' || c == '\r';
}

/* One byte of a word, or a sign that says something of it. */
static void take_byte(struct word_scan *s, struct haproxy_word *w,
                      struct buf *out)
{
    char c = s->text[s->at];

    if (c == '\'' && !s->twice) {
        s->single = !s->single;
    } else if (c == '"' && !s->single) {
        s->twice = !s->twice;
    } else if (c == '\\' && !s->single && s->at + 1 < s->end) {
        s->at++;
        buf_char(out, s->text[s->at]);
    } else {
        w->has_variable = w->has_variable || (c == '$' && !s->single);
        buf_char(out, c);
    }
    s->at++;
}

static struct haproxy_word take_word(struct arena *a, struct word_scan *s,
                                     struct conf_span line)
{
    struct haproxy_word w = { .span = line };
    struct buf out;
    size_t begin = s->at;

    buf_init(&out, a, s->end - s->at);
    while (s->at < s->end &&
           (s->single || s->twice ||
            (!is_gap(s->text[s->at]) && s->text[s->at] != '#')))
        take_byte(s, &w, &out);
    w.text = out.text;
    w.span.at = begin;
    w.span.len = s->at - begin;
    if (w.span.len == out.len + 2 && strchr("'\"", s->text[begin])) {
        w.span.at++;
        w.span.len -= 2;
    }
    w.is_plain = w.span.len == out.len &&
                 memcmp(s->text + w.span.at, out.text, out.len) == 0;
    return w;
}

struct haproxy_line haproxy_words(struct arena *a,
                                  const struct server_conf *conf,
                                  struct conf_span span)
{
    struct haproxy_line line = { 0 };
    struct word_scan s = { .text = conf->files[span.file].text,
                           .at = span.at,
                           .end = span.at + span.len };

    for (;;) {
        while (s.at < s.end && is_gap(s.text[s.at]))
            s.at++;
        if (s.at == s.end || s.text[s.at] == '#' || line.len == WORDS_MAX)
            break;
        line.words = arena_grow(a, line.words, line.len, sizeof *line.words);
        line.words[line.len++] = take_word(a, &s, span);
    }
    line.is_broken = s.single || s.twice;
    return line;
}

static bool is_word(const struct haproxy_line *l, size_t i, const char *word)
{
    return i < l->len && strcmp(l->words[i].text, word) == 0;
}

static bool begins_section(const char *word)
{
    static const char *const kinds[] = {
        "global",    "defaults",    "frontend",    "backend",     "listen",
        "peers",     "resolvers",   "mailers",     "userlist",    "cache",
        "program",   "http-errors", "ring",        "log-forward", "fcgi-app",
        "crt-store", "traces",      "log-profile", "acme",        "ruleset",
    };

    return text_is_among(word, kinds, sizeof kinds / sizeof *kinds);
}

static struct haproxy_section *section_now(const struct haproxy_text *t)
{
    return t->sections_len ? &t->sections[t->sections_len - 1] : NULL;
}

static bool is_kind(const struct haproxy_section *s, const char *kind)
{
    return s && strcmp(s->kind, kind) == 0;
}

static bool begin_section(struct arena *a, struct haproxy_text *t,
                          const struct haproxy_line *l, struct err *err)
{
    if (t->sections_len == SECTIONS_MAX)
        return err_set(err, ERR_INPUT,
                       "%s cannot be followed: there are too many sections",
                       conf_span_place(a, t->walk.conf, l->words[0].span));
    t->sections =
        arena_grow(a, t->sections, t->sections_len, sizeof *t->sections);
    t->sections[t->sections_len++] = (struct haproxy_section){
        .kind = l->words[0].text,
        .name = l->len > 1 ? l->words[1].text : "",
        .is_http = t->defaults_http,
    };
    if (is_word(l, 0, "defaults"))
        t->defaults_http = false;
    return true;
}

static void add_cert(struct arena *a, struct haproxy_text *t,
                     struct haproxy_bind *b, const struct haproxy_word *word,
                     bool is_list)
{
    b->certs = arena_grow(a, b->certs, b->certs_len, sizeof *b->certs);
    b->certs[b->certs_len++] = (struct haproxy_cert){
        .word = *word,
        .is_list = is_list,
        .base = t->crt_base,
    };
}

static void take_bind(struct arena *a, struct haproxy_text *t,
                      const struct haproxy_line *l)
{
    struct haproxy_bind b = { .where = l->words[1],
                              .is_conditional = t->conditions > 0,
                              .section = t->sections_len - 1 };

    for (size_t i = 2; i < l->len; i++) {
        bool is_list = is_word(l, i, "crt-list");
        if (is_word(l, i, "ssl"))
            b.is_tls = true;
        else if (is_word(l, i, "strict-sni"))
            b.is_strict = true;
        else if ((is_list || is_word(l, i, "crt")) && i + 1 < l->len)
            add_cert(a, t, &b, &l->words[++i], is_list);
    }
    t->binds = arena_grow(a, t->binds, t->binds_len, sizeof *t->binds);
    t->binds[t->binds_len++] = b;
}

static void take_mode(struct haproxy_text *t, const struct haproxy_line *l)
{
    struct haproxy_section *s = section_now(t);

    s->is_http = is_word(l, 1, "http");
    if (is_kind(s, "defaults"))
        t->defaults_http = s->is_http;
}

static void take_line(struct arena *a, struct haproxy_text *t,
                      const struct haproxy_line *l)
{
    struct haproxy_section *s = section_now(t);
    bool is_front = is_kind(s, "frontend") || is_kind(s, "listen");

    if (!s || l->len < 2)
        return;
    if (is_kind(s, "global") && is_word(l, 0, "crt-base"))
        t->crt_base = l->words[1].text;
    else if (is_word(l, 0, "mode"))
        take_mode(t, l);
    else if (is_word(l, 0, "default_backend"))
        s->backend = l->words[1].text;
    else if (is_word(l, 0, "server") && l->len > 2)
        text_list_add_new(a, &s->servers, l->words[2].text);
    else if (is_front && is_word(l, 0, "bind"))
        take_bind(a, t, l);
}

/* ".if" and its like: which of them hold is known to HAProxy alone. */
static void take_condition(struct haproxy_text *t, const char *word)
{
    if (strcmp(word, ".if") == 0)
        t->conditions++;
    else if (strcmp(word, ".endif") == 0 && t->conditions)
        t->conditions--;
}

static bool read_line(struct arena *a, struct haproxy_text *t,
                      struct conf_span span, struct err *err)
{
    struct haproxy_line l = haproxy_words(a, t->walk.conf, span);

    if (l.is_broken)
        return err_set(err, ERR_INPUT,
                       "%s cannot be followed: a quote is not closed",
                       conf_span_place(a, t->walk.conf, span));
    if (l.len == 0)
        return true;
    if (l.words[0].text[0] == '.')
        take_condition(t, l.words[0].text);
    else if (begins_section(l.words[0].text))
        return begin_section(a, t, &l, err);
    else
        take_line(a, t, &l);
    return true;
}

bool haproxy_text_read(struct arena *a, struct haproxy_text *t,
                       const char *path, struct err *err)
{
    struct conf_line line = { 0 };
    bool good = conf_walk_enter(a, &t->walk, path, err);

    if (!good)
        return false;
    size_t file = conf_walk_file(&t->walk);
    while (good && conf_line_next(&t->walk.conf->files[file], &line)) {
        struct conf_span span = { file, line.at, line.len, line.number };
        good = read_line(a, t, span, err);
    }
    conf_walk_leave(&t->walk);
    return good;
}

static const char *resolve(struct arena *a, const struct listener *l,
                           const char *path)
{
    const char *dir = NULL;

    for (size_t i = 1; l->argv && l->argv[0] && l->argv[i]; i++)
        if (strcmp(l->argv[i], "-C") == 0 && l->argv[i + 1])
            dir = l->argv[i + 1];
    return dir ? conf_path(a, dir, path) : path;
}

/* A folder: its *.cfg, in the order of their names. */
static bool add_files(struct arena *a, const struct server_conf *conf,
                      const char *path, struct text_list *out, struct err *err)
{
    const char *const *files = NULL;
    size_t len = 0;

    path = resolve(a, conf->listener, path);
    if (path[0] != '/')
        return err_set(err, ERR_INPUT,
                       "HAProxy's configuration is not read: it was started "
                       "with \"%s\", which is no whole path",
                       conf_shown(a, path));
    if (!strpbrk(path, "*?[") &&
        !machine_file_glob(a, &conf->root, arena_printf(a, "%s/*.cfg", path),
                           &files, &len, err))
        return false;
    for (size_t i = 0; i < len; i++)
        text_list_add(a, out, files[i]);
    if (len == 0)
        text_list_add(a, out, path);
    return true;
}

/* "-f FILE" as often as one likes, and all behind "--". */
bool haproxy_files(struct arena *a, const struct server_conf *conf,
                   struct text_list *out, struct err *err)
{
    const char *const *argv = conf->listener->argv;
    bool behind = false;

    for (size_t i = 1; argv && argv[0] && argv[i]; i++) {
        bool is_file = behind;
        if (strcmp(argv[i], "--") == 0) {
            behind = true;
        } else if (!behind && strcmp(argv[i], "-f") == 0 && argv[i + 1]) {
            is_file = true;
            i++;
        }
        if (is_file && !add_files(a, conf, argv[i], out, err))
            return false;
    }
    if (out->len == 0)
        text_list_add(a, out, "/etc/haproxy/haproxy.cfg");
    return true;
}

const char *const *haproxy_check_words(struct arena *a,
                                       const struct listener *l)
{
    struct text_list words = { 0 };

    text_list_add(a, &words, l->program);
    text_list_add(a, &words, "-c");
    for (size_t i = 1; l->argv && l->argv[0] && l->argv[i]; i++) {
        bool with =
            strcmp(l->argv[i], "-f") == 0 || strcmp(l->argv[i], "-C") == 0;
        bool last = strcmp(l->argv[i], "--") == 0;
        for (; last && l->argv[i + 1]; i++) {
            text_list_add(a, &words, "-f");
            text_list_add(a, &words, l->argv[i + 1]);
        }
        if (!with || !l->argv[i + 1])
            continue;
        text_list_add(a, &words, l->argv[i]);
        text_list_add(a, &words, l->argv[++i]);
    }
    text_list_add(a, &words, NULL);
    return words.text;
}
