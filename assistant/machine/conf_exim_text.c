#include "machine/conf_exim_text.h"

#include <ctype.h>
#include <string.h>

#include "base/buf.h"

enum { EXPANDED_MAX = 64 * 1024, PASSES_MAX = 200 };

static const char *const option_names[EXIM_OPTION_COUNT] = {
    [EXIM_CERTIFICATE] = "tls_certificate",
    [EXIM_PRIVATEKEY] = "tls_privatekey",
};

const struct exim_word *exim_text_macro(const struct exim_text *t,
                                        const char *name)
{
    for (size_t i = 0; i < t->macros_len; i++)
        if (strcmp(t->macros[i].name, name) == 0)
            return &t->macros[i];
    return NULL;
}

/* Every `name` in `text` replaced. */
static const char *replace(struct arena *a, const char *text, const char *name,
                           const char *by, size_t *passes)
{
    const char *found = strstr(text, name);
    size_t len = strlen(name);
    struct buf out;

    if (!found)
        return text;
    buf_init(&out, a, EXPANDED_MAX);
    for (; found && *passes < PASSES_MAX; found = strstr(text, name)) {
        (*passes)++;
        buf_bytes(&out, text, (size_t)(found - text));
        buf_text(&out, by);
        text = found + len;
    }
    buf_text(&out, text);
    return found || out.full ? NULL : out.text;
}

/* With every macro replaced; NULL: it grew beyond all measure. */
static const char *expand(struct arena *a, const struct exim_text *t,
                          const char *text)
{
    size_t passes = 0;

    for (size_t i = 0; text && i < t->macros_len; i++) {
        const char *by = t->macros[i].text;
        if (by)
            text = replace(a, text, t->macros[i].name, by, &passes);
        else if (strstr(text, t->macros[i].name))
            return NULL;
    }
    return text;
}

static bool names_any(const struct exim_text *t, const char *text)
{
    for (size_t i = 0; i < t->macros_len; i++)
        if (strstr(text, t->macros[i].name))
            return true;
    for (size_t i = 0; i < t->built_in_len; i++)
        if (strstr(text, t->built_in[i]))
            return true;
    return false;
}

static bool holds_now(const struct exim_text *t)
{
    return t->nest_len == 0 || t->nest[t->nest_len - 1].holds;
}

/* A macro that is defined again has its first place among the others. */
static bool set_macro(struct arena *a, struct exim_text *t,
                      const struct exim_word *macro, struct err *err)
{
    for (size_t i = 0; i < t->macros_len; i++)
        if (strcmp(t->macros[i].name, macro->name) == 0) {
            if (!t->macros[i].is_given)
                t->macros[i] = *macro;
            return true;
        }
    if (t->macros_len == EXIM_MACROS_MAX)
        return err_set(err, ERR_INPUT,
                       "Exim's configuration cannot be followed: it has more "
                       "than %d macros",
                       EXIM_MACROS_MAX);
    t->macros = arena_grow(a, t->macros, t->macros_len, sizeof *t->macros);
    t->macros[t->macros_len++] = *macro;
    return true;
}

void exim_text_define(struct arena *a, struct exim_text *t, const char *given)
{
    const char *equals = strchr(given, '=');
    size_t len = equals ? (size_t)(equals - given) : strlen(given);
    struct exim_word macro = {
        .name = arena_text_n(a, given, len),
        .text = arena_text(a, equals ? equals + 1 : ""),
        .is_given = true,
    };
    struct err full;

    if (len && !set_macro(a, t, &macro, &full))
        t->macros[t->macros_len - 1] = macro;
}

static bool is_word(const char *text, size_t len, const char *word)
{
    return len == strlen(word) && memcmp(text, word, len) == 0;
}

/* One line of the file that is read now, and what it is part of. */
struct exim_line {
    struct conf_walk *walk;
    struct exim_text *text;
    struct conf_span span; /* trimmed */
    const char *bytes;
    bool goes_on;
};

static bool complain(struct arena *a, const struct exim_line *l,
                     const char *what, struct err *err)
{
    return err_set(err, ERR_INPUT, "%s cannot be followed: %s",
                   conf_span_place(a, l->walk->conf, l->span), what);
}

