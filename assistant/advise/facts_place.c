/*
 * facts_place - where a finding was seen, in words for somebody's letter
 */
#include "advise/facts_get.h"

#include <string.h>

enum { PLACE_MAX = 2000 };

/* "port 465", "ports 25 and 465": the finding's on one of its hosts; NULL: on
 * any. */
static void tell_ports(const struct context *now, const struct finding *f,
                       const char *host, struct buf *out)
{
    struct text_list ports = { 0 };
    for (size_t i = 0; i < f->cells_len; i++) {
        const struct cell *c = &now->survey->cells[f->cells[i]];
        if (!host || strcmp(c->host, host) == 0)
            text_list_add_new(now->arena, &ports,
                              arena_printf(now->arena, "%u", c->port));
    }
    buf_text(out, ports.len > 1 ? "ports " : "port ");
    text_list_tell(out, ports.text, ports.len);
}

static struct text_list hosts_of(const struct context *now,
                                 const struct finding *f)
{
    struct text_list hosts = { 0 };
    for (size_t i = 0; i < f->cells_len; i++)
        text_list_add_new(now->arena, &hosts,
                          now->survey->cells[f->cells[i]].host);
    return hosts;
}

static const char *with_hosts(const struct context *now,
                              const struct finding *f,
                              const struct text_list *hosts)
{
    struct text_list places = { 0 };
    struct buf out;
    for (size_t i = 0; i < hosts->len; i++) {
        struct buf one;
        buf_init(&one, now->arena, PLACE_MAX);
        tell_ports(now, f, hosts->text[i], &one);
        buf_printf(&one, " of %s", hosts->text[i]);
        text_list_add_new(now->arena, &places, one.text);
    }
    buf_init(&out, now->arena, PLACE_MAX);
    text_list_tell(&out, places.text, places.len);
    return out.text;
}

/* Does a letter about what was asked speak of this host and no other? */
static bool is_only_host(const struct survey *s, const char *host)
{
    for (size_t i = 0; i < s->cells_len; i++)
        if (s->cells[i].asked && strcmp(s->cells[i].host, host) != 0)
            return false;
    return true;
}

FINDING_FACT(finding_at_ports)
{
    struct buf out;
    if (!f->cells_len)
        return NULL;
    buf_init(&out, now->arena, PLACE_MAX);
    tell_ports(now, f, NULL, &out);
    return facts_text(now, out.text);
}

FINDING_FACT(finding_at_host)
{
    struct text_list hosts = hosts_of(now, f);
    return hosts.len ? facts_text(now, with_hosts(now, f, &hosts)) : NULL;
}

FINDING_FACT(finding_at)
{
    struct text_list hosts = hosts_of(now, f);
    bool is_only = hosts.len == 1 && is_only_host(now->survey, hosts.text[0]);
    return is_only ? facts_finding_at_ports(now, f)
                   : facts_finding_at_host(now, f);
}
