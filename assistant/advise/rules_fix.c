#include <string.h>

#include "advise/rules.h"

static bool read_needs(struct arena *a, const struct json *needs,
                       const char *path, struct fix_def *def, struct err *err)
{
    const char **list = arena_alloc(a, needs->len + 1, sizeof *list);
    size_t len = 0;
    JSON_EACH (item, needs) {
        if (item->type != JSON_TEXT)
            return err_set(err, ERR_INPUT, "%s: \"needs\" holds only texts",
                           path);
        list[len++] = item->text;
    }
    def->needs = list;
    return true;
}

/* Whoever writes a fix has no list of the words at hand. */
static bool unknown(const struct word *words, const char *key, const char *text,
                    const char *path, struct err *err)
{
    struct arena *a = arena_new();
    struct text_list known = { 0 };
    struct buf list;

    for (const struct word *w = words; w->text; w++)
        text_list_add(a, &known, w->text);
    buf_init(&list, a, 1024);
    text_list_tell(&list, known.text, known.len);
    err_set(err, ERR_INPUT, "%s: unknown %s \"%s\"; known are %s", path, key,
            text, list.text);
    arena_free(a);
    return false;
}

static bool read_word(const struct json *j, const char *key,
                      const struct word *words, const char *path, int *out,
                      struct err *err)
{
    const char *text = NULL;
    if (!json_need_text(j, key, path, &text, err))
        return false;
    for (const struct word *w = words; w->text; w++) {
        if (strcmp(w->text, text) == 0) {
            *out = w->code;
            return true;
        }
    }
    return unknown(words, key, text, path, err);
}

static bool read_recipients(const struct json *j, const char *path,
                            struct fix_def *def, struct err *err)
{
    const struct json *list = json_find(j, "recipients");
    if (list && list->type != JSON_ARRAY)
        return err_set(err, ERR_INPUT, "%s: \"recipients\" must be a list",
                       path);
    JSON_EACH (item, list) {
        int to = item->type == JSON_TEXT
                     ? table_code(recipient_words, item->text)
                     : TO_COUNT;
        if (to == TO_COUNT)
            return unknown(recipient_words, "recipients",
                           item->type == JSON_TEXT ? item->text : "?", path,
                           err);
        def->recipients |= 1u << to;
    }
    return true;
}

/* What each proof has to be told. */
static const char *const proof_needs[PROVE_COUNT][3] = {
    [PROVE_HOSTNAME] = { "hostname", "port" },
    [PROVE_PORT] = { "port" },
    [PROVE_SECURITY] = { "port", "security" },
    [PROVE_INPUT] = { "hostname" },
    [PROVE_CERTIFICATE] = { "names" },
    [PROVE_SHORTER_CHAIN] = { "leave_out" },
    [PROVE_MACHINES] = { "ports", "addresses" },
    [PROVE_RELOAD] = { "services" },
    [PROVE_CAA] = { "record", "value" },
    [PROVE_TLSA] = { "record", "value" },
    [PROVE_MTA_STS] = { "record", "value" },
    [PROVE_DNS] = { "name", "type" },
    [PROVE_SNI_MAP] = { "names", "services" },
    [PROVE_DEFAULT] = { "names", "services" },
    [PROVE_PLACE] = { "hostname", "port" },
};

static bool is_needed(const struct fix_def *def, const char *param)
{
    for (const char *const *need = def->needs; *need; need++)
        if (strcmp(*need, param) == 0)
            return true;
    return false;
}

static bool proof_is_told(const struct fix_def *def, const char *path,
                          struct err *err)
{
    for (const char *const *p = proof_needs[def->prove]; *p; p++)
        if (!is_needed(def, *p))
            return err_set(err, ERR_INPUT,
                           "%s: what is proven by \"%s\" needs \"%s\"", path,
                           table_text(prove_words, (int)def->prove), *p);
    return true;
}

static bool kind_brings(enum fix_kind kind)
{
    return kind == FIX_CERTIFICATE || kind == FIX_RENEWAL || kind == FIX_KEY;
}

/* One cannot be without the other. */
static bool makes_sense(const struct fix_def *def, const char *path,
                        struct err *err)
{
    bool brings = def->brings == BRINGS_CERTIFICATE;
    if (brings && !is_needed(def, "names"))
        return err_set(err, ERR_INPUT,
                       "%s: what brings a certificate needs \"names\"", path);
    if (brings != (def->prove == PROVE_CERTIFICATE))
        return err_set(err, ERR_INPUT,
                       "%s: \"brings\": \"certificate\" and \"prove\": "
                       "\"certificate\" go together",
                       path);
    if (brings != kind_brings(def->kind))
        return err_set(err, ERR_INPUT,
                       "%s: the kind \"%s\" %s \"brings\": \"certificate\"",
                       path, table_text(fix_kind_words, (int)def->kind),
                       brings ? "has no" : "goes with");
    if (def->gathers && (!def->once || !is_needed(def, def->gathers)))
        return err_set(err, ERR_INPUT,
                       "%s: what \"gathers\" is there \"once\" and needs "
                       "\"%s\"",
                       path, def->gathers);
    if (def->kind == FIX_LETTER && !def->recipients)
        return err_set(err, ERR_INPUT, "%s: a letter needs \"recipients\"",
                       path);
    return proof_is_told(def, path, err);
}

static bool read_codes(const struct json *j, const char *path,
                       struct fix_def *def, struct err *err)
{
    int kind = 0, actor = 0, risk = 0, prove = 0, brings = BRINGS_NOTHING;
    if (!read_word(j, "kind", fix_kind_words, path, &kind, err) ||
        !read_word(j, "actor", actor_words, path, &actor, err) ||
        !read_word(j, "risk", risk_words, path, &risk, err) ||
        !read_word(j, "prove", prove_words, path, &prove, err) ||
        (json_find(j, "brings") &&
         !read_word(j, "brings", brings_words, path, &brings, err)))
        return false;
    def->kind = (enum fix_kind)kind;
    def->actor = (enum actor)actor;
    def->risk = (enum risk)risk;
    def->prove = (enum prove_by)prove;
    def->brings = (enum brings)brings;
    return true;
}

bool rules_read_fix(struct arena *a, const struct json *j, const char *path,
                    struct fix_def *out, struct err *err)
{
    static const char *const keys[] = { "fix",     "title",  "kind",
                                        "actor",   "effort", "risk",
                                        "needs",   "once",   "next_time",
                                        "prove",   "brings", "recipients",
                                        "gathers", NULL };
    struct fix_def def = { .once = json_find_bool(j, "once"),
                           .next_time = json_find_bool(j, "next_time"),
                           .gathers = json_find_text(j, "gathers") };
    const struct json *needs = NULL;
    if (!json_need_known(j, keys, path, err) ||
        !json_need_text(j, "fix", path, &def.id, err) ||
        !json_need_text(j, "title", path, &def.title, err) ||
        !json_need_text(j, "effort", path, &def.effort, err) ||
        !json_need(j, "needs", JSON_ARRAY, path, &needs, err) ||
        !read_codes(j, path, &def, err) ||
        !read_needs(a, needs, path, &def, err) ||
        !read_recipients(j, path, &def, err) || !makes_sense(&def, path, err))
        return false;
    *out = def;
    return true;
}