static bool open_condition(struct arena *a, struct exim_line *l,
                           const char *rest, bool wanted, struct err *err)
{
    struct exim_text *t = l->text;
    bool holds = names_any(t, rest) == wanted;

    if (t->nest_len == EXIM_NESTING_MAX)
        return complain(a, l, "too many conditions in one another", err);
    t->nest[t->nest_len] = (struct exim_condition){
        .holds = holds_now(t) && holds,
        .chosen = holds || !holds_now(t),
        .absent = wanted ? NULL : arena_text(a, rest),
    };
    t->nest_len++;
    return true;
}

static bool other_branch(struct arena *a, struct exim_line *l, bool holds,
                         struct err *err)
{
    struct exim_text *t = l->text;

    if (t->nest_len == 0)
        return complain(a, l, "it ends a condition that was not begun", err);
    struct exim_condition *c = &t->nest[t->nest_len - 1];
    *c = (struct exim_condition){ holds && !c->chosen, c->chosen || holds,
                                  NULL };
    return true;
}

static bool close_condition(struct arena *a, struct exim_line *l,
                            struct err *err)
{
    if (l->text->nest_len == 0)
        return complain(a, l, "it ends a condition that was not begun", err);
    l->text->nest_len--;
    return true;
}

static bool exists(struct arena *a, struct conf_walk *walk, const char *path,
                   bool *is_there, struct err *err)
{
    const char *const *found = NULL;
    size_t len = 0;

    if (!machine_file_glob(a, &walk->conf->root, path, &found, &len, err))
        return false;
    *is_there = len > 0;
    return true;
}

static bool include(struct arena *a, struct exim_line *l, const char *rest,
                    bool is_optional, struct err *err)
{
    const char *path = expand(a, l->text, rest);
    bool is_there = true;

    if (path && path[0] == '"') {
        size_t len = strlen(path);
        path = len > 1 && path[len - 1] == '"'
                   ? arena_text_n(a, path + 1, len - 2)
                   : NULL;
    }
    if (!path || path[0] != '/' || strpbrk(path, "*?["))
        return complain(a, l, "what it includes is no whole path", err);
    if (is_optional && !exists(a, l->walk, path, &is_there, err))
        return false;
    if (is_there && !exim_text_read(a, l->walk, path, l->text, err))
        return err_add(err, "%s", conf_span_place(a, l->walk->conf, l->span));
    return true;
}

/* ".word rest" */
static bool directive(struct arena *a, struct exim_line *l, struct err *err)
{
    size_t word = strcspn(l->bytes, " \t");
    const char *rest = l->bytes + word + strspn(l->bytes + word, " \t");
    bool holds = holds_now(l->text);

    if (is_word(l->bytes, word, ".ifdef"))
        return open_condition(a, l, rest, true, err);
    if (is_word(l->bytes, word, ".ifndef"))
        return open_condition(a, l, rest, false, err);
    if (is_word(l->bytes, word, ".elifdef"))
        return other_branch(a, l, names_any(l->text, rest), err);
    if (is_word(l->bytes, word, ".elifndef"))
        return other_branch(a, l, !names_any(l->text, rest), err);
    if (is_word(l->bytes, word, ".else"))
        return other_branch(a, l, true, err);
    if (is_word(l->bytes, word, ".endif"))
        return close_condition(a, l, err);
    if (!holds)
        return true;
    if (is_word(l->bytes, word, ".include"))
        return include(a, l, rest, false, err);
    if (is_word(l->bytes, word, ".include_if_exists"))
        return include(a, l, rest, true, err);
    return true;
}

/* Quotes count as such where they are around the whole. */
static void take_value(struct arena *a, struct exim_line *l, size_t offset,
                       struct exim_word *out)
{
    struct conf_span span = l->span;
    const struct machine_file *f = &l->walk->conf->files[span.file];

