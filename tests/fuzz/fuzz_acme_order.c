/* Any JSON as an order. */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "act/acme_directory.h"
#include "act/acme_order.h"

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
    struct acme_order o = { .authz_len = 0 };
    const char *why = NULL;

    if (!acme_order_read(a, j, &o, &why)) {
        if (!why || o.authz_len)
            abort();
        return;
    }
    if (o.status >= ACME_STATUS_COUNT)
        abort();
    for (size_t i = 0; i < o.authz_len; i++)
        check_url(o.authz[i]);
    check_url(o.finalize);
    check_url(o.certificate);
    if (o.error)
        check_text(acme_problem_text(a, o.error));
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
