/* Any text as a Retry-After header. */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "acme/retry_after.h"
#include "base/arena.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void look_at(struct arena *a, const char *text)
{
    int64_t wait = retry_after_read(text, 784111777);

    (void)a;
    if (wait < -1 || wait > RETRY_AFTER_MAX_S)
        abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct arena *a = arena_new();

    look_at(a, arena_text_n(a, (const char *)data, size));
    arena_free(a);
    return 0;
}
