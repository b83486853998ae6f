#include "probe/waiting.h"

#include <string.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/progress.h"
#include "base/text.h"
#include "model/host_port.h"
#include "probe/pass.h"

enum {
    FIRST_MS = 400, /* what is over by then needs no telling */
    TICK_MS = 250,
    PORTS_TOLD = 3,
    TEXT_MAX = 400,
};

/* ---- the words ---- */

struct waiting {
    size_t done, all;             /* ports */
    struct text_list ports;       /* that have not answered */
    size_t targets_done, targets; /* 0: one, or nobody said */
    const char *host;             /* of these ports; NULL: they name theirs */
    bool for_dns, for_web;
    int64_t since_s;
};

static void put_ports(struct buf *out, const struct waiting *w)
{
    buf_text(out, "looking");
    if (w->targets > 1)
        buf_printf(out, ": %zu of %zu servers", w->targets_done, w->targets);
    else if (w->all)
        buf_printf(out, ": %zu of %zu ports", w->done, w->all);
}

static void put_reason(struct buf *out, const struct waiting *w, size_t most)
{
    const char *other = w->for_dns ? "the DNS" : w->for_web ? "the web" : NULL;

    if (w->targets > 1 || (!w->ports.len && !other))
        return;
    buf_text(out, w->all ? ", waiting for " : ": waiting for ");
    if (w->ports.len > most)
        text_list_tell_most(out, w->ports.text, w->ports.len, most);
    else
        text_list_tell(out, w->ports.text, w->ports.len);
    if (!w->ports.len)
        buf_text(out, other);
    else if (w->host)
        buf_printf(out, " of %s", w->host);
}

static const char *text_with(struct arena *a, const struct waiting *w,
                             size_t most)
{
    struct buf out;

    buf_init(&out, a, TEXT_MAX);
    put_ports(&out, w);
    if (most)
        put_reason(&out, w, most);
    if (w->since_s > 0)
        buf_printf(&out, ", %lld s", (long long)w->since_s);
    return out.text;
}

/* In as many columns as there are: what matters least goes first. */
static const char *text_of(struct arena *a, const struct waiting *w,
                           int columns)
{
    const char *text = NULL;

    for (size_t most = PORTS_TOLD + 1; most > 0; most--) {
        text = text_with(a, w, most - 1);
        if (strlen(text) <= (size_t)columns)
            break;
    }
    return text;
}

/* ---- what is seen of the passes ---- */

struct waiting_place {
    const char *host;
    uint16_t port;
    bool is_open;
};

struct waiting_places {
    struct arena *arena;
    struct waiting_place *items;
    size_t len;
};

static struct waiting_place *place_of(struct waiting_places *all,
                                      const struct cell *c)
{
    for (size_t i = 0; i < all->len; i++)
        if (all->items[i].port == c->port &&
            strcmp(all->items[i].host, c->host) == 0)
            return &all->items[i];
    all->items =
        arena_grow(all->arena, all->items, all->len, sizeof *all->items);
    all->items[all->len] = (struct waiting_place){ c->host, c->port, false };
    return &all->items[all->len++];
}

static void add_pass(struct waiting_places *all, const struct pass *r)
{
    for (size_t i = 0; i < r->scans_len; i++)
        for (const struct scan *l = r->scans[i]; l; l = l->variant) {
            struct waiting_place *at = place_of(all, &l->cell);
            at->is_open = at->is_open || !l->is_over;
        }
}

/* The host that all, or all that are waited for, are of; NULL: several. */
static const char *only_host(const struct waiting_places *all, bool open)
{
    const char *host = NULL;

    for (size_t i = 0; i < all->len; i++) {
        const struct waiting_place *at = &all->items[i];
        if (open && !at->is_open)
            continue;
        if (host && strcmp(host, at->host) != 0)
            return NULL;
        host = at->host;
    }
    return host;
}

static void take_places(const struct waiting_places *all, struct waiting *w)
{
    bool several = !only_host(all, false);
    const char *host = only_host(all, true);

    w->host = several ? host : NULL;
    w->all += all->len;
    for (size_t i = 0; i < all->len; i++) {
        const struct waiting_place *at = &all->items[i];
        w->done += !at->is_open;
        if (at->is_open)
            text_list_add(
                all->arena, &w->ports,
                host ? arena_printf(all->arena, "%u", (unsigned)at->port)
                     : host_port_text(all->arena, at->host, at->port));
    }
}

static struct waiting look(struct arena *a, const struct probe *p)
{
    struct waiting_places all = { .arena = a };
    const struct waiting_line *line = &p->waiting;
    struct waiting w = {
        .done = line->ports_done,
        .all = line->ports_done,
        .targets_done = line->targets_done,
        .targets = line->targets,
        .since_s = (clock_monotonic_ms() - line->since_ms) / 1000,
    };

    for (const struct pass *r = p->passes; r && w.targets <= 1; r = r->next) {
        add_pass(&all, r);
        w.for_dns =
            w.for_dns || r->mail.open || r->addresses.open || r->others.open;
        w.for_web = w.for_web || fetch_batch_waits(&r->fetches);
    }
    take_places(&all, &w);
    return w;
}

void waiting_pass_done(struct probe *p, const struct pass *r)
{
    struct arena *a = p->waiting.since_ms ? arena_new() : NULL;
    struct waiting_places all = { .arena = a };

    if (!a)
        return;
    add_pass(&all, r);
    p->waiting.ports_done += all.len;
    arena_free(a);
}

static void tell(void *arg)
{
    struct probe *p = arg;
    struct arena *a = arena_new();
    struct waiting w = look(a, p);

    progress_show(text_of(a, &w, progress_columns()));
    arena_free(a);
    timer_set(p->loop, &p->waiting.tick, TICK_MS);
}

void waiting_begin(struct probe *p)
{
    if (log_is_quiet() || !progress_is_possible())
        return;
    p->waiting.since_ms = clock_monotonic_ms();
    p->waiting.ports_done = 0;
    p->waiting.tick = (struct timer){ .call = tell, .arg = p };
    timer_set(p->loop, &p->waiting.tick, FIRST_MS);
}

void waiting_end(struct probe *p)
{
    timer_stop(&p->waiting.tick);
    progress_clear();
}
