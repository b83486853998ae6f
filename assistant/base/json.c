#include "base/json.h"

#include <assert.h>
#include <cjson/cJSON.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/json_scan.h"
#include "base/memory.h"
#include "base/own.h"
#include "base/utf8.h"

OWN_DEFINE(cJSON, cJSON_Delete);

enum { QUOTE_MAX = 24, NUMBER_MAX = 32 };

static struct json *new_value(struct arena *a, enum json_type type)
{
    struct json *j = arena_alloc(a, 1, sizeof *j);

    j->type = type;
    return j;
}

struct json *json_object(struct arena *a)
{
    return new_value(a, JSON_OBJECT);
}

struct json *json_array(struct arena *a)
{
    return new_value(a, JSON_ARRAY);
}

struct json *json_text(struct arena *a, const char *text)
{
    struct json *j = new_value(a, text ? JSON_TEXT : JSON_NULL);

    j->text = arena_text(a, text);
    return j;
}

struct json *json_number(struct arena *a, double number)
{
    struct json *j = new_value(a, JSON_NUMBER);

    j->number = number;
    return j;
}

struct json *json_bool(struct arena *a, bool yes)
{
    struct json *j = new_value(a, JSON_BOOL);

    j->yes = yes;
    return j;
}

struct json *json_copy(struct arena *a, const struct json *value)
{
    if (!value)
        return new_value(a, JSON_NULL);

    struct json *j = new_value(a, value->type);
    j->text = arena_text(a, value->text);
    j->number = value->number;
    j->yes = value->yes;
    JSON_EACH (member, value) {
        struct json *m = json_copy(a, member);
        m->key = arena_text(a, member->key);
        json_take(j, m);
    }
    return j;
}

void json_take(struct json *parent, struct json *child)
{
    if (parent->last)
        parent->last->next = child;
    else
        parent->first = child;
    parent->last = child;
    parent->len++;
}

static struct json *put(struct arena *a, struct json *o, const char *key,
                        struct json *value)
{
    value->key = arena_text(a, key);
    json_take(o, value);
    return value;
}

static struct json *add(struct json *array, struct json *value)
{
    json_take(array, value);
    return value;
}

struct json *json_put_object(struct arena *a, struct json *o, const char *key)
{
    return put(a, o, key, json_object(a));
}

struct json *json_put_array(struct arena *a, struct json *o, const char *key)
{
    return put(a, o, key, json_array(a));
}

void json_put_text(struct arena *a, struct json *o, const char *key,
                   const char *text)
{
    put(a, o, key, json_text(a, text));
}

void json_put_texts(struct arena *a, struct json *o, const char *key,
                    const char *const *texts, size_t len)
{
    struct json *list = json_put_array(a, o, key);

    for (size_t i = 0; i < len; i++)
        json_add_text(a, list, texts[i]);
}

void json_put_number(struct arena *a, struct json *o, const char *key,
                     double number)
{
    put(a, o, key, json_number(a, number));
}

void json_put_bool(struct arena *a, struct json *o, const char *key, bool yes)
{
    put(a, o, key, json_bool(a, yes));
}

void json_put(struct arena *a, struct json *o, const char *key,
              const struct json *value)
{
    put(a, o, key, json_copy(a, value));
}

struct json *json_add_object(struct arena *a, struct json *array)
{
    return add(array, json_object(a));
}

void json_add_text(struct arena *a, struct json *array, const char *text)
{
    add(array, json_text(a, text));
}

void json_add_number(struct arena *a, struct json *array, double number)
{
    add(array, json_number(a, number));
}

void json_add(struct arena *a, struct json *array, const struct json *value)
{
    add(array, json_copy(a, value));
}

bool json_is_whole(double number)
{
    return fabs(number) <= JSON_INT_MAX && (double)(int64_t)number == number;
}

const struct json *json_find(const struct json *object, const char *key)
{
    JSON_EACH (member, object)
        if (member->key && strcmp(member->key, key) == 0)
            return member;
    return NULL;
}

const char *json_find_text(const struct json *object, const char *key)
{
    const struct json *j = json_find(object, key);

    return j ? j->text : NULL;
}

double json_find_number(const struct json *object, const char *key,
                        double otherwise)
{
    const struct json *j = json_find(object, key);

    return j && j->type == JSON_NUMBER ? j->number : otherwise;
}

bool json_find_bool(const struct json *object, const char *key)
{
    const struct json *j = json_find(object, key);

    return j && j->type == JSON_BOOL && j->yes;
}

