#include "acme/acme_new_order.h"

#include "model/name.h"

const struct json *acme_new_order(struct arena *a,
                                  const struct acme_order_request *request,
                                  bool replaces)
{
    struct json *payload = json_object(a);
    struct json *list = json_put_array(a, payload, "identifiers");

    for (size_t i = 0; i < request->names_len; i++) {
        const char *name = request->names[i];
        struct json *item = json_add_object(a, list);
        json_put_text(a, item, "type", name_is_ip(name) ? "ip" : "dns");
        json_put_text(a, item, "value", name);
    }
    if (request->profile)
        json_put_text(a, payload, "profile", request->profile);
    if (replaces)
        json_put_text(a, payload, "replaces", request->replaces);
    return payload;
}

static const char *profile_names(struct arena *a,
                                 const struct acme_directory *d)
{
    struct buf list;

    buf_init(&list, a, ARENA_PRINTABLE_MAX);
    for (size_t i = 0; i < d->profiles_len; i++)
        buf_printf(&list, "%s%s", i ? ", " : "", d->profiles[i].name);
    return list.len ? list.text : "none";
}

const struct acme_problem *acme_new_order_problem(
    struct arena *a, const struct acme_directory *d,
    const struct acme_order_request *request)
{
    struct acme_problem *p = arena_alloc(a, 1, sizeof *p);

    if (!request->profile || acme_directory_has_profile(d, request->profile))
        return NULL;
    *p = (struct acme_problem){
        .type = "invalidProfile",
        .detail = arena_printf(a, "the profile %s is not offered; there is: %s",
                               request->profile, profile_names(a, d)),
    };
    return p;
}
