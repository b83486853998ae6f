#include "act/challenge_choice.h"

#include <string.h>

#include "acme/persist_record.h"
#include "model/name.h"
#include "model/service.h"

/* NULL: this challenge can prove this name; else why not. */
static const char *objection(const char *name, const char *type)
{
    bool by_dns =
        strcmp(type, "dns-01") == 0 || strcmp(type, PERSIST_TYPE) == 0;

    if (name_is_wildcard(name) && !by_dns)
        return "a wildcard is proven by DNS only (--challenge dns-01)";
    if (name_is_ip(name) && by_dns)
        return "an address cannot be proven by DNS";
    return NULL;
}

/* NULL: our own server answers. */
static const char *root_of(const struct challenge_types *ways, const char *name)
{
    for (const struct challenge_root *r = ways->roots; r && r->name; r++)
        if (strcmp(r->name, name) == 0)
            return r->dir;
    return ways->webroot;
}

static const char *choose(const struct challenge_types *ways, const char *name,
                          const char **why)
{
    bool wildcard = name_is_wildcard(name);

    *why = "a wildcard is proven by DNS only";
    if (wildcard && !ways->dns_hook)
        *why = "a wildcard is proven by DNS only; the record is to be added "
               "by hand, or by --dns-hook";
    if (wildcard)
        return "dns-01";
    *why = "a program for the DNS was given";
    if (ways->dns_hook && !name_is_ip(name))
        return "dns-01";
    *why = root_of(ways, name)
               ? "the running web server answers from its root"
               : "certmend answers on port 80 itself while the CA looks";
    return "http-01";
}

const char *challenge_type_for(const struct challenge_types *ways,
                               const char *name, const char **why)
{
    for (const struct challenge_choice *c = ways->choices; c && c->name; c++)
        if (!ways->type && strcmp(c->name, name) == 0) {
            *why = c->why;
            return c->type;
        }
    if (!ways->type)
        return choose(ways, name, why);
    const char *no = objection(name, ways->type);
    *why = no ? no : "it was asked for";
    return no ? NULL : ways->type;
}

const char *challenge_record_for(const struct challenge_types *ways,
                                 const char *name)
{
    for (const struct challenge_choice *c = ways->choices; c && c->name; c++)
        if (strcmp(c->name, name) == 0)
            return c->record;
    return NULL;
}

static bool place_of(struct arena *a, const struct challenge_types *ways,
                     uint16_t port, struct listen_place *out, struct err *err)
{
    *out = (struct listen_place){ .port = port };
    return !ways->listen || listen_parse(a, ways->listen, port, out, err) ||
           err_add(err, "--listen");
}

static void add_root(struct challenge_solvers *p, const char *dir)
{
    for (size_t i = 0; i < p->webroots_len; i++)
        if (strcmp(p->webroots[i].root, dir) == 0)
            return;
    p->webroots =
        arena_grow(p->arena, p->webroots, p->webroots_len, sizeof *p->webroots);
    p->webroots[p->webroots_len++] =
        (struct challenge_webroot){ .arena = p->arena, .root = dir };
}

/* Who answers for this name: its folder, or the server of our own. */
static struct challenge_solver solver_of(struct challenge_solvers *p,
                                         const char *name)
{
    const char *dir = root_of(p->ways, name);

    for (size_t i = 0; dir && i < p->webroots_len; i++)
        if (strcmp(p->webroots[i].root, dir) == 0)
            return challenge_webroot(&p->webroots[i]);
    return challenge_http(&p->http);
}

static void present_http(void *arg, const struct challenge_task *task,
                         challenge_done *done, void *done_arg)
{
    const struct challenge_solver s = solver_of(arg, task->name);

    s.present(s.arg, task, done, done_arg);
}

static void cleanup_http(void *arg, const struct challenge_task *task,
                         challenge_done *done, void *done_arg)
{
    const struct challenge_solver s = solver_of(arg, task->name);

    s.cleanup(s.arg, task, done, done_arg);
}

static void add_http(struct challenge_solvers *p, struct loop *loop,
                     const struct listen_place *place)
{
    const struct challenge_types *ways = p->ways;

    if (ways->webroot)
        add_root(p, ways->webroot);
    for (const struct challenge_root *r = ways->roots; r && r->name; r++)
        add_root(p, r->dir);
    p->http = (struct challenge_http){ .loop = loop,
                                       .arena = p->arena,
                                       .place = *place };
    p->list[p->len++] = (struct challenge_solver){ .type = "http-01",
                                                   .arg = p,
                                                   .present = present_http,
                                                   .cleanup = cleanup_http };
}

static void add_dns(struct challenge_solvers *p,
                    const struct propagation_check *watch)
{
    p->dns = (struct challenge_dns){
        .loop = watch->dns.loop,
        .arena = p->arena,
        .program = p->ways->dns_hook,
        .watch = *watch,
        .tell_record = p->ways->tell_record,
        .tell_arg = p->ways->tell_arg,
    };
    p->list[p->len++] = challenge_dns(&p->dns);
    p->persist = (struct challenge_persist){
        .dns = p->dns,
        .names = p->ways->names,
        .names_len = p->ways->names_len,
        .unlooked = p->ways->persist_unlooked,
    };
    p->list[p->len++] = challenge_persist(&p->persist);
}

bool challenge_solvers_open(struct challenge_solvers *out,
                            const struct challenge_types *ways,
                            const struct propagation_check *watch,
                            struct err *err)
{
    struct arena *a = watch->dns.arena;
    struct listen_place http, alpn;

    *out = (struct challenge_solvers){ .ways = ways, .arena = a };
    if (!place_of(a, ways, PORT_HTTP, &http, err) ||
        !place_of(a, ways, PORT_HTTPS, &alpn, err))
        return false;
    add_http(out, watch->dns.loop, &http);
    add_dns(out, watch);
    out->alpn = (struct challenge_alpn){ .loop = watch->dns.loop,
                                         .arena = a,
                                         .place = alpn };
    out->list[out->len++] = challenge_alpn(&out->alpn);
    return true;
}

void challenge_solvers_close(struct challenge_solvers *p)
{
    challenge_http_close(&p->http);
    challenge_alpn_close(&p->alpn);
}

bool challenge_solvers_may(void *arg, const char *name, const char *type)
{
    const struct challenge_solvers *p = arg;
    const char *why = NULL;
    const char *way = challenge_type_for(p->ways, name, &why);

    return way && strcmp(way, type) == 0;
}
