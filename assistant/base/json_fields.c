#include "base/json_fields.h"

#include <assert.h>
#include <string.h>

#include "base/base64.h"

static const struct json nothing = { .type = JSON_NULL };

static const void *pointer_at(const struct json_field *f, const void *object)
{
    const void *p = NULL;

    memcpy(&p, (const char *)object + f->at, sizeof p);
    return p;
}

static size_t len_of(const struct json_field *f, const void *object)
{
    size_t len = 0;

    memcpy(&len, (const char *)object + f->len_at, sizeof len);
    return len;
}

static int64_t number_at(const struct json_field *f, const void *object)
{
    const void *at = (const char *)object + f->at;
    uint16_t small = 0;
    uint32_t middle = 0;
    int64_t large = 0;

    if (f->size == sizeof small) {
        memcpy(&small, at, sizeof small);
        return small;
    }
    if (f->size == sizeof middle) {
        memcpy(&middle, at, sizeof middle);
        return f->is_signed ? (int32_t)middle : (int64_t)middle;
    }
    memcpy(&large, at, sizeof large);
    return large;
}

static bool is_empty(const struct json_field *f, const void *object)
{
    if (f->kind == JSON_FIELD_IS_TEXT)
        return !pointer_at(f, object);
    if (f->kind == JSON_FIELD_IS_OBJECT)
        return is_empty(f->fields, (const char *)object + f->at);
    return !len_of(f, object);
}

static void write_schema(struct arena *a, struct json *o,
                         const struct json_field *f, const void *object)
{
    (void)object;
    json_put_text(a, o, f->key, f->schema);
}

static void write_text(struct arena *a, struct json *o,
                       const struct json_field *f, const void *object)
{
    json_put_text(a, o, f->key, pointer_at(f, object));
}

static void write_bool(struct arena *a, struct json *o,
                       const struct json_field *f, const void *object)
{
    bool yes = false;

    memcpy(&yes, (const char *)object + f->at, sizeof yes);
    json_put_bool(a, o, f->key, yes);
}

static void write_number(struct arena *a, struct json *o,
                         const struct json_field *f, const void *object)
{
    json_put_number(a, o, f->key, (double)number_at(f, object));
}

static void write_word(struct arena *a, struct json *o,
                       const struct json_field *f, const void *object)
{
    json_put_text(a, o, f->key,
                  table_text(f->words, (int)number_at(f, object)));
}

static void write_texts(struct arena *a, struct json *o,
                        const struct json_field *f, const void *object)
{
    json_put_texts(a, o, f->key, pointer_at(f, object), len_of(f, object));
}

static void write_indices(struct arena *a, struct json *o,
                          const struct json_field *f, const void *object)
{
    struct json *list = json_put_array(a, o, f->key);
    const size_t *indices = pointer_at(f, object);

    for (size_t i = 0; i < len_of(f, object); i++)
        json_add_number(a, list, (double)indices[i]);
}

static void write_bytes(struct arena *a, struct json *o,
                        const struct json_field *f, const void *object)
{
    json_put_text(a, o, f->key,
                  base64_text(a, pointer_at(f, object), len_of(f, object)));
}

static void write_object(struct arena *a, struct json *o,
                         const struct json_field *f, const void *object)
{
    json_fields_write(a, json_put_object(a, o, f->key), f->fields,
                      (const char *)object + f->at);
}

static void write_list(struct arena *a, struct json *o,
                       const struct json_field *f, const void *object)
{
    struct json *list = json_put_array(a, o, f->key);
    const char *items = pointer_at(f, object);

    for (size_t i = 0; i < len_of(f, object); i++)
        json_fields_write(a, json_add_object(a, list), f->fields,
                          items + i * f->size);
}

static void (*const writers[])(struct arena *, struct json *,
                               const struct json_field *, const void *) = {
    [JSON_FIELD_IS_SCHEMA] = write_schema,
    [JSON_FIELD_IS_TEXT] = write_text,
    [JSON_FIELD_IS_BOOL] = write_bool,
    [JSON_FIELD_IS_NUMBER] = write_number,
    [JSON_FIELD_IS_WORD] = write_word,
    [JSON_FIELD_IS_TEXTS] = write_texts,
    [JSON_FIELD_IS_INDICES] = write_indices,
    [JSON_FIELD_IS_BYTES] = write_bytes,
    [JSON_FIELD_IS_OBJECT] = write_object,
    [JSON_FIELD_IS_LIST] = write_list,
};
static_assert(sizeof writers / sizeof *writers == JSON_FIELD_KIND_COUNT,
              "a writer per kind");

