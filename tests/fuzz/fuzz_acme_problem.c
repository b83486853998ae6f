/* Any JSON as a problem document; its meaning is always found. */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "act/acme_words.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_text(const char *text)
{
    for (const char *p = text; p && *p; p++)
        if ((unsigned char)*p < ' ' || *p == 0x7f)
            abort();
}

static void look_at(struct arena *a, const struct json *j)
{
    struct acme_problem p;

    acme_problem_read(a, j, &p);
    const struct acme_problem *copy = acme_problem_copy(a, &p);
    check_text(acme_problem_text(a, copy));
    if (!acme_words_find(copy)->finding)
        abort();
    for (size_t i = 0; i < copy->parts_len; i++) {
        check_text(acme_problem_text(a, &copy->parts[i]));
        if (!acme_words_find(&copy->parts[i])->finding)
            abort();
    }
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
