#include "messages/error_pattern_table.h"

#include <string.h>

#include "base/json.h"
#include "base/table.h"
#include "messages/error_pattern_text.h"

static bool read_list(struct arena *a, const struct json *o, const char *key,
                      const char *path, struct text_list *out, struct err *err)
{
    const struct json *list = NULL;
    struct text_list names = { 0 };

    if (!json_need(o, key, JSON_ARRAY, path, &list, err))
        return false;
    if (!json_read_texts(a, list, &names) || text_list_has(&names, ""))
        return err_set(err, ERR_INPUT, "%s: \"%s\" must hold texts", path, key);
    *out = names;
    return true;
}

/* One that a file may lack, behind what others have said. */
static bool add_list(struct arena *a, const struct json *o, const char *key,
                     const char *path, struct text_list *out, struct err *err)
{
    struct text_list more = { 0 };

    if (json_find(o, key) && !read_list(a, o, key, path, &more, err))
        return false;
    for (size_t i = 0; i < more.len; i++)
        text_list_add(a, out, more.text[i]);
    return true;
}

static const struct word again_words[] = {
    { "later", ACME_AGAIN_LATER },
    { "mended", ACME_AGAIN_MENDED },
    { "never", ACME_AGAIN_NEVER },
    { NULL, -1 },
};

/* Every meaning of a CA's "no" says when to ask again, and no other. */
static bool read_again(const struct json *j, bool of_ca, const char *path,
                       struct meaning *out, struct err *err)
{
    const char *again = json_find_text(j, "again");
    int code = again ? table_code(again_words, again) : -1;

    if (of_ca != (code >= 0))
        return err_set(err, ERR_INPUT, "%s: \"again\": %s", path,
                       of_ca ? "later, mended or never was wanted"
                             : "is for the words of CAs");
    out->again = of_ca ? (enum acme_again)code : ACME_AGAIN_MENDED;
    return true;
}

static bool read_meaning(struct arena *a, const struct json *j, bool of_ca,
                         const char *path, struct meaning *out, struct err *err)
{
    static const char *const keys[] = { "id",       "vague", "means",
                                        "look",     "again", "look_address",
                                        "findings", NULL };

    out->vague = json_find_bool(j, "vague");
    out->look_address = json_find_text(j, "look_address");
    return json_need_known(j, keys, path, err) &&
           read_again(j, of_ca, path, out, err) &&
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

    for (;; at++) {
        at += strcspn(text + at, "*<");
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
}

static void add_piece(struct arena *a, struct wording *w,
                      const struct error_pattern_text *t, enum gap gap,
                      bool exact)
{
    size_t end = error_pattern_text_behind(t, t->len);

    w->pieces = arena_grow(a, w->pieces, w->len, sizeof *w->pieces);
    w->pieces[w->len++] = (struct piece){
        t->letters, t->len, gap,
        exact ? arena_text_n(a, t->plain + t->at[0], end - t->at[0]) : NULL
    };
    w->weight += t->len;
}

static bool read_wording(struct arena *a, const char *text, const char *path,
                         struct wording *out, struct err *err)
{
    struct wording w = { 0 };
    bool exact = *text == '=';
    const char *p = text + exact;
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
            add_piece(a, &w, &t, gaps[which].gap, exact);
        p += len + strlen(gaps[which].mark);
    } while (gaps[which].gap != GAP_END);
    w.text = text;
    *out = w;
    return true;
}

static const struct meaning *meaning_of(const struct error_pattern_table *t,
                                        const char *id)
{
    for (size_t i = t->meanings_own; i < t->meanings_len; i++)
        if (strcmp(t->meanings[i]->id, id) == 0)
            return t->meanings[i];
    return NULL;
}

static bool need_meaning(const struct error_pattern_table *t,
                         const struct json *j, const char *path,
                         const struct meaning **out, struct err *err)
{
    const char *id = NULL;

    if (!json_need_text(j, "meaning", path, &id, err))
        return false;
    *out = meaning_of(t, id);
    return *out ||
           err_set(err, ERR_INPUT, "%s: there is no meaning \"%s\"", path, id);
}

static bool read_wordings(struct arena *a, const struct json *j,
                          const char *key, const char *path,
                          struct wordings *out, struct err *err)
{
    struct text_list texts = { 0 };

    if (!read_list(a, j, key, path, &texts, err))
        return false;
    out->items = arena_alloc(a, texts.len, sizeof *out->items);
    for (size_t i = 0; i < texts.len; i++)
        if (!read_wording(a, texts.text[i], path, &out->items[i], err))
            return false;
    out->len = texts.len;
    return true;
}

/* A file of messages: who says them. */
struct told_by {
    const char *client; /* NULL: each row names its own */
    bool library;
};

