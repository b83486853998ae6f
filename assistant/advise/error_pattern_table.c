#include "advise/error_pattern_table.h"

#include <string.h>

#include "advise/error_pattern_text.h"
#include "base/embed.h"
#include "base/file.h"
#include "base/json.h"

enum { TABLE_MAX = 1024 * 1024 };

static bool read_list(struct arena *a, const struct json *o, const char *key,
                      const char *path, struct names_list *out, struct err *err)
{
    const struct json *list = NULL;
    struct names_list names = { 0 };

    if (!json_need(o, key, JSON_ARRAY, path, &list, err))
        return false;
    JSON_EACH (item, list) {
        if (item->type != JSON_TEXT || !*item->text)
            return err_set(err, ERR_INPUT, "%s: \"%s\" must hold texts", path,
                           key);
        names.text = arena_grow(a, names.text, names.len, sizeof *names.text);
        names.text[names.len++] = item->text;
    }
    *out = names;
    return true;
}

static bool read_meaning(struct arena *a, const struct json *j,
                         const char *path, struct meaning *out, struct err *err)
{
    static const char *const keys[] = { "id",   "vague",    "means",
                                        "look", "findings", NULL };

    out->vague = json_find_bool(j, "vague");
    return json_need_known(j, keys, path, err) &&
           json_need_text(j, "id", path, &out->id, err) &&
           json_need_text(j, "means", path, &out->means, err) &&
           json_need_text(j, "look", path, &out->look, err) &&
           read_list(a, j, "findings", path, &out->findings, err);
}

static const struct {
    const char *mark;
    enum gap gap;
} gaps[] = {
    { "*", GAP_ANY },
    { "<host> != <found>", GAP_HOST_FOUND },
    { "<found> != <host>", GAP_FOUND_HOST },
    { "<host>", GAP_HOST },
    { "<found>", GAP_FOUND },
    { "", GAP_END }, /* at the end of every text */
};

/* Where the literal text that begins at `text` ends, and at which gap. */
static size_t find_gap(const char *text, size_t *which)
{
    size_t at = 0;

    for (;; at++)
        for (size_t i = 0; i < sizeof gaps / sizeof *gaps; i++) {
            size_t len = strlen(gaps[i].mark);
            bool here = len ? strncmp(text + at, gaps[i].mark, len) == 0
                            : text[at] == '\0';
            if (!here)
                continue;
            *which = i;
            return at;
        }
}

static void add_piece(struct arena *a, struct wording *w, const char *letters,
                      size_t len, enum gap gap)
{
    w->pieces = arena_grow(a, w->pieces, w->len, sizeof *w->pieces);
    w->pieces[w->len++] = (struct piece){ letters, len, gap };
    w->weight += len;
}

static bool read_wording(struct arena *a, const char *text, const char *path,
                         struct wording *out, struct err *err)
{
    struct wording w = { 0 };
    const char *p = text;
    size_t which = 0;

    do {
        size_t len = find_gap(p, &which);
        struct error_pattern_text t = error_pattern_text_read(a, p, len);
        bool nothing_left = !t.len && w.len && gaps[which].gap == GAP_END;
        if (!t.len && !nothing_left)
            return err_set(err, ERR_INPUT,
                           "%s: letters are wanted before each gap in \"%s\"",
                           path, text);
        if (t.len)
            add_piece(a, &w, t.letters, t.len, gaps[which].gap);
        p += len + strlen(gaps[which].mark);
    } while (gaps[which].gap != GAP_END);
    *out = w;
    return true;
}

static const struct meaning *meaning_of(const struct error_pattern_table *t,
                                        const char *id)
{
    for (size_t i = 0; i < t->meanings_len; i++)
        if (strcmp(t->meanings[i].id, id) == 0)
            return &t->meanings[i];
    return NULL;
}

