#include "machine/conf_apache_text.h"

#include <string.h>
#include <strings.h>

enum { WORDS_MAX = 200, EXPANDED_MAX = 8192, PIECES_MAX = 8 };

struct apache_word {
    const char *text;      /* without quotes, with what is defined */
    struct conf_span span; /* quotes around it not in it */
    bool is_plain;         /* the bytes of the span are the text */
    bool is_unknown;       /* a variable that nobody defined here */
    bool is_cut;           /* a line ends in it, or too many did before */
};

/* Of a directive over several lines: what stands from `from` on in its text is
 * that of the span. */
struct apache_piece {
    size_t from;
    struct conf_span span;
};

/* One directive. */
struct apache_line {
    struct conf_span span; /* of all of it, from its first word on */
    const char *text;      /* continued lines joined */
    struct apache_piece pieces[PIECES_MAX]; /* none: it is one line */
    size_t pieces_len;
    struct apache_word words[WORDS_MAX];
    size_t len;
};

void apache_text_define(struct arena *a, struct apache_text *t,
                        const char *name, const char *value)
{
    text_list_add(a, &t->defines, name);
    text_list_add(a, &t->defined, value);
}

static const char *defined(const struct apache_text *t, const char *name)
{
    for (size_t i = t->defines.len; i-- > 0;)
        if (strcmp(t->defines.text[i], name) == 0)
            return t->defined.text[i];
    return NULL;
}

/* "${NAME}" */
static const char *expand(struct arena *a, const struct apache_text *t,
                          const char *text, bool *unknown)
{
    struct buf out;

    if (!strstr(text, "${"))
        return text;
    buf_init(&out, a, EXPANDED_MAX);
    while (*text) {
        const char *end =
            strncmp(text, "${", 2) == 0 ? strchr(text, '}') : NULL;
        const char *value =
            end ? defined(t,
                          arena_text_n(a, text + 2, (size_t)(end - text) - 2))
                : NULL;
        *unknown = *unknown || (end && !value);
        if (value)
            buf_text(&out, value);
        else
            buf_char(&out, *text);
        text = value ? end + 1 : text + 1;
    }
    *unknown = *unknown || out.full;
    return out.text;
}

static bool is_gap(char c)
{
    return c == ' ' || c == '\t';
}

/* The bytes of a word behind its quote: `raw` has those that escape, too. */
static const char *unescape(struct arena *a, const char *raw, size_t len,
                            char quote)
{
    struct buf out;

    buf_init(&out, a, len);
    for (size_t i = 0; i < len; i++) {
        bool escapes = quote && raw[i] == '\\' && i + 1 < len &&
                       (raw[i + 1] == quote || raw[i + 1] == '\\');
        buf_char(&out, raw[i += escapes]);
    }
    return out.text;
}

/* Its length; a quote that is not closed ends with the line. */
static size_t word_len(const char *at, char quote)
{
    size_t len = 0;

    if (!quote)
        return strcspn(at, " \t");
    while (at[len] && at[len] != quote)
        len += at[len] == '\\' && at[len + 1] ? 2 : 1;
    return len;
}

/* Where the bytes of its text stand in the file. */
static void find_span(const struct apache_line *l, struct apache_word *w,
                      size_t at, size_t len)
{
    w->span.at += at;
    w->span.len = len;
    w->is_cut = l->pieces_len > 0;
    for (size_t i = 0; i < l->pieces_len; i++) {
        const struct apache_piece *p = &l->pieces[i];
        if (at < p->from || at + len > p->from + p->span.len)
            continue;
        w->span = p->span;
        w->span.at += at - p->from;
        w->span.len = len;
        w->is_cut = false;
    }
}

static void split(struct arena *a, const struct apache_text *t,
                  struct apache_line *l)
{
    const char *at = l->text;

    while (l->len < WORDS_MAX) {
        while (is_gap(*at))
            at++;
        if (!*at)
            return;
        char quote = *at == '"' || *at == '\'' ? *at : '\0';
        at += quote != '\0';
        size_t len = word_len(at, quote);
        const char *raw = arena_text_n(a, at, len);
        struct apache_word *w = &l->words[l->len++];
        *w = (struct apache_word){ .span = l->span };
        w->text = expand(a, t, unescape(a, raw, len, quote), &w->is_unknown);
        find_span(l, w, (size_t)(at - l->text), len);
        w->is_plain = strcmp(w->text, raw) == 0;
        at += len;
        at += quote && *at == quote;
    }
}

