#ifndef CERTMEND_TESTS_JSON_INPUT_H
#define CERTMEND_TESTS_JSON_INPUT_H
/*
 * json_input - what the targets share whose input is JSON from a CA
 *
 * A target says in look_at() what has to hold for any document.
 */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "acme/acme_directory.h"
#include "base/json.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void look_at(struct arena *a, const struct json *j);

static inline void check_text(const char *text)
{
    for (const char *p = text; p && *p; p++)
        if ((unsigned char)*p < ' ' || *p == 0x7f)
            abort();
}

static inline void check_url(const char *url)
{
    if (url && !acme_url_ok(url))
        abort();
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

#endif