static bool read_message(struct arena *a, const struct error_pattern_table *t,
                         const struct json *j, const char *path,
                         struct message *out, struct err *err)
{
    static const char *const keys[] = { "client", "meaning", "text", "sample",
                                        NULL };
    const char *meaning = NULL;
    struct names_list texts = { 0 };

    if (!json_need_known(j, keys, path, err) ||
        !json_need_text(j, "client", path, &out->client, err) ||
        !json_need_text(j, "sample", path, &out->sample, err) ||
        !json_need_text(j, "meaning", path, &meaning, err) ||
        !read_list(a, j, "text", path, &texts, err))
        return false;
    out->meaning = meaning_of(t, meaning);
    if (!out->meaning)
        return err_set(err, ERR_INPUT, "%s: there is no meaning \"%s\"", path,
                       meaning);
    out->wordings = arena_alloc(a, texts.len, sizeof *out->wordings);
    for (size_t i = 0; i < texts.len; i++)
        if (!read_wording(a, texts.text[i], path, &out->wordings[i], err))
            return false;
    out->wordings_len = texts.len;
    return true;
}

static bool read_meanings(struct arena *a, const struct json *list,
                          const char *path, struct error_pattern_table *t,
                          struct err *err)
{
    t->meanings = arena_alloc(a, list->len, sizeof *t->meanings);
    JSON_EACH (j, list) {
        const char *where =
            arena_printf(a, "%s: meanings[%zu]", path, t->meanings_len);
        if (!read_meaning(a, j, where, &t->meanings[t->meanings_len], err))
            return false;
        t->meanings_len++;
    }
    t->intercepted = meaning_of(t, "intercepted");
    if (!t->intercepted)
        return err_set(err, ERR_INPUT,
                       "%s: there is no meaning \"intercepted\"", path);
    return true;
}

static bool read_messages(struct arena *a, const struct json *list,
                          const char *path, struct error_pattern_table *t,
                          struct err *err)
{
    t->messages = arena_alloc(a, list->len, sizeof *t->messages);
    JSON_EACH (j, list) {
        const char *where =
            arena_printf(a, "%s: messages[%zu]", path, t->messages_len);
        if (!read_message(a, t, j, where, &t->messages[t->messages_len], err))
            return false;
        t->messages_len++;
    }
    return true;
}

bool error_pattern_table_read(struct arena *a, const char *text, size_t len,
                              const char *path, struct error_pattern_table *out,
                              struct err *err)
{
    static const char *const keys[] = { "meanings", "messages", "strangers",
                                        "big_providers", NULL };
    struct error_pattern_table t = { 0 };
    struct json *doc = NULL;
    const struct json *meanings = NULL, *messages = NULL;

    if (!json_parse(a, text, len, path, &doc, err) ||
        !json_need_known(doc, keys, path, err) ||
        !json_need(doc, "meanings", JSON_ARRAY, path, &meanings, err) ||
        !json_need(doc, "messages", JSON_ARRAY, path, &messages, err) ||
        !read_list(a, doc, "strangers", path, &t.strangers, err) ||
        !read_list(a, doc, "big_providers", path, &t.big_providers, err) ||
        !read_meanings(a, meanings, path, &t, err) ||
        !read_messages(a, messages, path, &t, err))
        return false;
    *out = t;
    return true;
}

bool error_pattern_table_load(struct arena *a, const char *dir,
                              const struct error_pattern_table **out,
                              struct err *err)
{
    const struct embedded *built_in = embed_find("rules/errors.json");
    const char *path =
        dir ? arena_printf(a, "%s/errors.json", dir) : "rules/errors.json";
    const char *text = built_in ? built_in->text : "";
    size_t len = built_in ? built_in->len : 0;
    struct error_pattern_table *t = arena_alloc(a, 1, sizeof *t);

    if (dir && !file_read(a, path, TABLE_MAX, &text, &len, err))
        return err_add(err, "reading the error messages");
    if (!error_pattern_table_read(a, text, len, path, t, err))
        return false;
    *out = t;
    return true;
}