static bool complain(struct arena *a, const struct apache_text *t,
                     const struct apache_line *l, const char *what,
                     struct err *err)
{
    return err_set(err, ERR_INPUT, "%s cannot be followed: %s",
                   conf_span_place(a, t->walk.conf, l->span), what);
}

static enum apache_holds holds_now(const struct apache_text *t)
{
    enum apache_holds holds = HOLDS_YES;

    for (size_t i = 0; i < t->nest_len; i++) {
        if (t->nest[i].holds == HOLDS_NO || t->nest[i].is_foreign)
            return HOLDS_NO;
        if (t->nest[i].holds == HOLDS_PERHAPS)
            holds = HOLDS_PERHAPS;
    }
    return holds;
}

static bool is_there(struct arena *a, const struct apache_text *t,
                     const char *path)
{
    const char *const *found = NULL;
    size_t len = 0;
    struct err err;

    path = conf_path(a, t->root, path);
    return !strpbrk(path, "*?[") &&
           machine_file_glob(a, &t->walk.conf->root, path, &found, &len,
                             &err) &&
           len;
}

/* "<IfModule !x>" and its like. */
static enum apache_holds condition(struct arena *a, const struct apache_text *t,
                                   const struct apache_line *l)
{
    const char *name = l->words[0].text + 1;
    const char *what = l->len > 1 ? l->words[1].text : "";
    bool wanted = what[0] != '!';
    bool holds = false;

    what += !wanted;
    if (l->len > 1 && l->words[1].is_unknown)
        return HOLDS_PERHAPS;
    if (strcasecmp(name, "IfModule") == 0)
        holds = text_list_has(&t->modules, what);
    else if (strcasecmp(name, "IfDefine") == 0)
        holds = defined(t, what) != NULL;
    else if (strcasecmp(name, "IfFile") == 0)
        holds = is_there(a, t, what);
    else
        return HOLDS_PERHAPS;
    return holds == wanted ? HOLDS_YES : HOLDS_NO;
}

static bool begin_host(struct arena *a, struct apache_text *t,
                       const struct apache_line *l, struct err *err)
{
    struct apache_host host = {
        .span = l->span,
        .is_conditional = holds_now(t) == HOLDS_PERHAPS,
    };

    if (t->hosts_len == APACHE_HOSTS_MAX)
        return complain(a, t, l, "there are too many virtual hosts", err);
    for (size_t i = 1; i < l->len; i++)
        text_list_add(a, &host.addresses, l->words[i].text);
    t->hosts = arena_grow(a, t->hosts, t->hosts_len, sizeof *t->hosts);
    t->host = t->hosts_len;
    t->hosts[t->hosts_len++] = host;
    return true;
}

static bool begin_block(struct arena *a, struct apache_text *t,
                        struct apache_line *l, struct err *err)
{
    const char *name = l->words[0].text + 1;
    struct apache_block block = { .name = name, .holds = HOLDS_YES };

    if (t->nest_len == APACHE_NESTING_MAX)
        return complain(a, t, l, "too many blocks in one another", err);
    if (strncasecmp(name, "If", 2) == 0 && name[2])
        block.holds = condition(a, t, l);
    else if (strcasecmp(name, "VirtualHost") != 0)
        block.is_foreign = true;
    else if (holds_now(t) != HOLDS_NO && !begin_host(a, t, l, err))
        return false;
    t->nest[t->nest_len++] = block;
    return true;
}

static bool end_block(struct arena *a, struct apache_text *t,
                      const struct apache_line *l, size_t outer,
                      struct err *err)
{
    const char *name = l->words[0].text + 2;

    if (t->nest_len == outer ||
        strcasecmp(t->nest[t->nest_len - 1].name, name) != 0)
        return complain(a, t, l, "it ends what was not begun", err);
    t->nest_len--;
    if (strcasecmp(name, "VirtualHost") == 0)
        t->host = 0;
    return true;
}

static struct conf_value value_of(struct arena *a, const struct apache_text *t,
                                  const struct apache_line *l)
{
    const struct apache_word *w = &l->words[1];
    struct conf_value value = {
        .setting = l->words[0].text,
        .path = w->is_unknown ? NULL : conf_path(a, t->root, w->text),
        .span = w->span,
    };

    if (w->is_cut)
        value.doubt = "It goes over several lines.";
    else if (w->is_unknown || !w->is_plain)
        value.doubt = "It is written with variables or backslashes.";
    else if (!w->text[0] || strchr(w->text, ':'))
        value.doubt = "It does not name a file.";
    else if (l->len > 2)
        value.doubt = "There is more in that line.";
    else if (holds_now(t) == HOLDS_PERHAPS)
        value.doubt = "Whether the condition around it holds is known to "
                      "Apache alone.";
    return value;
}

