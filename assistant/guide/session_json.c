#include "guide/session_json.h"

#include "base/json_fields.h"

enum { STEP_MAX = 1000, KEPT_TEXT = JSON_OR_NULL | JSON_YOUNGER | JSON_MENDED };

/* Options lead to files, so nothing of them is changed. */
static const struct json_field session_fields[] = {
    JSON_FIELD_SCHEMA("certmend.session/1"),
    JSON_FIELD_NUMBER("begun_at", struct session, begun_at,
                      -(int64_t)JSON_INT_MAX, (int64_t)JSON_INT_MAX),
    JSON_FIELD_WORD("phase", struct session, phase, phase_words),
    JSON_FIELD_WORD("who", struct session, who, who_words),
    JSON_FIELD_WORD("ending", struct session, ending, ending_words),
    JSON_FIELD_TEXT("client", struct session, client, KEPT_TEXT),
    JSON_FIELD_TEXT("program", struct session, program, KEPT_TEXT),
    JSON_FIELD_BOOL("pasted", struct session, pasted, JSON_YOUNGER),
    JSON_FIELD_BOOL("here", struct session, here, JSON_YOUNGER),
    JSON_FIELD_TEXT("target", struct session, target, KEPT_TEXT),
    JSON_FIELD_TEXT("hint", struct session, hint, KEPT_TEXT),
    JSON_FIELD_BOOL("guessed", struct session, guessed, JSON_YOUNGER),
    JSON_FIELD_TEXT("software", struct session, software, KEPT_TEXT),
    JSON_FIELD_TEXT("fix", struct session, fix_id, KEPT_TEXT),
    JSON_FIELD_NUMBER("step", struct session, step, 0, STEP_MAX),
    JSON_FIELD_BOOL("green", struct session, green, JSON_YOUNGER),
    JSON_FIELD_TEXT("letter", struct session, letter, KEPT_TEXT),
    JSON_FIELD_TEXTS("options", struct session, options.text, options.len,
                     JSON_YOUNGER | JSON_AS_IS),
    JSON_FIELDS_END,
};

/* A question that was being asked is asked again. */
struct json *session_to_json(struct arena *a, const struct session *s)
{
    bool asking = s->phase == PHASE_COMMAND || s->phase == PHASE_CONFIRM;
    struct json *j = json_object(a);
    struct session kept = *s;

    if (asking)
        kept.phase = s->behind;
    json_fields_write(a, j, session_fields, &kept);
    return j;
}

bool session_from_json(struct arena *a, const struct json *j, const char *path,
                       struct session *out, struct err *err)
{
    struct json_reader r = { .arena = a, .path = path, .err = err };
    struct session s = { .arena = a };

    if (!json_fields_read(&r, j, session_fields, &s))
        return false;
    s.behind = s.phase;
    *out = s;
    return true;
}
