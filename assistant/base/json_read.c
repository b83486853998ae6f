#include "base/json.h"

#include <assert.h>
#include <math.h>
#include <string.h>

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
