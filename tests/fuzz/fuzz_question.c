/* Any text as what was typed into the box: what is to be looked at names no
 * file and no password, and is as many as may be. */
#include "model/target.h"
#include "run/look_file.h"
#include "serve/question.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(bool holds)
{
    if (!holds)
        abort();
}

static void check_target(const char *text)
{
    const char *at = strchr(text, '@');

    check(!look_file_is_meant(text));
    check(!at || !memchr(text, ':', (size_t)(at - text)));
    for (const char *c = text; *c; c++)
        check((unsigned char)*c >= ' ');
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct arena *a = arena_new();
    const char *text = arena_text_n(a, (const char *)data, size);
    const char *server = memchr(text, '\v', strlen(text));
    const struct question_typed typed = { text, server ? server + 1 : NULL };
    struct question_asked q;

    question_read(a, &typed, &q);
    check((q.kind == QUESTION_LOOK) <= (q.targets.len > 0));
    check(q.kind != QUESTION_LOOK || q.targets.len <= QUESTION_TARGETS_MAX);
    for (size_t i = 0; q.kind == QUESTION_LOOK && i < q.targets.len; i++)
        check_target(q.targets.text[i]);
    arena_free(a);
    return 0;
}