/* `out` holds what the file says of all of its rows. */
static bool read_message(struct arena *a, const struct error_pattern_table *t,
                         const struct json *j, const char *path,
                         struct message *out, struct err *err)
{
    static const char *const keys[] = { "client", "meaning", "text", "sample",
                                        NULL };

    out->sample = json_find_text(j, "sample");
    if (!json_need_known(j, keys, path, err) ||
        ((!out->client || json_find(j, "client")) &&
         !json_need_text(j, "client", path, &out->client, err)) ||
        !need_meaning(t, j, path, &out->meaning, err) ||
        !read_wordings(a, j, "text", path, &out->texts, err))
        return false;
    return out->texts.len ||
           err_set(err, ERR_INPUT, "%s: a text is wanted", path);
}

static bool read_meanings(struct arena *a, const struct json *list, bool of_ca,
                          const char *path, struct error_pattern_table *t,
                          struct err *err)
{
    size_t at = 0;

    if (of_ca)
        t->meanings_own = t->meanings_len;
    JSON_EACH (j, list) {
        struct meaning *m = arena_alloc(a, 1, sizeof *m);
        const char *where = arena_printf(a, "%s: meanings[%zu]", path, at++);
        if (!read_meaning(a, j, of_ca, where, m, err))
            return false;
        if (meaning_of(t, m->id))
            return err_set(err, ERR_INPUT, "%s: the id \"%s\" is taken", where,
                           m->id);
        t->meanings =
            arena_grow(a, t->meanings, t->meanings_len, sizeof *t->meanings);
        t->meanings[t->meanings_len++] = m;
    }
    return true;
}

static bool read_messages(struct arena *a, const struct told_by *by,
                          const struct json *list, const char *path,
                          struct error_pattern_table *t, struct err *err)
{
    size_t at = 0;

    JSON_EACH (j, list) {
        const char *where = arena_printf(a, "%s: messages[%zu]", path, at++);
        struct message m = { .client = by->client, .library = by->library };
        if (!read_message(a, t, j, where, &m, err))
            return false;
        t->messages =
            arena_grow(a, t->messages, t->messages_len, sizeof *t->messages);
        t->messages[t->messages_len++] = m;
    }
    return true;
}

static bool read_signs(struct arena *a, const struct json *doc,
                       const char *client, const char *path,
                       struct error_pattern_table *t, struct err *err)
{
    struct program_signs signs = { .client = client };

    if (!json_find(doc, "signs"))
        return true;
    if (!client)
        return err_set(err, ERR_INPUT, "%s: \"signs\": of which client?", path);
    if (!read_wordings(a, doc, "signs", path, &signs.texts, err))
        return false;
    t->signs = arena_grow(a, t->signs, t->signs_len, sizeof *t->signs);
    t->signs[t->signs_len++] = signs;
    return true;
}

const struct told_finding *error_pattern_finding(
    const struct error_pattern_table *t, const char *id)
{
    for (size_t i = 0; i < t->findings_len; i++)
        if (strcmp(t->findings[i].id, id) == 0)
            return &t->findings[i];
    return NULL;
}

static bool read_findings(struct arena *a, const struct json *list,
                          const char *path, struct error_pattern_table *t,
                          struct err *err)
{
    static const char *const keys[] = { "id", "title", "why", NULL };
    size_t at = 0;

    JSON_EACH (j, list) {
        struct told_finding f;
        const char *where = arena_printf(a, "%s: findings[%zu]", path, at++);
        if (!json_need_known(j, keys, where, err) ||
            !json_need_text(j, "id", where, &f.id, err) ||
            !json_need_text(j, "title", where, &f.title, err) ||
            !json_need_text(j, "why", where, &f.why, err))
            return false;
        if (error_pattern_finding(t, f.id))
            return err_set(err, ERR_INPUT, "%s: the id \"%s\" is taken", where,
                           f.id);
        t->findings =
            arena_grow(a, t->findings, t->findings_len, sizeof *t->findings);
        t->findings[t->findings_len++] = f;
    }
    return true;
}

static const char *const document_keys[] = {
    "client",   "library",   "signs",         "meanings", "messages",
    "findings", "strangers", "big_providers", NULL
};

static bool read_document(struct arena *a, const struct json *doc,
                          const char *path, struct error_pattern_table *t,
                          struct err *err)
{
    const struct told_by by = { json_find_text(doc, "client"),
                                json_find_bool(doc, "library") };

    return add_list(a, doc, "strangers", path, &t->strangers, err) &&
           add_list(a, doc, "big_providers", path, &t->big_providers, err) &&
           read_findings(a, json_find(doc, "findings"), path, t, err) &&
           read_meanings(a, json_find(doc, "meanings"), false, path, t, err) &&
           read_signs(a, doc, by.client, path, t, err) &&
           read_messages(a, &by, json_find(doc, "messages"), path, t, err);
}

