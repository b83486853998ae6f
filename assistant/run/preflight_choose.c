/*
 * preflight_choose - by which challenge a name is proven, from what was seen
 *
 * What the user asks for is not overruled. Else the way that the options speak
 * for, unless CAA records or a closed port 80 forbid it and another way is
 * open. With a CA of the user's own, which may look from elsewhere, only what
 * this machine cannot do is overruled.
 */
#include <string.h>

#include "facts/caa.h"
#include "facts/http01.h"
#include "model/service.h"
#include "net/listen.h"
#include "run/preflight.h"

/* RFC 8657 4. */
static bool caa_takes(const struct preflight_look *l, const char *method)
{
    const struct ordered *o = &l->survey->ordered;
    bool any = o->authorities.len == 0;

    for (size_t i = 0; i < o->authorities.len; i++) {
        const struct caa_question with = { l->name, o->authorities.text[i],
                                           method, o->account };
        struct caa_question without = with;
        without.method = NULL;
        any =
            any || caa_judge(l->survey, l->survey->arena, &with).ruling ==
                       caa_judge(l->survey, l->survey->arena, &without).ruling;
    }
    return any;
}

static enum http01_state port80(const struct preflight_look *l)
{
    return http01_judge(l->survey, l->survey->arena, l->name).worst;
}

static bool may_listen(const char *address, uint16_t port)
{
    const struct listen_place place = { .address = address, .port = port };
    struct listen_sockets sockets;
    struct err ignored;

    if (!listen_open(&place, &sockets, &ignored))
        return false;
    listen_close(&sockets);
    return true;
}

bool preflight_is_own(const char *address)
{
    return may_listen(address, 0);
}

/* Free here, and every address of the name is here. Who answers on port 80 in
 * our stead does so on port 443 too. */
static bool port443_is_ours(const struct preflight_run *run,
                            const struct preflight_look *l)
{
    struct text_list all =
        survey_addresses(l->survey, l->survey->arena, l->name);

    if (run->request->order->ways.listen || !all.len ||
        port80(l) > HTTP01_UNREACHABLE)
        return false;
    for (size_t i = 0; i < all.len; i++)
        if (!preflight_is_own(all.text[i]))
            return false;
    return may_listen(NULL, PORT_HTTPS);
}

static bool is_open(const struct preflight_run *run,
                    const struct preflight_look *l, const char *type)
{
    const struct challenge_types *ways = &run->request->order->ways;
    bool star = name_is_wildcard(l->name);

    if (!caa_takes(l, type))
        return false;
    if (strcmp(type, "http-01") == 0)
        return !star && !l->unshown && port80(l) <= HTTP01_OPEN;
    if (strcmp(type, "tls-alpn-01") == 0)
        return !star && port443_is_ours(run, l);
    return ways->dns_hook && !name_is_ip(l->name);
}

/* Nobody can be shown anything by it: the port is taken. A web server's folder
 * was named by the user, who is told what is wrong with it. */
static bool is_impossible(const struct preflight_run *run,
                          const struct preflight_look *l, const char *type)
{
    return l->unshown && !run->request->order->ways.webroot &&
           strcmp(type, "http-01") == 0;
}

static const char *reason(struct arena *a, const struct preflight_look *l,
                          const char *was, const char *type)
{
    const char *because =
        caa_takes(l, was)
            ? "port 80 is not to be had"
            : arena_printf(a, "the CAA records do not take %s", was);
    const char *instead = "what it needs is there";

    if (strcmp(type, "tls-alpn-01") == 0)
        instead = "certmend can answer on port 443";
    return arena_printf(a, "%s, and %s", because, instead);
}

void preflight_choose(const struct preflight_run *run,
                      const struct preflight_look *l,
                      struct preflight_part *part)
{
    static const char *const types[] = { "http-01", "tls-alpn-01", "dns-01" };
    const struct challenge_types *ways = &run->request->order->ways;
    const char *usual = challenge_type_for(ways, l->name, &part->why);

    part->challenge = usual;
    if (ways->type || name_is_wildcard(l->name) || is_open(run, l, usual) ||
        (issue_ca_is_url(run->request->options) &&
         !is_impossible(run, l, usual)))
        return;
    for (size_t i = 0; i < sizeof types / sizeof *types; i++) {
        if (strcmp(types[i], usual) == 0 || !is_open(run, l, types[i]))
            continue;
        part->challenge = types[i];
        part->why = reason(run->arena, l, usual, types[i]);
        return;
    }
}
