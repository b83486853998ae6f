#include "model/service.h"
#include "run/look_options.h"

bool look_options_apply(struct arena *a, const struct look_options *o,
                        struct target *t, struct err *err)
{
    if (o->name && !options_name(a, o->name, &t->name, err))
        return err_add(err, "--name");
    if (o->domain && t->kind == TARGET_HOST && !t->host_is_ip) {
        t->kind = TARGET_DOMAIN;
        t->domain = t->host;
    }
    if (o->port)
        t->port = o->port;
    if (o->service)
        t->service = o->service;
    if (t->service && !t->port)
        t->port = service_find(t->service)->port;
    const struct service *asked =
        t->service ? service_find(t->service) : service_at(t->port);
    if (t->kind == TARGET_DOMAIN)
        t->role = ROLE_MX;
    else if (asked)
        t->role = asked->role;
    if (o->role_given)
        t->role = o->role;
    t->sni = o->sni;
    t->no_sni = o->no_sni;
    t->expected = o->expected;
    t->expected_as = o->expected_as;
    t->revocation = o->revocation;
    return true;
}
