#include "advise/match.h"

static bool in_range(const struct json *range, const struct json *value)
{
    if (value->type != JSON_NUMBER)
        return false;
    double min = json_find_number(range, "min", value->number);
    double max = json_find_number(range, "max", value->number);
    return min <= value->number && value->number <= max;
}

static bool is_one(const struct json *want, const struct json *value)
{
    if (value->type != JSON_ARRAY)
        return json_equal(want, value);
    JSON_EACH (item, value) {
        if (json_equal(want, item))
            return true;
    }
    return false;
}

bool match_value(const struct json *want, const struct json *value)
{
    if (!value)
        return false;
    if (want->type == JSON_OBJECT)
        return in_range(want, value);
    if (want->type != JSON_ARRAY)
        return is_one(want, value);
    JSON_EACH (item, want) {
        if (is_one(item, value))
            return true;
    }
    return false;
}

bool match_row(const struct rule_row *row, const struct context *now,
               const struct finding *f)
{
    int64_t at = now->survey->judged_at;
    if (at < row->since || at >= row->until)
        return false;
    for (size_t i = 0; i < row->when_len; i++) {
        const struct condition *c = &row->when[i];
        if (!match_value(c->want, facts_value(c->fact, now, f)))
            return false;
    }
    return true;
}
