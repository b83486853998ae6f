#include "guide/session_json.h"

#include <string.h>

static const char schema[] = "certmend.session/1";

enum { STEP_MAX = 1000 };

struct json *session_to_json(struct arena *a, const struct session *s)
{
    struct json *j = json_object(a);
    bool asking = s->phase == PHASE_COMMAND || s->phase == PHASE_CONFIRM;
    enum phase phase = asking ? s->behind : s->phase;

    json_put_text(a, j, "schema", schema);
    json_put_number(a, j, "begun_at", (double)s->begun_at);
    json_put_text(a, j, "phase", table_text(phase_words, (int)phase));
    json_put_text(a, j, "who", table_text(who_words, (int)s->who));
    json_put_text(a, j, "ending", table_text(ending_words, (int)s->ending));
    json_put_text(a, j, "client", s->client);
    json_put_text(a, j, "program", s->program);
    json_put_bool(a, j, "pasted", s->pasted);
    json_put_text(a, j, "target", s->target);
    json_put_text(a, j, "hint", s->hint);
    json_put_text(a, j, "fix", s->fix_id);
    json_put_number(a, j, "step", (double)s->step);
    json_put_bool(a, j, "green", s->green);
    json_put_text(a, j, "letter", s->letter);
    json_put_texts(a, j, "options", s->options.text, s->options.len);
    return j;
}

static bool read_word(const struct json *j, const char *key,
                      const struct word *table, const char *path, int *out,
                      struct err *err)
{
    const char *text = NULL;

    if (!json_need_text(j, key, path, &text, err))
        return false;
    for (; table->text; table++)
        if (strcmp(table->text, text) == 0) {
            *out = table->code;
            return true;
        }
    return err_set(err, ERR_INPUT, "%s: \"%s\" has an unknown word", path, key);
}

static const char *text_at(struct arena *a, const struct json *j,
                           const char *key)
{
    const char *text = json_find_text(j, key);

    return text ? arena_printable(a, text, strlen(text)) : NULL;
}

static void read_texts(struct arena *a, const struct json *j, struct session *s)
{
    s->client = text_at(a, j, "client");
    s->program = text_at(a, j, "program");
    s->target = text_at(a, j, "target");
    s->hint = text_at(a, j, "hint");
    s->fix_id = text_at(a, j, "fix");
    s->letter = text_at(a, j, "letter");
    s->pasted = json_find_bool(j, "pasted");
    s->green = json_find_bool(j, "green");
}

/* They lead to files, so nothing of them is changed. */
static void read_options(struct arena *a, const struct json *j,
                         struct text_list *out)
{
    JSON_EACH (item, json_find(j, "options")) {
        if (item->type == JSON_TEXT)
            text_list_add(a, out, arena_text(a, item->text));
    }
}

bool session_from_json(struct arena *a, const struct json *j, const char *path,
                       struct session *out, struct err *err)
{
    struct session s = { .arena = a };
    const char *said = NULL;
    int phase = 0, who = 0, ending = 0;
    int64_t step = 0;

    if (!json_need_text(j, "schema", path, &said, err))
        return false;
    if (strcmp(said, schema) != 0)
        return err_set(err, ERR_INPUT, "%s: no session of this program", path);
    if (!read_word(j, "phase", phase_words, path, &phase, err) ||
        !read_word(j, "who", who_words, path, &who, err) ||
        !read_word(j, "ending", ending_words, path, &ending, err) ||
        !json_need_int(j, "begun_at", path, &s.begun_at, err) ||
        !json_need_int(j, "step", path, &step, err))
        return false;
    if (step < 0 || step > STEP_MAX)
        return err_set(err, ERR_INPUT, "%s: \"step\" is out of reach", path);
    s.phase = s.behind = (enum phase)phase;
    s.who = (enum who)who;
    s.ending = (enum ending)ending;
    s.step = (size_t)step;
    read_texts(a, j, &s);
    read_options(a, j, &s.options);
    *out = s;
    return true;
}
