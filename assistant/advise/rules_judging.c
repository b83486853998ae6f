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

/* What a place counts, for all who may be hit. */
static bool read_who(const struct json *who, const char *path, int *out,
                     struct err *err)
{
    const char *keys[REACH_COUNT + 1] = { NULL };

    for (size_t i = 0; i < REACH_COUNT; i++)
        keys[i] = table_text(reach_words, (int)i);
    if (!json_need_known(who, keys, path, err))
        return false;
    for (size_t i = 0; i < REACH_COUNT; i++)
        if (!read_points(who, keys[i], path, &out[i], err))
            return false;
    return true;
}

static bool read_harm(const struct json *harm, const char *path,
                      struct confidence_table *out, struct err *err)
{
    int unused = 0;

    JSON_EACH (item, harm) {
        if (!read_points(harm, item->key, path, &unused, err))
            return false;
    }
    out->harm = harm;
    return read_points(harm, "error", path, &out->error, err) &&
           read_points(harm, "warning", path, &out->warning, err) &&
           (out->warning <= out->error ||
            err_set(err, ERR_INPUT,
                    "%s: \"warning\" must not be above \"error\"", path));
}

static bool read_beside(const struct json *ids, const char *path,
                        struct confidence_table *out, struct err *err)
{
    JSON_EACH (id, ids) {
        if (id->type != JSON_TEXT)
            return err_set(err, ERR_INPUT, "%s: \"beside\" holds only ids",
                           path);
    }
    out->beside = ids;
    return true;
}

static bool read_confidence(const struct json *j, const char *path,
                            struct confidence_table *out, struct err *err)
{
    static const char *const keys[] = { "harm",    "who",    "one_place",
                                        "further", "beside", NULL };
    const struct json *harm = NULL, *who = NULL, *beside = NULL;

    return json_need_known(j, keys, path, err) &&
           json_need(j, "harm", JSON_OBJECT, path, &harm, err) &&
           json_need(j, "who", JSON_OBJECT, path, &who, err) &&
           json_need(j, "beside", JSON_ARRAY, path, &beside, err) &&
           read_harm(harm, path, out, err) &&
           read_who(who, path, out->who, err) &&
           read_points(j, "one_place", path, &out->one_place, err) &&
           read_points(j, "further", path, &out->further, err) &&
           read_beside(beside, path, out, err);
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
    const struct json *confidence = NULL, *order = NULL;
    if (!json_need_known(j, keys, path, err) ||
        !json_need(j, "confidence", JSON_OBJECT, path, &confidence, err) ||
        !json_need(j, "order", JSON_ARRAY, path, &order, err) ||
        !read_confidence(confidence, path, &judging.confidence, err) ||
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