static bool members_equal(const struct json *a, const struct json *b)
{
    const struct json *other = b->first;

    JSON_EACH (member, a) {
        if (a->type == JSON_OBJECT)
            other = json_find(b, member->key);
        if (!other || !json_equal(member, other))
            return false;
        other = other->next;
    }
    return true;
}

bool json_equal(const struct json *a, const struct json *b)
{
    if (!a || !b)
        return a == b;
    if (a->type != b->type || a->len != b->len || a->yes != b->yes)
        return false;
    if (a->text && strcmp(a->text, b->text) != 0)
        return false;
    return a->number == b->number && members_equal(a, b);
}

bool json_has_text(const struct json *array, const char *text)
{
    JSON_EACH (item, array)
        if (item->text && strcmp(item->text, text) == 0)
            return true;
    return false;
}

bool json_read_texts(struct arena *a, const struct json *array,
                     struct text_list *out)
{
    bool all = true;

    JSON_EACH (item, array) {
        all = all && item->type == JSON_TEXT;
        if (item->type == JSON_TEXT)
            text_list_add(a, out, item->text);
    }
    return all;
}

static const char *const type_names[] = {
    [JSON_NULL] = "null",     [JSON_BOOL] = "true or false",
    [JSON_NUMBER] = "number", [JSON_TEXT] = "text",
    [JSON_ARRAY] = "list",    [JSON_OBJECT] = "object",
};
static_assert(sizeof type_names / sizeof *type_names == JSON_OBJECT + 1,
              "a name per type");

bool json_need(const struct json *object, const char *key, enum json_type type,
               const char *path, const struct json **out, struct err *err)
{
    const struct json *j = json_find(object, key);

    if (!j)
        return err_set(err, ERR_INPUT, "%s: \"%s\" is missing", path, key);
    if (j->type != type)
        return err_set(err, ERR_INPUT, "%s: \"%s\" has to be a %s, not a %s",
                       path, key, type_names[type], type_names[j->type]);
    *out = j;
    return true;
}

bool json_need_text(const struct json *object, const char *key,
                    const char *path, const char **out, struct err *err)
{
    const struct json *j = NULL;

    if (!json_need(object, key, JSON_TEXT, path, &j, err))
        return false;
    *out = j->text;
    return true;
}

bool json_need_int(const struct json *object, const char *key, const char *path,
                   int64_t *out, struct err *err)
{
    const struct json *j = NULL;

    if (!json_need(object, key, JSON_NUMBER, path, &j, err))
        return false;
    if (!json_is_whole(j->number))
        return err_set(err, ERR_INPUT, "%s: \"%s\" has to be a whole number",
                       path, key);
    *out = (int64_t)j->number;
    return true;
}

bool json_need_known(const struct json *object, const char *const *keys,
                     const char *path, struct err *err)
{
    if (object && object->type != JSON_OBJECT)
        return err_set(err, ERR_INPUT, "%s: an object was wanted", path);
    JSON_EACH (member, object) {
        const char *const *k = keys;
        while (*k && strcmp(*k, member->key) != 0)
            k++;
        if (!*k)
            return err_set(err, ERR_INPUT, "%s: unknown key \"%s\"", path,
                           member->key);
    }
    return true;
}

/* Without memory cJSON leaves members out and says nothing. */
static void take_our_memory(void)
{
    cJSON_Hooks hooks = { .malloc_fn = memory_get, .free_fn = memory_release };

    cJSON_InitHooks(&hooks);
}

/* Says where in the text it went wrong, and quotes what stands there. */
static bool complain(const char *name, const char *text, size_t len,
                     struct json_fault f, struct err *err)
{
    size_t line = 1;
    size_t left = len - f.at < QUOTE_MAX ? len - f.at : QUOTE_MAX;

    for (size_t i = 0; i < f.at; i++)
        line += text[i] == '\n';
    struct arena *a = arena_new();
    const char *quote = arena_printable(a, text + f.at, left);
    err_set(err, ERR_INPUT, "%s: line %zu: %s, not \"%s\"", name, line, f.why,
            left ? quote : "the end of the text");
    arena_free(a);
    return false;
}

static struct json *leaf_from(struct arena *a, const cJSON *c)
{
    if (cJSON_IsString(c))
        return json_text(a, c->valuestring);
    if (cJSON_IsNumber(c))
        return json_number(a, c->valuedouble);
    if (cJSON_IsBool(c))
        return json_bool(a, cJSON_IsTrue(c));
    return json_text(a, NULL);
}

/* Recursion ends at JSON_DEPTH_MAX, which json_scan() has seen to. */
static struct json *tree_from(struct arena *a, const cJSON *c)
{
    if (!cJSON_IsArray(c) && !cJSON_IsObject(c))
        return leaf_from(a, c);

