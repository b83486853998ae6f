/* Any JSON as an order. */
#include "json_input.h"

#include "acme/acme_order.h"

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