void json_fields_write(struct arena *a, struct json *o,
                       const struct json_field *rows, const void *object)
{
    for (const struct json_field *f = rows; f->key; f++)
        if (!(f->flags & JSON_NOT_EMPTY) || !is_empty(f, object))
            writers[f->kind](a, o, f, object);
}

void json_fields_fault(struct json_reader *r, const char *list, size_t index,
                       const char *key, const char *why)
{
    if (!r->failed && list)
        err_set(r->err, ERR_INPUT, "%s: %s[%zu]: \"%s\" %s", r->path, list,
                index, key, why);
    else if (!r->failed)
        err_set(r->err, ERR_INPUT, "%s: \"%s\" %s", r->path, key, why);
    r->failed = true;
}

static void fault(struct json_reader *r, const struct json_field *f,
                  const char *why)
{
    json_fields_fault(r, NULL, 0, f->key, why);
}

/* A member of the right type; after a fault, an empty value. */
static const struct json *need(struct json_reader *r, const struct json *o,
                               const struct json_field *f, enum json_type type)
{
    const struct json *j = &nothing;

    if (!r->failed && !json_need(o, f->key, type, r->path, &j, r->err))
        r->failed = true;
    return j;
}

static const struct json *need_list(struct json_reader *r, const struct json *o,
                                    const struct json_field *f,
                                    enum json_type type)
{
    const struct json *list = need(r, o, f, JSON_ARRAY);

