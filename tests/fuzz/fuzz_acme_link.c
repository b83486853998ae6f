/* Any text as a Link header. */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "acme/acme_directory.h"
#include "acme/acme_link.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void look_at(struct arena *a, const char *text)
{
    struct acme_links links = { .arena = a };

    acme_link_add(&links, text, "alternate");
    if (links.len > ACME_LINKS_MAX)
        abort();
    for (size_t i = 0; i < links.len; i++)
        if (!acme_url_ok(links.urls[i]))
            abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct arena *a = arena_new();

    look_at(a, arena_text_n(a, (const char *)data, size));
    arena_free(a);
    return 0;
}
