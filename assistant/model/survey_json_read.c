#include "model/survey_json_read.h"

#include <assert.h>
#include <string.h>

#include "base/base64.h"
#include "model/target.h"

const struct word target_kind_words[] = {
    { "host", TARGET_HOST },
    { "domain", TARGET_DOMAIN },
    { "file", TARGET_FILE },
    { NULL, TARGET_KIND_COUNT },
};
static_assert(sizeof target_kind_words / sizeof *target_kind_words ==
                  TARGET_KIND_COUNT + 1,
              "a word per kind");

static const struct json nothing = { .type = JSON_NULL };

void reader_fault(struct reader *r, const char *key, const char *why)
{
    if (!r->failed)
        err_set(r->err, ERR_INPUT, "%s: \"%s\" %s", r->path, key, why);
    r->failed = true;
}

const char *reader_enter(struct reader *r, const char *list, size_t index)
{
    const char *outer = r->path;

    r->path = arena_printf(r->arena, "%s: %s[%zu]", outer, list, index);
    return outer;
}

/* A member of the right type; after a fault, an empty value. */
static const struct json *need(struct reader *r, const struct json *o,
                               const char *key, enum json_type type)
{
    const struct json *j = &nothing;

    if (!r->failed && !json_need(o, key, type, r->path, &j, r->err))
        r->failed = true;
    return j;
}

/* arena_printable() cuts what is long: it is asked in pieces that end between
 * two characters. */
static bool is_printable(struct arena *a, const char *text)
{
    size_t left = strlen(text);

    while (left) {
        size_t n = left < ARENA_PRINTABLE_MAX ? left : ARENA_PRINTABLE_MAX;
        while (n < left && ((unsigned char)text[n] & 0xc0) == 0x80)
            n--;
        if (memcmp(arena_printable(a, text, n), text, n) != 0)
            return false;
        text += n;
        left -= n;
    }
    return true;
}

static const char *checked(struct reader *r, const char *key, const char *text)
{
    if (text && is_printable(r->arena, text))
        return arena_text(r->arena, text);
    reader_fault(r, key, "holds characters that cannot be printed");
    return "";
}

const char *reader_text(struct reader *r, const struct json *o, const char *key)
{
    return checked(r, key, need(r, o, key, JSON_TEXT)->text);
}

const char *reader_maybe(struct reader *r, const struct json *o,
                         const char *key)
{
    const struct json *j = json_find(o, key);

    return j && j->type == JSON_NULL ? NULL : reader_text(r, o, key);
}

int64_t reader_number(struct reader *r, const struct json *o, const char *key,
                      int64_t min, int64_t max)
{
    int64_t n = min;

    if (!r->failed && !json_need_int(o, key, r->path, &n, r->err))
        r->failed = true;
    if (n < min || n > max)
        reader_fault(r, key, "is out of range");
    return r->failed ? min : n;
}

bool reader_bool(struct reader *r, const struct json *o, const char *key)
{
    return need(r, o, key, JSON_BOOL)->yes;
}

int reader_word(struct reader *r, const struct json *o, const char *key,
                const struct word *table)
{
    const char *text = reader_text(r, o, key);

    for (const struct word *row = table; row->text; row++)
        if (strcmp(row->text, text) == 0)
            return row->code;
    reader_fault(r, key, "is a word that is not known");
    return 0;
}

const struct json *reader_object(struct reader *r, const struct json *o,
                                 const char *key)
{
    return need(r, o, key, JSON_OBJECT);
}

const struct json *reader_list(struct reader *r, const struct json *o,
                               const char *key, enum json_type type)
{
    const struct json *list = need(r, o, key, JSON_ARRAY);

    JSON_EACH (item, list)
        if (item->type != type)
            reader_fault(r, key, "has a member of the wrong kind");
    return r->failed ? &nothing : list;
}

const char *const *reader_texts(struct reader *r, const struct json *o,
                                const char *key, size_t *len)
{
    const struct json *list = reader_list(r, o, key, JSON_TEXT);
    const char **texts = arena_alloc(r->arena, list->len + 1, sizeof *texts);

    *len = 0;
    JSON_EACH (item, list)
        texts[(*len)++] = checked(r, key, item->text);
    return texts;
}

const uint8_t *reader_bytes(struct reader *r, const struct json *o,
                            const char *key, size_t max, size_t *len)
{
    const char *text = reader_text(r, o, key);
    const uint8_t *bytes = NULL;

    *len = 0;
    if (!base64_read(r->arena, text, &bytes, len))
        reader_fault(r, key, "is not base64");
    else if (*len > max)
        reader_fault(r, key, "is too long");
    return bytes;
}
