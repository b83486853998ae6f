#include "base/json.h"

#include <string.h>

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
