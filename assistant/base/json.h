#ifndef CERTMEND_BASE_JSON_H
#define CERTMEND_BASE_JSON_H
/*
 * json - trees of JSON values, and the only door to cJSON
 *
 * A tree is plain structs in an arena: read its fields, build it with the
 * functions below, never free it. cJSON parses and prints; what it lets pass
 * is refused or repaired here: text after the document, escaped NUL, the same
 * key twice, invalid UTF-8, nesting beyond JSON_DEPTH_MAX (RFC 8259).
 */
#include "base/text.h"

#include <stdint.h>

enum { JSON_DEPTH_MAX = 64 };

/* Whole numbers up to here are exact: 2^53 - 1 (RFC 8259 section 6). */
#define JSON_INT_MAX 9007199254740991.0
bool json_is_whole(double number);

enum json_type {
    JSON_NULL,
    JSON_BOOL,
    JSON_NUMBER,
    JSON_TEXT,
    JSON_ARRAY,
    JSON_OBJECT,
};

struct json {
    enum json_type type;
    const char *key;  /* inside an object; else NULL */
    const char *text; /* JSON_TEXT: valid UTF-8 without NUL; else NULL */
    double number;    /* JSON_NUMBER */
    bool yes;         /* JSON_BOOL */
    struct json *first, *last; /* members of an array or object, in order */
    struct json *next;         /* the member behind this one, or NULL */
    size_t len;                /* number of members */
};

/*
 * Reads one document of `len` bytes. `name` says in errors where the text
 * came from: "rules/x.json: line 3: a comma or a bracket was wanted".
 */
MUST_CHECK bool json_parse(struct arena *a, const char *text, size_t len,
                           const char *name, struct json **out,
                           struct err *err);

/* Appends the document as text; `pretty` for people. Ends with a newline. */
void json_print(const struct json *j, bool pretty, struct buf *out);

/* Building. A new value becomes the last member of `parent`. */
struct json *json_object(struct arena *a);
struct json *json_array(struct arena *a);
struct json *json_put_object(struct arena *a, struct json *o, const char *key);
struct json *json_put_array(struct arena *a, struct json *o, const char *key);
void json_put_text(struct arena *a, struct json *o, const char *key,
                   const char *text); /* copied; NULL puts null */
void json_put_texts(struct arena *a, struct json *o, const char *key,
                    const char *const *texts, size_t len);
void json_put_number(struct arena *a, struct json *o, const char *key,
                     double number);
void json_put_bool(struct arena *a, struct json *o, const char *key, bool yes);
/* A deep copy of `value` under `key`; NULL puts null. */
void json_put(struct arena *a, struct json *o, const char *key,
              const struct json *value);
struct json *json_add_object(struct arena *a, struct json *array);
void json_add_text(struct arena *a, struct json *array, const char *text);
void json_add_number(struct arena *a, struct json *array, double number);
void json_add(struct arena *a, struct json *array, const struct json *value);
struct json *json_text(struct arena *a, const char *text);
struct json *json_number(struct arena *a, double number);
struct json *json_bool(struct arena *a, bool yes);
struct json *json_copy(struct arena *a, const struct json *value);
/* A value that is in no tree yet, its key set, becomes the last member. */
void json_take(struct json *parent, struct json *child);

/* Reading. `j` may be NULL, which has no members and is equal only to NULL. */
const struct json *json_find(const struct json *object, const char *key);
const char *json_find_text(const struct json *object,
                           const char *key); /* NULL */
double json_find_number(const struct json *object, const char *key,
                        double otherwise);
bool json_find_bool(const struct json *object, const char *key);
bool json_equal(const struct json *a, const struct json *b); /* any key order */
bool json_has_text(const struct json *array, const char *text);

/* Appends the texts of an array, not copied; false: it holds other things. */
bool json_read_texts(struct arena *a, const struct json *array,
                     struct text_list *out);

#define JSON_EACH(item, list)                                                  \
    for (const struct json *item = (list) ? (list)->first : NULL; item;        \
         item = item->next)

/*
 * Reading what must have a shape. `path` says where we are: "rules/x.json:
 * rows[2]"; a member that is missing or of another type is an ERR_INPUT that
 * begins with it.
 */
MUST_CHECK bool json_need(const struct json *object, const char *key,
                          enum json_type type, const char *path,
                          const struct json **out, struct err *err);
MUST_CHECK bool json_need_text(const struct json *object, const char *key,
                               const char *path, const char **out,
                               struct err *err);
/* A whole number; beyond 2^53 (RFC 8259 section 6) is an error too. */
MUST_CHECK bool json_need_int(const struct json *object, const char *key,
                              const char *path, int64_t *out, struct err *err);
/* No keys but these, NULL behind the last: another is a mistake somebody would
 * like to hear of. */
MUST_CHECK bool json_need_known(const struct json *object,
                                const char *const *keys, const char *path,
                                struct err *err);

#endif
