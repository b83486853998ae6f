/* What is taken prints as JSON that is taken again and means the same. */
#include "base/json.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct arena *a = arena_new();
    struct json *once = NULL, *twice = NULL;
    struct err err = { 0 };
    struct buf out;

    buf_init(&out, a, 1 << 24);
    if (json_parse(a, (const char *)data, size, "fuzz", &once, &err)) {
        json_print(once, size % 2, &out);
        if (!json_parse(a, out.text, out.len, "again", &twice, &err) ||
            !json_equal(once, twice))
            abort();
    }
    arena_free(a);
    return 0;
}
