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

/* Its names are what is ordered. */
static bool names_are_needed(const struct fix_def *def)
{
    for (const char *const *need = def->needs; *need; need++)
        if (strcmp(*need, "names") == 0)
            return true;
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
    return err_set(err, ERR_INPUT, "%s: unknown %s \"%s\"", path, key, text);
}

bool rules_read_fix(struct arena *a, const struct json *j, const char *path,
                    struct fix_file *out, struct err *err)
{
    struct fix_file file = { .once = json_find_bool(j, "once") };
    const struct json *needs = NULL;
    int actor = 0, risk = 0, brings = BRINGS_NOTHING;
    if (!json_need_text(j, "fix", path, &file.def.id, err) ||
        !json_need_text(j, "title", path, &file.def.title, err) ||
        !json_need_text(j, "effort", path, &file.def.effort, err) ||
        !json_need(j, "needs", JSON_ARRAY, path, &needs, err) ||
        !read_word(j, "actor", actor_words, path, &actor, err) ||
        !read_word(j, "risk", risk_words, path, &risk, err) ||
        (json_find(j, "brings") &&
         !read_word(j, "brings", brings_words, path, &brings, err)) ||
        !read_needs(a, needs, path, &file.def, err))
        return false;
    file.def.actor = (enum actor)actor;
    file.def.risk = (enum risk)risk;
    file.def.brings = (enum brings)brings;
    if (brings == BRINGS_CERTIFICATE && !names_are_needed(&file.def))
        return err_set(err, ERR_INPUT,
                       "%s: what brings a certificate needs \"names\"", path);
    *out = file;
    return true;
}
