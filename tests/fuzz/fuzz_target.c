/* Any text as a target: what is taken has a host in normal form, what is
 * refused has a reason, and what is shown is printable. */
#include "model/target.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(bool holds)
{
    if (!holds)
        abort();
}

static void check_target(struct arena *a, const struct target *t)
{
    struct name_read host = name_read(a, t->host, strlen(t->host));

    check(host.kind != NAME_BAD && strcmp(host.text, t->host) == 0);
    check(t->host_is_ip == (host.kind != NAME_HOST));
    check((t->kind == TARGET_DOMAIN) == (t->domain != NULL));
    check(target_reference(t) == t->host);
    for (size_t i = 0; i < t->corrections_len; i++)
        check(strlen(t->corrections[i]) > 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct arena *a = arena_new();
    struct err err = { .kind = ERR_NONE };
    struct target t;

    if (target_parse(a, arena_text_n(a, (const char *)data, size), &t, &err))
        check_target(a, &t);
    else
        check(err.kind == ERR_USAGE && err.text[0]);
    arena_free(a);
    return 0;
}
