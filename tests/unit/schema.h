#ifndef CERTMEND_TESTS_SCHEMA_H
#define CERTMEND_TESTS_SCHEMA_H
/*
 * schema - as much of JSON Schema as report.schema.json uses: type, const,
 * enum, required, properties, items, minimum, maximum
 */
#include "base/json.h"

#include <string.h>

/* NULL: `j` is as `schema` says; else where it is not. */
static const char *schema_fault(struct arena *a, const struct json *schema,
                                const struct json *j, const char *where);

static inline bool schema_is_type(const struct json *j, const char *type)
{
    static const char *const types[] = {
        [JSON_NULL] = "null",     [JSON_BOOL] = "boolean",
        [JSON_NUMBER] = "number", [JSON_TEXT] = "string",
        [JSON_ARRAY] = "array",   [JSON_OBJECT] = "object",
    };

    if (strcmp(type, "integer") == 0)
        return j->type == JSON_NUMBER && json_is_whole(j->number);
    return strcmp(types[j->type], type) == 0;
}

static inline bool schema_has_type(const struct json *j,
                                   const struct json *type)
{
    bool any = !type;

    if (type && type->type == JSON_TEXT)
        return schema_is_type(j, type->text);
    JSON_EACH (word, type)
        any = any || schema_is_type(j, word->text);
    return any;
}

static inline bool schema_has_value(const struct json *schema,
                                    const struct json *j)
{
    const struct json *constant = json_find(schema, "const");
    const struct json *words = json_find(schema, "enum");
    bool listed = !words;

    JSON_EACH (word, words)
        listed = listed || json_equal(word, j);
    if (constant && !json_equal(constant, j))
        return false;
    return listed && (j->type != JSON_NUMBER ||
                      (j->number >= json_find_number(schema, "minimum", -1e9) &&
                       j->number <= json_find_number(schema, "maximum", 1e9)));
}

static inline const char *schema_object_fault(struct arena *a,
                                              const struct json *schema,
                                              const struct json *j,
                                              const char *where)
{
    const char *fault = NULL;

    JSON_EACH (key, json_find(schema, "required"))
        if (!json_find(j, key->text))
            return arena_printf(a, "%s.%s is missing", where, key->text);
    JSON_EACH (property, json_find(schema, "properties")) {
        const struct json *member = json_find(j, property->key);
        if (member && !fault)
            fault =
                schema_fault(a, property, member,
                             arena_printf(a, "%s.%s", where, property->key));
    }
    return fault;
}

static const char *schema_fault(struct arena *a, const struct json *schema,
                                const struct json *j, const char *where)
{
    const struct json *items = json_find(schema, "items");
    const char *fault = NULL;
    size_t i = 0;

    if (!schema_has_type(j, json_find(schema, "type")))
        return arena_printf(a, "%s has another type", where);
    if (!schema_has_value(schema, j))
        return arena_printf(a, "%s has a value that is not foreseen", where);
    if (j->type == JSON_OBJECT)
        return schema_object_fault(a, schema, j, where);
    for (const struct json *m = j->first; items && m && !fault; m = m->next)
        fault =
            schema_fault(a, items, m, arena_printf(a, "%s[%zu]", where, i++));
    return fault;
}

#endif