static void add_value(struct apache_values *all, const struct conf_value *value)
{
    if (all->len < APACHE_PAIRS_MAX)
        all->items[all->len++] = *value;
}

static bool take_tls(struct arena *a, struct apache_text *t,
                     const struct apache_line *l)
{
    struct apache_host *host = &t->hosts[t->host];
    const char *name = l->words[0].text;

    if (strcasecmp(name, "SSLEngine") == 0) {
        host->engine = l->words[1].text;
        return true;
    }
    if (strncasecmp(name, "SSLCertificate", 14) != 0)
        return false;
    struct conf_value value = value_of(a, t, l);
    if (strcasecmp(name + 14, "File") == 0) {
        value.setting = "SSLCertificateFile";
        add_value(&host->certs, &value);
    } else if (strcasecmp(name + 14, "KeyFile") == 0) {
        value.setting = "SSLCertificateKeyFile";
        add_value(&host->keys, &value);
    } else if (strcasecmp(name + 14, "ChainFile") == 0) {
        value.setting = "SSLCertificateChainFile";
        host->chain = value;
    }
    return true;
}

/* "modules/mod_ssl.so" is asked for by its source as well, with .c behind. */
static void take_module(struct arena *a, struct apache_text *t,
                        const struct apache_line *l)
{
    const char *file = l->len > 2 ? l->words[2].text : "";
    const char *slash = strrchr(file, '/');
    const char *base = slash ? slash + 1 : file;
    size_t len = strcspn(base, ".");

    text_list_add_new(a, &t->modules, l->words[1].text);
    text_list_add_new(a, &t->modules,
                      arena_printf(a, "%s.c", arena_text_n(a, base, len)));
}

/* What is not known makes all of it doubtful; the first such place is told. */
static bool leave_out(struct arena *a, struct apache_text *t,
                      const struct apache_line *l)
{
    if (!t->unknown)
        t->unknown =
            arena_printf(a, "What stands in %s is known to Apache alone.",
                         conf_span_place(a, t->walk.conf, l->span));
    return true;
}

static bool include(struct arena *a, struct apache_text *t,
                    const struct apache_line *l, struct err *err)
{
    const char *path = conf_path(a, t->root, l->words[1].text);
    const char *slash = strrchr(path, '/');
    bool is_optional = strcasecmp(l->words[0].text, "IncludeOptional") == 0;
    const char *const *files = NULL;
    size_t len = 0;

    if (l->words[1].is_unknown || l->len > 2 ||
        strcspn(path, "*?[") < (size_t)(slash - path))
        return leave_out(a, t, l);
    if (!machine_file_glob(a, &t->walk.conf->root, path, &files, &len, err))
        return err_add(err, "%s", conf_span_place(a, t->walk.conf, l->span));
    if (len == 0 && !strpbrk(path, "*?[") && slash[1] &&
        !machine_file_glob(a, &t->walk.conf->root, arena_printf(a, "%s/", path),
                           &files, &len, err))
        return err_add(err, "%s", conf_span_place(a, t->walk.conf, l->span));
    for (size_t i = 0; i < len; i++)
        if (!apache_text_read(a, t, files[i], err))
            return err_add(err, "%s",
                           conf_span_place(a, t->walk.conf, l->span));
    if (len == 0 && !is_optional && !strpbrk(path, "*?["))
        return complain(a, t, l, "what it includes is not there", err);
    return true;
}

static void take_names(struct arena *a, struct apache_host *host,
                       const struct apache_line *l)
{
    for (size_t i = 1; i < l->len; i++) {
        /* "https://name:443" of ServerName */
        const char *scheme = strstr(l->words[i].text, "://");
        const char *name = scheme ? scheme + 3 : l->words[i].text;
        if (!l->words[i].is_unknown)
            text_list_add_new(a, &host->names,
                              arena_text_n(a, name, strcspn(name, ":")));
    }
}

