/* Any JSON as an authorization. */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "act/acme_directory.h"
#include "act/acme_order.h"
#include "base/base64url.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_text(const char *text)
{
    for (const char *p = text; p && *p; p++)
        if ((unsigned char)*p < ' ' || *p == 0x7f)
            abort();
}

static void check_url(const char *url)
{
    if (url && !acme_url_ok(url))
        abort();
}

static void look_at(struct arena *a, const struct json *j)
{
    struct acme_authz z = { .name = NULL };
    const char *why = NULL;

    if (!acme_authz_read(a, j, &z, &why)) {
        if (!why || z.name)
            abort();
        return;
    }
    check_text(z.name);
    for (size_t i = 0; i < z.challenges_len; i++) {
        const struct acme_challenge *c = &z.challenges[i];
        check_text(c->type);
        check_url(c->url);
        if (c->token && !base64url_letters(c->token))
            abort();
        if (c->error)
            check_text(acme_problem_text(a, c->error));
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