    JSON_EACH (item, list)
        if (item->type != type)
            fault(r, f, "has a member of the wrong kind");
    return r->failed ? &nothing : list;
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

static const char *checked(struct json_reader *r, const struct json_field *f,
                           const char *text)
{
    if (text && f->flags & JSON_MENDED)
        return arena_printable(r->arena, text, strlen(text));
    if (text && (f->flags & JSON_AS_IS || is_printable(r->arena, text)))
        return arena_text(r->arena, text);
    fault(r, f, "holds characters that cannot be printed");
    return "";
}

static const char *text_of(struct json_reader *r, const struct json *o,
                           const struct json_field *f)
{
    const struct json *j = json_find(o, f->key);

    if (f->flags & JSON_OR_NULL && j && j->type == JSON_NULL)
        return NULL;
    return checked(r, f, need(r, o, f, JSON_TEXT)->text);
}

static void read_schema(struct json_reader *r, const struct json *o,
                        const struct json_field *f, void *object)
{
    (void)object;
    if (strcmp(text_of(r, o, f), f->schema) != 0)
        fault(r, f, arena_printf(r->arena, "has to be \"%s\"", f->schema));
}

static void read_text(struct json_reader *r, const struct json *o,
                      const struct json_field *f, void *object)
{
    const char *text = text_of(r, o, f);

    memcpy((char *)object + f->at, &text, sizeof text);
}

static void read_bool(struct json_reader *r, const struct json *o,
                      const struct json_field *f, void *object)
{
    bool yes = need(r, o, f, JSON_BOOL)->yes;

    memcpy((char *)object + f->at, &yes, sizeof yes);
}

static void keep_number(const struct json_field *f, void *object, int64_t n)
{
    void *at = (char *)object + f->at;
    uint16_t small = (uint16_t)n;
    uint32_t middle = (uint32_t)n;

    if (f->size == sizeof small)
        memcpy(at, &small, sizeof small);
    else if (f->size == sizeof middle)
        memcpy(at, &middle, sizeof middle);
    else
        memcpy(at, &n, sizeof n);
}

static void read_number(struct json_reader *r, const struct json *o,
                        const struct json_field *f, void *object)
{
    int64_t n = f->min;

    if (!json_need_int(o, f->key, r->path, &n, r->err))
        r->failed = true;
    if (n < f->min || n > f->max)
        fault(r, f, "is out of range");
    if (!r->failed)
        keep_number(f, object, n);
}

static void read_word(struct json_reader *r, const struct json *o,
                      const struct json_field *f, void *object)
{
    const char *text = text_of(r, o, f);

    for (const struct word *row = f->words; row->text; row++)
        if (strcmp(row->text, text) == 0) {
            keep_number(f, object, row->code);
            return;
        }
    fault(r, f, "is an unknown word");
}

static void keep_items(const struct json_field *f, void *object,
                       const void *items, size_t len)
{
    memcpy((char *)object + f->at, &items, sizeof items);
    memcpy((char *)object + f->len_at, &len, sizeof len);
}

static void read_texts(struct json_reader *r, const struct json *o,
                       const struct json_field *f, void *object)
{
    const struct json *list = need_list(r, o, f, JSON_TEXT);
    struct text_list texts = { 0 };

    JSON_EACH (item, list)
        text_list_add(r->arena, &texts, checked(r, f, item->text));
    keep_items(f, object, texts.text, texts.len);
}

static void read_indices(struct json_reader *r, const struct json *o,
                         const struct json_field *f, void *object)
{
    const struct json *list = need_list(r, o, f, JSON_NUMBER);
    size_t *indices = arena_alloc(r->arena, list->len + 1, sizeof *indices);
    size_t len = 0;

    JSON_EACH (item, list) {
        if (!json_is_whole(item->number) || item->number < 0)
            fault(r, f, "holds what is no whole number");
        else
            indices[len++] = (size_t)item->number;
    }
    keep_items(f, object, indices, len);
}

static void read_bytes(struct json_reader *r, const struct json *o,
                       const struct json_field *f, void *object)
{
    const uint8_t *bytes = NULL;
    size_t len = 0;

    if (!base64_read(r->arena, text_of(r, o, f), &bytes, &len))
        fault(r, f, "is not base64");
    else if (len > (size_t)f->max)
        fault(r, f, "is too long");
    keep_items(f, object, bytes, len);
}

static void read_object(struct json_reader *r, const struct json *o,
                        const struct json_field *f, void *object)
{
    const struct json *inner = need(r, o, f, JSON_OBJECT);

    (void)json_fields_read(r, inner, f->fields, (char *)object + f->at);
}

static void read_list(struct json_reader *r, const struct json *o,
                      const struct json_field *f, void *object)
{
    const struct json *list = need_list(r, o, f, JSON_OBJECT);
    const char *outer = r->path;
    char *items = NULL;
    size_t len = 0;

    for (const struct json *j = list->first; j && !r->failed; j = j->next) {
        r->path = arena_printf(r->arena, "%s: %s[%zu]", outer, f->key, len);
        items = arena_grow(r->arena, items, len, f->size);
        (void)json_fields_read(r, j, f->fields, items + len++ * f->size);
    }
    r->path = outer;
    keep_items(f, object, items, len);
}

static void (*const readers[])(struct json_reader *, const struct json *,
                               const struct json_field *, void *) = {
    [JSON_FIELD_IS_SCHEMA] = read_schema,
    [JSON_FIELD_IS_TEXT] = read_text,
    [JSON_FIELD_IS_BOOL] = read_bool,
    [JSON_FIELD_IS_NUMBER] = read_number,
    [JSON_FIELD_IS_WORD] = read_word,
    [JSON_FIELD_IS_TEXTS] = read_texts,
    [JSON_FIELD_IS_INDICES] = read_indices,
    [JSON_FIELD_IS_BYTES] = read_bytes,
    [JSON_FIELD_IS_OBJECT] = read_object,
    [JSON_FIELD_IS_LIST] = read_list,
};
static_assert(sizeof readers / sizeof *readers == JSON_FIELD_KIND_COUNT,
              "a reader per kind");

bool json_fields_read(struct json_reader *r, const struct json *o,
                      const struct json_field *rows, void *object)
{
    for (const struct json_field *f = rows; f->key && !r->failed; f++)
        if (!(f->flags & (JSON_YOUNGER | JSON_NOT_EMPTY)) ||
            json_find(o, f->key))
            readers[f->kind](r, o, f, object);
    return !r->failed;
}
