#include "run/ca_session.h"

#include "net/loop.h"

void ca_session_done(void *arg, const struct acme_result *result)
{
    struct ca_session *s = arg;

    s->result = *result;
    loop_stop(s->loop);
}

bool ca_session_wait(struct ca_session *s, struct acme_result *result,
                     struct err *err)
{
    if (!loop_run(s->loop, err))
        return false;
    *result = s->result;
    return true;
}

bool ca_session_open(const struct issue_order *o, struct ca_session *out,
                     struct acme_result *result, struct err *err)
{
    *out = (struct ca_session){ .loop = NULL };
    if (!loop_new(&out->loop, err) ||
        !resolver_new(out->loop, o->resolver, &out->resolver, err))
        return false;
    const struct acme_options options = {
        .loop = out->loop,
        .resolver = out->resolver,
        .directory_url = o->ca->directory,
        .ca_file = o->ca_file,
        .connect_to = o->connect_to,
    };
    if (!acme_new(&options, &out->acme, err))
        return false;
    acme_open(out->acme, ca_session_done, out);
    return ca_session_wait(out, result, err);
}

void ca_session_close(struct ca_session *s)
{
    resolver_free(s->resolver);
    acme_free(s->acme);
    loop_free(s->loop);
    *s = (struct ca_session){ .loop = NULL };
}