    struct json *j = cJSON_IsArray(c) ? json_array(a) : json_object(a);
    for (const cJSON *child = c->child; child; child = child->next) {
        struct json *member = tree_from(a, child);
        member->key = arena_text(a, child->string);
        json_take(j, member);
    }
    return j;
}

static int by_text(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* A key that an object has twice, or NULL. Sorted first: a hostile document
 * with a million keys must not cost their square. */
static const char *duplicate_key(struct arena *a, const struct json *object)
{
    const char **keys = arena_alloc(a, object->len, sizeof *keys);
    size_t len = 0;

    JSON_EACH (member, object)
        keys[len++] = member->key;
    if (len)
        qsort(keys, len, sizeof *keys, by_text);
    for (size_t i = 1; i < len; i++)
        if (strcmp(keys[i - 1], keys[i]) == 0)
            return keys[i];
    return NULL;
}

/* The first thing cJSON takes that we do not; NULL: the tree is fine. */
static const char *tree_fault(struct arena *a, const struct json *j)
{
    const char *key = j->type == JSON_OBJECT ? duplicate_key(a, j) : NULL;

    if (key)
        return arena_printf(a, "the key \"%s\" stands there twice", key);
    if (j->type == JSON_NUMBER && !isfinite(j->number))
        return "a number is too large";
    const char *fault = NULL;
    for (const struct json *m = j->first; m && !fault; m = m->next)
        fault = tree_fault(a, m);
    return fault;
}

bool json_parse(struct arena *a, const char *text, size_t len, const char *name,
                struct json **out, struct err *err)
{
    struct json_fault f = json_scan(text, len);
    const char *end = text;

    if (f.why)
        return complain(name, text, len, f, err);
    take_our_memory();
    OWN(cJSON) *c = cJSON_ParseWithLengthOpts(text, len, &end, false);
    f.at = end ? (size_t)(end - text) : 0;
    f.why = "a JSON value, comma or bracket was wanted";
    if (!c)
        return complain(name, text, len, f, err);
    while (f.at < len && strchr(" \t\r\n", text[f.at]))
        f.at++;
    f.why = "the document should have ended";
    if (f.at < len)
        return complain(name, text, len, f, err);

    struct json *tree = tree_from(a, c);
    const char *fault = tree_fault(a, tree);
    if (fault)
        return err_set(err, ERR_INPUT, "%s: %s", name, fault);
    *out = tree;
    return true;
}

/* cJSON takes 15 digits for enough; JSON has no infinity. */
static cJSON *number_to(double number)
{
    char text[NUMBER_MAX];

    if (!isfinite(number))
        return cJSON_CreateNull();
    if (json_is_whole(number)) {
        snprintf(text, sizeof text, "%lld", (long long)number);
        return cJSON_CreateRaw(text);
    }
    snprintf(text, sizeof text, "%.15g", number);
    if (strtod(text, NULL) != number)
        snprintf(text, sizeof text, "%.17g", number);
    return cJSON_CreateRaw(text);
}

static cJSON *text_to(const char *text)
{
    size_t len = strlen(text);

    if (utf8_valid(text, len) == len)
        return cJSON_CreateString(text);
    struct arena *a = arena_new();
    char *mended = arena_copy(a, text, len);
    utf8_mend(mended, false);
    cJSON *c = cJSON_CreateString(mended);
    arena_free(a);
    return c;
}

static cJSON *tree_to(const struct json *j)
{
    if (j->type == JSON_TEXT)
        return text_to(j->text);
    if (j->type == JSON_NUMBER)
        return number_to(j->number);
    if (j->type == JSON_BOOL)
        return cJSON_CreateBool(j->yes);
    if (j->type == JSON_NULL)
        return cJSON_CreateNull();

    bool is_object = j->type == JSON_OBJECT;
    cJSON *c = is_object ? cJSON_CreateObject() : cJSON_CreateArray();
    JSON_EACH (member, j) {
        cJSON *child = tree_to(member);
        if (is_object)
            cJSON_AddItemToObject(c, member->key, child);
        else
            cJSON_AddItemToArray(c, child);
    }
    return c;
}

void json_print(const struct json *j, bool pretty, struct buf *out)
{
    take_our_memory();
    OWN(cJSON) *c = tree_to(j);
    char *text = pretty ? cJSON_Print(c) : cJSON_PrintUnformatted(c);

    if (text)
        buf_text(out, text);
    else
        out->full = true;
    buf_char(out, '\n');
    cJSON_free(text);
}
