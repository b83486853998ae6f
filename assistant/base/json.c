#include "base/json.h"

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
static const char *twin_key(struct arena *a, const struct json *object)
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
    const char *key = j->type == JSON_OBJECT ? twin_key(a, j) : NULL;

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
