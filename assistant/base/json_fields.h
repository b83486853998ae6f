#ifndef CERTMEND_BASE_JSON_FIELDS_H
#define CERTMEND_BASE_JSON_FIELDS_H
/*
 * json_fields - structs to JSON and back by a table of their fields
 *
 * One row says where a field lives and how it is spelt, and both directions
 * follow from it: written in the order of the rows, read with every value
 * checked. The first fault sticks: what is read after it stays empty, and who
 * asked looks once, at the end. Text is copied into the reader's arena.
 *
 *     static const struct json_field attempt_fields[] = {
 *         JSON_FIELD_WORD("outcome", struct attempt, outcome, outcome_words),
 *         JSON_FIELD_TEXT("detail", struct attempt, detail, JSON_OR_NULL),
 *         JSON_FIELDS_END,
 *     };
 *
 * A field of another kind: a value of enum json_field_kind, its row's macro,
 * and a function for either direction in json_fields.c.
 */
#include "base/json.h"
#include "base/table.h"

#include <stddef.h>

enum json_field_kind {
    JSON_FIELD_IS_SCHEMA, /* the same text in every file; no field */
    JSON_FIELD_IS_TEXT,   /* const char * */
    JSON_FIELD_IS_BOOL,
    JSON_FIELD_IS_NUMBER,  /* whole, of any integer type */
    JSON_FIELD_IS_WORD,    /* an enum, by its table */
    JSON_FIELD_IS_TEXTS,   /* const char ** and its length */
    JSON_FIELD_IS_INDICES, /* size_t * and its length */
    JSON_FIELD_IS_BYTES,   /* uint8_t * and its length, as base64 */
    JSON_FIELD_IS_OBJECT,  /* a struct within the struct */
    JSON_FIELD_IS_LIST,    /* an array of structs and its length */
    JSON_FIELD_KIND_COUNT,
};

/* Flags of a row. */
enum {
    JSON_OR_NULL = 1,   /* NULL is null; without it text has to be there */
    JSON_YOUNGER = 2,   /* older files lack it, and it stays as it was */
    JSON_NOT_EMPTY = 4, /* younger, and left out where it is NULL, has no
                           members, or an object's first field has not */
    JSON_AS_IS = 8,     /* text of any characters, for paths; without it, what
                           would move a terminal's cursor is a fault */
    JSON_MENDED = 16,   /* ... is made printable */
};

struct json_field {
    const char *key;
    enum json_field_kind kind;
    unsigned flags;
    size_t at;        /* bytes into the struct */
    size_t len_at;    /* where its length is */
    size_t size;      /* bytes of a number, of a member of a list */
    bool is_signed;   /* a number */
    int64_t min, max; /* of a number; max: bytes at most */
    const struct word *words;
    const char *schema;
    const struct json_field *fields; /* of an object or a list's members */
};

/* The offset, provided that the field has the type that the row needs. */
#define JSON_FIELD_AT(s, field, ...)                                           \
    (offsetof(s, field) + 0 * sizeof(_Generic(((s *)0)->field, __VA_ARGS__)))
#define JSON_FIELD_LEN(s, len) .len_at = JSON_FIELD_AT(s, len, size_t : 0)

#define JSON_FIELD_SCHEMA(name)                                                \
    {                                                                          \
        .key = "schema", .kind = JSON_FIELD_IS_SCHEMA, .schema = (name)        \
    }
#define JSON_FIELD_TEXT(name, s, field, how)                                   \
    {                                                                          \
        .key = (name), .kind = JSON_FIELD_IS_TEXT, .flags = (how),             \
        .at = JSON_FIELD_AT(s, field, const char * : 0)                        \
    }
#define JSON_FIELD_BOOL(name, s, field, how)                                   \
    {                                                                          \
        .key = (name), .kind = JSON_FIELD_IS_BOOL, .flags = (how),             \
        .at = JSON_FIELD_AT(s, field, bool : 0)                                \
    }
#define JSON_FIELD_NUMBER(name, s, field, least, most)                         \
    {                                                                          \
        .key = (name), .kind = JSON_FIELD_IS_NUMBER, .at = offsetof(s, field), \
        .size = sizeof(((s *)0)->field),                                       \
        .is_signed = _Generic(((s *)0)->field, int32_t                         \
                              : true, int64_t                                  \
                              : true, default                                  \
                              : false),                                        \
        .min = (least), .max = (most)                                          \
    }
#define JSON_FIELD_WORD(name, s, field, table)                                 \
    {                                                                          \
        .key = (name), .kind = JSON_FIELD_IS_WORD, .at = offsetof(s, field),   \
        .size = sizeof(((s *)0)->field), .words = (table)                      \
    }
#define JSON_FIELD_TEXTS(name, s, list, len, how)                              \
    {                                                                          \
        .key = (name), .kind = JSON_FIELD_IS_TEXTS, .flags = (how),            \
        .at = JSON_FIELD_AT(s, list, const char ** : 0,                        \
                            const char *const * : 0),                          \
        JSON_FIELD_LEN(s, len)                                                 \
    }
#define JSON_FIELD_INDICES(name, s, list, len)                                 \
    {                                                                          \
        .key = (name), .kind = JSON_FIELD_IS_INDICES,                          \
        .at = JSON_FIELD_AT(s, list, const size_t * : 0),                      \
        JSON_FIELD_LEN(s, len)                                                 \
    }
#define JSON_FIELD_BYTES(name, s, list, len, most, how)                        \
    {                                                                          \
        .key = (name), .kind = JSON_FIELD_IS_BYTES, .flags = (how),            \
        .max = (most), .at = JSON_FIELD_AT(s, list, const uint8_t * : 0),      \
        JSON_FIELD_LEN(s, len)                                                 \
    }
#define JSON_FIELD_OBJECT(name, s, field, rows, how)                           \
    {                                                                          \
        .key = (name), .kind = JSON_FIELD_IS_OBJECT, .flags = (how),           \
        .at = offsetof(s, field), .fields = (rows)                             \
    }
#define JSON_FIELD_LIST(name, s, list, len, rows)                              \
    {                                                                          \
        .key = (name), .kind = JSON_FIELD_IS_LIST, .at = offsetof(s, list),    \
        .size = sizeof(*((s *)0)->list), .fields = (rows),                     \
        JSON_FIELD_LEN(s, len)                                                 \
    }
#define JSON_FIELDS_END                                                        \
    {                                                                          \
        .key = NULL                                                            \
    }

/* Every row becomes a member of `o`. */
void json_fields_write(struct arena *a, struct json *o,
                       const struct json_field *rows, const void *object);

struct json_reader {
    struct arena *arena;
    const char *path; /* "s.json: cells[3]"; every error begins with it */
    struct err *err;
    bool failed;
};

/* Fills in `object`; false once the reader has failed. */
bool json_fields_read(struct json_reader *r, const struct json *o,
                      const struct json_field *rows, void *object);

/* A fault that only the caller can see: "s.json: cells[3]: "address" is no
 * address"; `list` may be NULL, `index` is nothing then. */
void json_fields_fault(struct json_reader *r, const char *list, size_t index,
                       const char *key, const char *why);

#endif
