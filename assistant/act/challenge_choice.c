#include "act/challenge_choice.h"

#include <string.h>

#include "model/name.h"
#include "model/service.h"

/* NULL: this challenge can prove this name; else why not. */
static const char *objection(const char *name, const char *type)
{
    if (name_is_wildcard(name) && strcmp(type, "dns-01") != 0)
        return "a wildcard is proven by DNS only (--challenge dns-01)";
    if (name_is_ip(name) && strcmp(type, "dns-01") == 0)
        return "an address cannot be proven by DNS";
    return NULL;
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
    *why = ways->webroot
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

static bool place_of(struct arena *a, const struct challenge_types *ways,
                     uint16_t port, struct listen_place *out, struct err *err)
{
    *out = (struct listen_place){ NULL, port };
    return !ways->listen || listen_parse(a, ways->listen, port, out, err) ||
           err_add(err, "--listen");
}

static void add_http(struct challenge_solvers *p, struct loop *loop,
                     const struct listen_place *place)
{
    if (p->ways->webroot) {
        p->webroot = (struct challenge_webroot){ .arena = p->arena,
                                                 .root = p->ways->webroot };
        p->list[p->len++] = challenge_webroot(&p->webroot);
        return;
    }
    p->http = (struct challenge_http){ .loop = loop,
                                       .arena = p->arena,
                                       .place = *place };
    p->list[p->len++] = challenge_http(&p->http);
}

static void add_dns(struct challenge_solvers *p,
                    const struct propagation_check *watch)
{
    p->dns = (struct challenge_dns){
        .loop = watch->loop,
        .arena = p->arena,
        .program = p->ways->dns_hook,
        .watch = *watch,
        .tell_record = p->ways->tell_record,
        .tell_arg = p->ways->tell_arg,
    };
    p->list[p->len++] = challenge_dns(&p->dns);
}

bool challenge_solvers_open(struct challenge_solvers *out,
                            const struct challenge_types *ways,
                            const struct propagation_check *watch,
                            struct err *err)
{
    struct arena *a = watch->arena;
    struct listen_place http, alpn;

    *out = (struct challenge_solvers){ .ways = ways, .arena = a };
    if (!place_of(a, ways, PORT_HTTP, &http, err) ||
        !place_of(a, ways, PORT_HTTPS, &alpn, err))
        return false;
    add_http(out, watch->loop, &http);
    add_dns(out, watch);
    out->alpn = (struct challenge_alpn){ .loop = watch->loop,
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
