/*
 * rules_judging - the table beside its rows: points, order, what gates are
 */
#include "advise/rules.h"

#include <string.h>

enum { ALL_POINTS = 100 };

static bool read_points(const struct json *points, const char *key,
                        const char *path, int *out, struct err *err)
{
    int64_t n = 0;
    if (!json_need_int(points, key, path, &n, err))
        return false;
    if (n < 0 || n > ALL_POINTS)
        return err_set(err, ERR_INPUT, "%s: \"%s\" must be from 0 to %d", path,
                       key, ALL_POINTS);
    *out = (int)n;
    return true;
}

static bool read_confidence(const struct json *points, const char *path,
                            struct judging *out, struct err *err)
{
    static const char *const keys[] = { "first_error", "error", "warning",
                                        NULL };
    return json_need_known(points, keys, path, err) &&
           read_points(points, keys[0], path, &out->first_error, err) &&
           read_points(points, keys[1], path, &out->error, err) &&
           read_points(points, keys[2], path, &out->warning, err);
}

static bool is_in(const struct judging *j, int by)
{
    for (size_t i = 0; i < j->order_len; i++)
        if ((int)j->order[i] == by)
            return true;
    return false;
}

static bool read_order(const struct json *order, const char *path,
                       struct judging *out, struct err *err)
{
    JSON_EACH (item, order) {
        const char *text = item->type == JSON_TEXT ? item->text : "?";
        int by = table_code(rank_by_words, text);
        if (by == RANK_BY_COUNT)
            return err_set(err, ERR_INPUT, "%s: unknown order \"%s\"", path,
                           text);
        if (is_in(out, by))
            return err_set(err, ERR_INPUT, "%s: \"order\" has \"%s\" twice",
                           path, text);
        out->order[out->order_len++] = (enum rank_by)by;
    }
    return true;
}

bool rules_read_judging(const struct json *j, const char *path,
                        struct judging *out, struct err *err)
{
    static const char *const keys[] = { "confidence", "order", NULL };
    struct judging judging = { .order_len = 0 };
    const struct json *points = NULL, *order = NULL;
    if (!json_need_known(j, keys, path, err) ||
        !json_need(j, "confidence", JSON_OBJECT, path, &points, err) ||
        !json_need(j, "order", JSON_ARRAY, path, &order, err) ||
        !read_confidence(points, path, &judging, err) ||
        !read_order(order, path, &judging, err))
        return false;
    *out = judging;
    return true;
}

const char *rules_gate(const struct rules *r, const char *id)
{
    for (size_t i = 0; i < r->gates_len; i++)
        if (strcmp(r->gates[i].id, id) == 0)
            return r->gates[i].about;
    return NULL;
}

static bool read_gate(const struct json *j, const char *path,
                      struct gate_text *out, struct err *err)
{
    static const char *const keys[] = { "id", "about", NULL };
    if (j->type != JSON_OBJECT)
        return err_set(err, ERR_INPUT, "%s: an object was wanted", path);
    return json_need_known(j, keys, path, err) &&
           json_need_text(j, "id", path, &out->id, err) &&
           json_need_text(j, "about", path, &out->about, err);
}

bool rules_read_gates(struct arena *a, const struct json *j, const char *path,
                      struct rules *r, struct err *err)
{
    static const char *const keys[] = { "gates", NULL };
    const struct json *list = NULL;
    if (!json_need_known(j, keys, path, err) ||
        !json_need(j, "gates", JSON_ARRAY, path, &list, err))
        return false;
    r->gates = arena_alloc(a, list->len, sizeof *r->gates);
    JSON_EACH (item, list) {
        struct gate_text gate;
        const char *at = arena_printf(a, "%s: gates[%zu]", path, r->gates_len);
        if (!read_gate(item, at, &gate, err))
            return false;
        if (rules_gate(r, gate.id))
            return err_set(err, ERR_INPUT, "%s: the id \"%s\" is taken", at,
                           gate.id);
        r->gates[r->gates_len++] = gate;
    }
    return true;
}
