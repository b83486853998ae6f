#include "base/secret_json.h"

#include <string.h>

struct walk {
    const char *at, *end;
    secret_json_see *see;
    void *arg;
    struct secret_text keys[SECRET_JSON_DEPTH];
    size_t depth; /* of keys */
    size_t nesting;
};

bool secret_text_is(const struct secret_text *t, const char *text)
{
    return t->len == strlen(text) && memcmp(t->text, text, t->len) == 0;
}

static char peek(struct walk *w)
{
    while (w->at < w->end && *w->at && strchr(" \t\r\n", *w->at))
        w->at++;
    return w->at < w->end ? *w->at : '\0';
}

static bool take(struct walk *w, char c)
{
    if (peek(w) != c)
        return false;
    w->at++;
    return true;
}

static bool read_text(struct walk *w, struct secret_text *out, bool *is_plain)
{
    *is_plain = true;
    if (!take(w, '"'))
        return false;
    out->text = w->at;
    while (w->at < w->end && *w->at != '"') {
        bool escaped = *w->at == '\\';
        *is_plain = *is_plain && !escaped;
        w->at += escaped ? 2 : 1;
    }
    if (w->at >= w->end)
        return false;
    out->len = (size_t)(w->at - out->text);
    w->at++;
    return true;
}

/* A number, true, false or null: nobody here asks for one. */
static bool pass_word(struct walk *w)
{
    const char *start = w->at;

    while (w->at < w->end && *w->at &&
           strchr("abcdefghijklmnopqrstuvwxyzE0123456789.+-", *w->at))
        w->at++;
    return w->at > start;
}

static bool walk_value(struct walk *w);

/* One "key": value of an object. */
static bool walk_member(struct walk *w)
{
    bool is_plain = false;

    if (w->depth == SECRET_JSON_DEPTH ||
        !read_text(w, &w->keys[w->depth], &is_plain) || !take(w, ':'))
        return false;
    w->depth++;
    bool good = walk_value(w);
    w->depth--;
    return good;
}

static bool walk_list(struct walk *w, char close, bool (*one)(struct walk *w))
{
    bool good = w->nesting < SECRET_JSON_DEPTH;

    w->at++;
    w->nesting++;
    if (good && !take(w, close)) {
        do
            good = one(w);
        while (good && take(w, ','));
        good = good && take(w, close);
    }
    w->nesting--;
    return good;
}

static bool walk_value(struct walk *w)
{
    struct secret_text text;
    bool is_plain = false;

    switch (peek(w)) {
    case '{':
        return walk_list(w, '}', walk_member);
    case '[':
        return walk_list(w, ']', walk_value);
    case '"':
        if (!read_text(w, &text, &is_plain))
            return false;
        if (is_plain)
            w->see(w->arg, w->keys, w->depth, &text);
        return true;
    default:
        return pass_word(w);
    }
}

bool secret_json_each(const char *text, size_t len, secret_json_see *see,
                      void *arg)
{
    struct walk w = { .at = text, .end = text + len, .see = see, .arg = arg };

    return peek(&w) == '{' && walk_value(&w) && peek(&w) == '\0' &&
           w.at == w.end;
}
