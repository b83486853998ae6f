/* Any JSON as the directory of a CA. */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "act/acme_directory.h"

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
    struct acme_directory d = { .terms = NULL };
    const char *why = NULL;

    if (!acme_directory_read(a, j, &d, &why)) {
        if (!why || d.new_order)
            abort();
        check_text(why);
        return;
    }
    if (!d.new_nonce || !d.new_account || !d.new_order)
        abort();
    check_url(d.new_nonce);
    check_url(d.renewal_info);
    check_text(d.terms);
    check_text(d.website);
    for (size_t i = 0; i < d.profiles_len; i++) {
        check_text(d.profiles[i].name);
        check_text(d.profiles[i].about);
    }
    for (size_t i = 0; i < d.caa_len; i++)
        check_text(d.caa[i]);
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