    span.at += offset;
    span.len -= offset;
    span = conf_span_trim(f, span);
    if (span.len > 1 && f->text[span.at] == '"' &&
        f->text[span.at + span.len - 1] == '"') {
        span.at++;
        span.len -= 2;
        out->is_escaped = memchr(f->text + span.at, '\\', span.len) != NULL;
    }
    out->span = span;
    out->is_long = l->goes_on;
    const char *raw = conf_span_text(a, l->walk->conf, span);
    const struct exim_word *macro = exim_text_macro(l->text, raw);
    out->text = expand(a, l->text, raw);
    if (macro) { /* nothing but its name: the path stands there */
        const char *name = out->name, *text = out->text;
        *out = *macro;
        out->name = name;
        out->text = text; /* what it is made of may have come later */
    }
}

static bool is_fallback_of(const struct exim_text *t, const char *name)
{
    const char *absent = t->nest_len ? t->nest[t->nest_len - 1].absent : NULL;

    return absent && strcmp(absent, name) == 0;
}

static bool define(struct arena *a, struct exim_line *l, struct err *err)
{
    size_t len = 0;
    struct exim_word macro = { 0 };

    while (isalnum((unsigned char)l->bytes[len]) || l->bytes[len] == '_')
        len++;
    size_t at = len + strspn(l->bytes + len, " \t");
    if (l->bytes[at] != '=')
        return true;
    at += l->bytes[at + 1] == '=' ? 2 : 1;
    macro.name = arena_text_n(a, l->bytes, len);
    const char *name = macro.name;
    take_value(a, l, at, &macro);
    macro.is_given = false;
    if (is_fallback_of(l->text, name)) {
        macro.is_fallback = true;
        macro.macro = name;
    }
    return set_macro(a, l->text, &macro, err);
}

static void option(struct arena *a, struct exim_line *l)
{
    size_t begin =
        strncmp(l->bytes, "hide", 4) == 0 ? 4 + strspn(l->bytes + 4, " \t") : 0;
    size_t len = strcspn(l->bytes + begin, " \t=");
    size_t at = begin + len + strspn(l->bytes + begin + len, " \t");

    if (l->bytes[at] != '=')
        return;
    for (size_t i = 0; i < EXIM_OPTION_COUNT; i++)
        if (is_word(l->bytes + begin, len, option_names[i])) {
            struct exim_word word = { .name = option_names[i] };
            take_value(a, l, at + 1, &word);
            l->text->before[i] = l->text->options[i];
            l->text->options[i] = word;
        }
}

static bool statement(struct arena *a, struct exim_line *l, struct err *err)
{
    if (!holds_now(l->text))
        return true;
    if (isupper((unsigned char)l->bytes[0]))
        return define(a, l, err);
    if (strncmp(l->bytes, "begin", 5) == 0 && strchr(" \t", l->bytes[5]))
        l->text->is_over = true;
    else
        option(a, l);
    return true;
}

/* Where the value does not end on this line, the lines that go on are passed
 * over. */
static bool read_line(struct arena *a, struct exim_line *l, bool *in_middle,
                      struct err *err)
{
    bool is_first = !*in_middle;

    if (l->span.len == 0 || l->bytes[0] == '#')
        return true;
    if (is_first && l->bytes[0] == '.')
        return directive(a, l, err);
    l->goes_on = l->bytes[l->span.len - 1] == '\\';
    *in_middle = l->goes_on;
    return is_first ? statement(a, l, err) : true;
}

static bool read_lines(struct arena *a, struct conf_walk *walk,
                       struct exim_text *t, struct err *err)
{
    struct conf_line line = { 0 };
    bool in_middle = false;
    size_t file = conf_walk_file(walk);

    for (;;) {
        /* Reading on may have moved the list of files. */
        const struct machine_file *f = &walk->conf->files[file];
        if (t->is_over || !conf_line_next(f, &line))
            return true;
        struct exim_line l = { walk, t, conf_line_trim(f, &line), NULL, false };
        l.span.file = file;
        l.bytes = conf_span_text(a, walk->conf, l.span);
        if (!read_line(a, &l, &in_middle, err))
            return false;
    }
}

bool exim_text_read(struct arena *a, struct conf_walk *walk, const char *path,
                    struct exim_text *t, struct err *err)
{
    if (!conf_walk_enter(a, walk, path, err))
        return false;
    bool good = read_lines(a, walk, t, err);
    conf_walk_leave(walk);
    return good;
}
