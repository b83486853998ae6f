/* Any JSON as an authorization. */
#include "json_input.h"

#include "acme/acme_order.h"
#include "base/base64url.h"

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
