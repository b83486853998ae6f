/* A survey that is taken comes out again as it went in. */
#include "facts/cell_state.h"
#include "model/survey_json.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void round_trip(struct arena *a, const struct survey *s)
{
    struct json *j = survey_to_json(a, s);
    struct survey *again = NULL;
    struct err err = { 0 };

    if (!survey_from_json(a, j, "again", &again, &err) ||
        !json_equal(j, survey_to_json(a, again)))
        abort();
    for (size_t i = 0; i < s->cells_len; i++)
        (void)cell_is_clean(s, &s->cells[i]);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct arena *a = arena_new();
    struct json *j = NULL;
    struct survey *s = NULL;
    struct err err = { 0 };

    if (json_parse(a, (const char *)data, size, "fuzz", &j, &err) &&
        survey_from_json(a, j, "fuzz", &s, &err))
        round_trip(a, s);
    arena_free(a);
    return 0;
}