static bool directive(struct arena *a, struct apache_text *t,
                      const struct apache_line *l, struct err *err)
{
    const char *name = l->words[0].text;

    if (holds_now(t) == HOLDS_NO || l->len < 2 || take_tls(a, t, l))
        return true;
    if (strcasecmp(name, "ServerRoot") == 0)
        t->root = l->words[1].text;
    else if (strcasecmp(name, "Define") == 0)
        apache_text_define(a, t, l->words[1].text,
                           l->len > 2 ? l->words[2].text : "");
    else if (strcasecmp(name, "LoadModule") == 0)
        take_module(a, t, l);
    else if (strcasecmp(name, "ServerName") == 0 ||
             strcasecmp(name, "ServerAlias") == 0)
        take_names(a, &t->hosts[t->host], l);
    else if (strcasecmp(name, "Include") == 0 ||
             strcasecmp(name, "IncludeOptional") == 0)
        return include(a, t, l, err);
    else if (strcasecmp(name, "Use") == 0 || strcasecmp(name, "UnDefine") == 0)
        return leave_out(a, t, l);
    return true;
}

static void add_piece(const struct machine_file *f, struct apache_line *l,
                      struct conf_span span, struct buf *joined)
{
    if (l->pieces_len < PIECES_MAX)
        l->pieces[l->pieces_len++] = (struct apache_piece){ joined->len, span };
    buf_bytes(joined, f->text + span.at, span.len);
}

/* The next directive; false: there is none. A comment goes on, too, where its
 * line ends with a backslash. */
static bool next_line(struct arena *a, const struct apache_text *t, size_t file,
                      struct conf_line *line, struct apache_line *out)
{
    const struct machine_file *f = &t->walk.conf->files[file];

    if (!conf_line_next(f, line))
        return false;
    struct conf_span span = conf_line_trim(f, line);
    span.file = file;
    *out = (struct apache_line){ .span = span };
    out->text = conf_span_text(a, t->walk.conf, span);
    if (!span.len || out->text[span.len - 1] != '\\')
        return true;
    struct buf joined;
    buf_init(&joined, a, CONF_FILE_MAX);
    span.len--;
    add_piece(f, out, span, &joined);
    for (bool more = true; more && conf_line_next(f, line);) {
        more = line->len && f->text[line->at + line->len - 1] == '\\';
        span = (struct conf_span){ file, line->at, line->len - more,
                                   line->number };
        add_piece(f, out, span, &joined);
    }
    out->text = joined.text;
    return true;
}

static bool take_line(struct arena *a, struct apache_text *t,
                      struct apache_line *l, size_t outer, struct err *err)
{
    size_t len = strlen(l->text);
    bool is_block = l->text[0] == '<';

    if (len == 0 || l->text[0] == '#')
        return true;
    if (is_block && l->text[len - 1] == '>')
        l->text = arena_text_n(a, l->text, len - 1);
    split(a, t, l);
    if (l->len == 0)
        return true;
    if (is_block && l->text[1] == '/')
        return end_block(a, t, l, outer, err);
    return is_block ? begin_block(a, t, l, err) : directive(a, t, l, err);
}

static bool read_lines(struct arena *a, struct apache_text *t, struct err *err)
{
    struct conf_line line = { 0 };
    struct apache_line *l = arena_alloc(a, 1, sizeof *l);
    size_t file = conf_walk_file(&t->walk);
    size_t outer = t->nest_len;

    while (next_line(a, t, file, &line, l))
        if (!take_line(a, t, l, outer, err))
            return false;
    if (t->nest_len == outer)
        return true;
    return complain(a, t, l, "a block is not ended in its file", err);
}

bool apache_text_read(struct arena *a, struct apache_text *t, const char *path,
                      struct err *err)
{
    if (!conf_walk_enter(a, &t->walk, path, err))
        return false;
    bool good = read_lines(a, t, err);
    conf_walk_leave(&t->walk);
    return good;
}

void apache_text_init(struct arena *a, struct apache_text *t,
                      struct server_conf *conf, const char *root)
{
    static const char *const always[] = { "core.c",      "core_module",
                                          "http_core.c", "http_module",
                                          "mod_so.c",    "so_module" };

    *t = (struct apache_text){ .walk = { .conf = conf }, .root = root };
    for (size_t i = 0; i < sizeof always / sizeof *always; i++)
        text_list_add(a, &t->modules, always[i]);
    t->hosts = arena_grow(a, NULL, 0, sizeof *t->hosts);
    t->hosts_len = 1;
}
