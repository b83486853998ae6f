/* Any JSON as renewal information. */
#include "json_input.h"

#include "acme/acme_ari.h"

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
