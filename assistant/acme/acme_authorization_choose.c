/* Which challenge proves a name, and the showing of it. */
#include <string.h>

#include "acme/acme_authorization.h"
#include "crypto/jws.h"
#include "model/name.h"

enum { LIST_MAX = 500 };

void acme_authorization_fail(struct acme_authorization *p,
                             enum acme_outcome outcome, const char *why)
{
    struct arena *a = p->session->arena;

    if (p->result.outcome != ACME_WORKED)
        return;
    p->result.outcome = outcome;
    p->result.why =
        arena_printf(a, "proving %s: %s.", p->name ? p->name : "a name", why);
}

static bool same_ip(const char *a, const char *b)
{
    uint8_t left[16];
    uint8_t right[16];
    size_t len = name_ip_bytes(a, left);

    return len && name_ip_bytes(b, right) == len &&
           memcmp(left, right, len) == 0;
}

/* Does the authorization speak of this name of ours? */
static bool is_about(const struct acme_authz *authz, const char *name)
{
    if (authz->is_ip)
        return same_ip(authz->name, name);
    return name_is_wildcard(name) == authz->is_wildcard &&
           strcmp(name_base(name), authz->name) == 0;
}

static const char *name_of(const struct acme_authorization *p)
{
    for (size_t i = 0; i < p->request->names_len; i++)
        if (is_about(&p->authz, p->request->names[i]))
            return p->request->names[i];
    return NULL;
}

static bool may_use(const struct acme_authorization *p, const char *type)
{
    const struct acme_order_request *w = p->request;

    return !w->may || w->may(w->may_arg, p->name, type);
}

/* 8: of a type that we can do, with a token that is one. A challenge without
 * token is none of those. */
static const struct acme_challenge *find_challenge(
    const struct acme_authorization *p, const struct challenge_solver *by)
{
    for (size_t i = 0; i < p->authz.challenges_len; i++) {
        const struct acme_challenge *c = &p->authz.challenges[i];
        if (c->token && strcmp(c->type, by->type) == 0 && may_use(p, c->type))
            return c;
    }
    return NULL;
}

static const char *offers(const struct acme_authorization *p)
{
    struct buf list;

    buf_init(&list, p->session->arena, LIST_MAX);
    for (size_t i = 0; i < p->authz.challenges_len; i++) {
        const struct acme_challenge *c = &p->authz.challenges[i];
        buf_printf(&list, "%s%s%s", i ? ", " : "", c->type,
                   c->token ? "" : " (without a usable token)");
    }
    return list.len ? list.text : "nothing";
}

static void take(struct acme_authorization *p,
                 const struct challenge_solver *by,
                 const struct acme_challenge *c)
{
    struct acme *s = p->session;
    const char *response = arena_printf(s->arena, "%s.%s", c->token,
                                        jws_thumbprint(s->arena, s->key));

    p->by = by;
    p->challenge_url = c->url;
    p->task = (struct challenge_task){
        .name = p->authz.is_ip ? p->name : p->authz.name,
        .is_wildcard = p->authz.is_wildcard,
        .type = by->type,
        .token = c->token,
        .response = response,
        .digest = jws_digest(s->arena, response),
    };
}

static void choose(struct acme_authorization *p)
{
    for (size_t i = 0; i < p->request->challengers_len; i++) {
        const struct challenge_solver *by = &p->request->challengers[i];
        const struct acme_challenge *c = find_challenge(p, by);
        if (c) {
            take(p, by, c);
            return;
        }
    }
    acme_authorization_fail(
        p, ACME_UNPROVEN,
        arena_printf(p->session->arena,
                     "the CA offers %s, and none of it can be "
                     "used here",
                     offers(p)));
}

void acme_authorization_choose(struct acme_authorization *p)
{
    if (p->result.outcome == ACME_WORKED) {
        p->name = name_of(p);
        if (!p->name)
            acme_authorization_fail(
                p, ACME_BROKEN,
                arena_printf(p->session->arena,
                             "the CA wants %s proven, which "
                             "nobody ordered",
                             p->authz.name));
        else if (p->authz.status == ACME_PENDING)
            choose(p);
        else if (p->authz.status != ACME_VALID)
            acme_authorization_fail(p, ACME_BROKEN,
                                    "its authorization is spent: order again");
    }
    p->leave(p);
}

static void presented(void *arg, const char *why)
{
    struct acme_authorization *p = arg;

    if (why)
        acme_authorization_fail(
            p, ACME_UNPROVEN,
            arena_printf(p->session->arena,
                         "the %s challenge cannot be shown: %s", p->by->type,
                         why));
    p->leave(p);
}

void acme_authorization_present(struct acme_authorization *p)
{
    if (p->session->stopping)
        acme_authorization_fail(p, ACME_FAILED, "it was stopped");
    if (!p->by || p->session->stopping) {
        p->leave(p);
        return;
    }
    p->presented = true;
    p->by->present(p->by->arg, &p->task, presented, p);
}