bool error_pattern_table_read(struct arena *a, const char *text, size_t len,
                              const char *path, struct error_pattern_table *t,
                              struct err *err)
{
    struct json *doc = NULL;
    const struct json *meanings = NULL;

    if (!json_parse(a, text, len, path, &doc, err) ||
        !json_need_known(doc, document_keys, path, err) ||
        !json_need(doc, "meanings", JSON_ARRAY, path, &meanings, err) ||
        !read_document(a, doc, path, t, err))
        return false;
    t->intercepted = meaning_of(t, "intercepted");
    t->mismatch = meaning_of(t, "name-mismatch");
    t->addressed = meaning_of(t, "address-mismatch");
    return t->intercepted ||
           err_set(err, ERR_INPUT, "%s: there is no meaning \"intercepted\"",
                   path);
}

bool error_pattern_table_read_program(struct arena *a, const char *text,
                                      size_t len, const char *path,
                                      struct error_pattern_table *t,
                                      struct err *err)
{
    struct json *doc = NULL;
    const struct json *messages = NULL;

    return json_parse(a, text, len, path, &doc, err) &&
           json_need_known(doc, document_keys, path, err) &&
           json_need(doc, "messages", JSON_ARRAY, path, &messages, err) &&
           read_document(a, doc, path, t, err);
}

static bool read_problem(struct arena *a, const struct error_pattern_table *t,
                         const struct json *j, const char *path,
                         struct problem_row *out, struct err *err)
{
    static const char *const keys[] = { "meaning", "type",    "challenge",
                                        "address", "context", "text",
                                        NULL };
    const char *address = json_find_text(j, "address");

    out->type = json_find_text(j, "type");
    out->challenge = json_find_text(j, "challenge");
    out->context = json_find_bool(j, "context");
    out->by_ip6 = address && strcmp(address, "ipv6") == 0;
    if (address && !out->by_ip6)
        return err_set(err, ERR_INPUT, "%s: \"address\": ipv6 was wanted",
                       path);
    return json_need_known(j, keys, path, err) &&
           need_meaning(t, j, path, &out->meaning, err) &&
           (!json_find(j, "text") ||
            read_wordings(a, j, "text", path, &out->texts, err));
}

static bool fits_everything(const struct problem_row *row)
{
    return !row->type && !row->challenge && !row->context && !row->by_ip6 &&
           !row->texts.len;
}

static bool read_problems(struct arena *a, const struct json *list,
                          const char *path, struct error_pattern_table *t,
                          struct err *err)
{
    t->problems = arena_alloc(a, list->len, sizeof *t->problems);
    JSON_EACH (j, list) {
        const char *where =
            arena_printf(a, "%s: problems[%zu]", path, t->problems_len);
        if (!read_problem(a, t, j, where, &t->problems[t->problems_len], err))
            return false;
        t->problems_len++;
    }
    if (!t->problems_len || !fits_everything(&t->problems[t->problems_len - 1]))
        return err_set(err, ERR_INPUT,
                       "%s: the last of the problems has to fit everything",
                       path);
    return true;
}

static bool read_challenges(struct arena *a, const struct json *list,
                            const char *path, struct error_pattern_table *t,
                            struct err *err)
{
    static const char *const keys[] = { "challenge", "text", NULL };

    t->challenges = arena_alloc(a, list->len, sizeof *t->challenges);
    JSON_EACH (j, list) {
        struct challenge_words *c = &t->challenges[t->challenges_len];
        const char *where =
            arena_printf(a, "%s: challenges[%zu]", path, t->challenges_len++);
        if (!json_need_known(j, keys, where, err) ||
            !json_need_text(j, "challenge", where, &c->challenge, err) ||
            !read_wordings(a, j, "text", where, &c->texts, err))
            return false;
    }
    return true;
}

bool error_pattern_table_read_acme(struct arena *a, const char *text,
                                   size_t len, const char *path,
                                   struct error_pattern_table *t,
                                   struct err *err)
{
    static const char *const keys[] = { "findings",   "meanings", "problems",
                                        "challenges", "contexts", "hosts",
                                        NULL };
    struct json *doc = NULL;
    const struct json *meanings = NULL, *problems = NULL, *challenges = NULL;

    return json_parse(a, text, len, path, &doc, err) &&
           json_need_known(doc, keys, path, err) &&
           json_need(doc, "meanings", JSON_ARRAY, path, &meanings, err) &&
           json_need(doc, "problems", JSON_ARRAY, path, &problems, err) &&
           json_need(doc, "challenges", JSON_ARRAY, path, &challenges, err) &&
           read_findings(a, json_find(doc, "findings"), path, t, err) &&
           read_wordings(a, doc, "contexts", path, &t->contexts, err) &&
           read_wordings(a, doc, "hosts", path, &t->hosts, err) &&
           read_challenges(a, challenges, path, t, err) &&
           read_meanings(a, meanings, true, path, t, err) &&
           read_problems(a, problems, path, t, err);
}
