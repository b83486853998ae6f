/* Any JSON as renewal information. */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "act/acme_ari.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_text(const char *text)
{
    for (const char *p = text; p && *p; p++)
        if ((unsigned char)*p < ' ' || *p == 0x7f)
            abort();
}

static void look_at(struct arena *a, const struct json *j)
{
    struct acme_ari ari = { .retry_at = 7 };
    const char *why = NULL;

    if (!acme_ari_read(a, j, &ari, &why)) {
        if (!why)
            abort();
        return;
    }
    if (ari.start >= ari.end || ari.retry_at != 7)
        abort();
    if (acme_ari_moment(&ari, 0.5, 0) > (ari.end > 0 ? ari.end : 0))
        abort();
    check_text(ari.why_url);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct arena *a = arena_new();
    struct json *j = NULL;
    struct err err;

    if (json_parse(a, (const char *)data, size, "fuzz", &j, &err))
        look_at(a, j);
    arena_free(a);
    return 0;
}
