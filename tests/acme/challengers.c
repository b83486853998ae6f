#include "challengers.h"

#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "net/http.h"

struct errand {
    challenge_done *done;
    void *arg;
};

/* How pebble-challtestsrv is told: which members hold what. */
static const struct route {
    const char *type, *add, *del;
    const char *name_key; /* NULL: the token is the key */
    const char *prefix;
    bool digest; /* the digest is the value, not the response */
    const char *suffix;
    const char *value_key;
} routes[] = {
    { "http-01", "add-http01", "del-http01", NULL, "", false, "", "content" },
    { "dns-01", "set-txt", "clear-txt", "host", "_acme-challenge.", true, ".",
      "value" },
    { "tls-alpn-01", "add-tlsalpn01", "del-tlsalpn01", "host", "", false, "",
      "content" },
};

void challengers_new(struct challengers *c, struct arena *a, struct loop *loop,
                     const char *port)
{
    struct err err;

    *c = (struct challengers){ .arena = a, .loop = loop, .port = port };
    const struct http_options o = { .loop = loop };
    if (port && !http_new(&o, &c->http, &err))
        abort();
}

void challengers_free(struct challengers *c)
{
    http_free(c->http);
}

static void told(void *arg, const struct http_reply *reply)
{
    struct errand *e = arg;

    e->done(e->arg, reply->status == 200 ? NULL : "the test server said no");
}

static const struct route *route_of(const char *type)
{
    for (size_t i = 0; i < sizeof routes / sizeof *routes; i++)
        if (strcmp(routes[i].type, type) == 0)
            return &routes[i];
    abort();
}

static const char *body_of(struct challengers *c, const struct route *r,
                           const struct challenge_task *t)
{
    struct json *o = json_object(c->arena);
    struct buf text;

    if (r->name_key)
        json_put_text(
            c->arena, o, r->name_key,
            arena_printf(c->arena, "%s%s%s", r->prefix, t->name, r->suffix));
    else
        json_put_text(c->arena, o, "token", t->token);
    json_put_text(c->arena, o, r->value_key,
                  r->digest ? t->digest : t->response);
    buf_init(&text, c->arena, 4096);
    json_print(o, false, &text);
    return text.text;
}

static void tell(struct challengers *c, const struct challenge_task *t,
                 bool add, struct errand e)
{
    static const char *const loopback[] = { "127.0.0.1" };
    const struct route *r = route_of(t->type);
    struct errand *kept = arena_alloc(c->arena, 1, sizeof *kept);
    const char *body = body_of(c, r, t);
    struct http_request q = {
        .method = "POST",
        .url = arena_printf(c->arena, "http://127.0.0.1:%s/%s", c->port,
                            add ? r->add : r->del),
        .addresses = loopback,
        .addresses_len = 1,
        .wait_ms = 5000,
        .body = body,
        .body_len = strlen(body),
        .keep = true,
    };

    *kept = e;
    http_send(c->http, c->arena, &q, told, kept);
}

static void present(void *arg, const struct challenge_task *t,
                    challenge_done *done, void *done_arg)
{
    struct challengers *c = arg;

    c->shown++;
    c->times++;
    if (c->cannot)
        done(done_arg, "the test does not want it");
    else if (c->http)
        tell(c, t, true, (struct errand){ done, done_arg });
    else
        done(done_arg, NULL);
}

static void cleanup(void *arg, const struct challenge_task *t,
                    challenge_done *done, void *done_arg)
{
    struct challengers *c = arg;

    c->shown--;
    if (c->http)
        tell(c, t, false, (struct errand){ done, done_arg });
    else
        done(done_arg, NULL);
}

size_t challengers_list(struct challengers *c, const struct json *types,
                        bool cannot, struct challenge_solver *out)
{
    size_t len = 0;

    c->cannot = cannot;
    JSON_EACH (item, types)
        out[len++] = (struct challenge_solver){
            .type = item->text,
            .arg = c,
            .present = present,
            .cleanup = cleanup,
        };
    return len;
}
