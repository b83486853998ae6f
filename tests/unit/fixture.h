#ifndef CERTMEND_TESTS_FIXTURE_H
#define CERTMEND_TESTS_FIXTURE_H
/*
 * fixture - what most test programs stand on: cmocka, and an arena that lives
 * as long as the test or the group that it is set up for
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>

#include "base/json.h"

static struct arena *arena;

static inline int set_up(void **state)
{
    (void)state;
    arena = arena_new();
    return 0;
}

static inline int tear_down(void **state)
{
    (void)state;
    arena_free(arena);
    return 0;
}

/* The same text, or none twice. */
static inline bool same(const char *a, const char *b)
{
    return a && b ? strcmp(a, b) == 0 : a == b;
}

static inline const struct json *parse(const char *text)
{
    struct json *j = NULL;
    struct err err;

    if (!json_parse(arena, text, strlen(text), "test", &j, &err))
        fail_msg("%s", err.text);
    return j;
}

#endif
