#include "run/post_deploy.h"

#include <string.h>
#include <time.h>

#include "act/deploy.h"
#include "act/renewal_state.h"
#include "advise/software.h"
#include "base/clock.h"
#include "run/name_look.h"

enum {
    TRIES = 3,
    PAUSE_S = 2,
    LONG_MS = 20 * 1000, /* after such a look there is no other */
};

struct deploy_looking {
    struct arena *arena;
    const struct issue_options *how;
    const struct issue_order *order;
    const struct issue_result *result;
    const struct cert *made; /* the new one */
    struct name_look seen;
};

static bool is_wanted(const struct issue_options *how,
                      const struct issue_result *r)
{
    return r->live && !r->stopped && !issue_skips(how, "deploy-look");
}

static bool find_made(struct deploy_looking *l, struct err *err)
{
    const struct store *s = l->order->store;
    const char *name = store_name(l->arena, l->order->names[0]);
    const struct store_entry *entry = NULL;

    if (!store_find(s, name, &entry, err))
        return false;
    if (!entry)
        return err_set(err, ERR_SYSTEM, "%s is gone", l->result->live);
    l->made = &entry->chain[0].cert;
    return true;
}

/* ---- what was seen ---- */

/* Of two key types one suffices: the other has a certificate of its own. */
static bool shows_made(const struct deploy_looking *l, const struct survey *s,
                       const char *where)
{
    for (size_t i = 0; i < s->cells_len; i++) {
        const struct cell *c = &s->cells[i];
        if (name_look_counts(s, c) &&
            strcmp(cell_where(l->arena, c), where) == 0 &&
            strcmp(cell_leaf(s, c)->sha256_hex, l->made->sha256_hex) == 0)
            return true;
    }
    return false;
}

static bool was_reloaded(const struct deploy_looking *l, const char *software)
{
    for (size_t i = 0; i < l->order->reloads_len; i++)
        if (strcmp(l->order->reloads[i], software) == 0)
            return true;
    return false;
}

/* Where TLS comes first there is no greeting: its neighbours' counts. */
static const char *software_at(const struct survey *s, const struct cell *c)
{
    const char *family = service_find(c->service)->family;

    for (size_t i = 0; i < s->cells_len; i++) {
        const struct cell *near = &s->cells[i];
        const char *software = software_of(s, near);
        if (software && strcmp(near->address, c->address) == 0 &&
            strcmp(service_find(near->service)->family, family) == 0)
            return software;
    }
    return NULL;
}

static const char *cause(const struct deploy_looking *l, const struct survey *s,
                         const struct cell *c)
{
    const char *software = software_at(s, c);

    if (!software)
        return "what answers there was not reloaded, or reads another file";
    if (was_reloaded(l, software))
        return arena_printf(l->arena,
                            "%s was reloaded, but reads another file than "
                            "%s/fullchain.pem",
                            software, l->result->live);
    return arena_printf(l->arena, "%s was not reloaded, or reads another file",
                        software);
}

static const char *reload_line(const struct deploy_looking *l,
                               const struct survey *s, const struct cell *c)
{
    const char *software = software_at(s, c);
    const struct deploy_server *server =
        software ? deploy_find(software) : NULL;

    return server && !was_reloaded(l, software)
               ? deploy_reload_line(l->arena, server)
               : NULL;
}

/* One that was made later is none of ours. */
static const char *complaint(const struct deploy_looking *l,
                             const struct survey *s, const struct cell *c)
{
    bool is_old = cell_leaf(s, c)->not_before <= l->made->not_before;

    return arena_printf(l->arena, "%s: %s",
                        is_old ? "still shows the old certificate"
                               : "shows another certificate",
                        cause(l, s, c));
}

static bool is_known(const struct post_deploy *look, const char *name,
                     const char *where)
{
    for (size_t i = 0; i < look->len; i++)
        if (strcmp(look->places[i].where, where) == 0 &&
            strcmp(look->places[i].name, name) == 0)
            return true;
    return false;
}

static void sum_up_one(const struct deploy_looking *l, const struct survey *s,
                       struct post_deploy *out)
{
    for (size_t i = 0; i < s->cells_len; i++) {
        const struct cell *c = &s->cells[i];
        const char *where = cell_where(l->arena, c);
        if (!name_look_counts(s, c) || is_known(out, s->target.host, where))
            continue;
        bool is_new = shows_made(l, s, where);
        out->places =
            arena_grow(l->arena, out->places, out->len, sizeof *out->places);
        out->places[out->len++] = (struct post_deploy_place){
            .name = s->target.host,
            .where = where,
            .why = is_new ? NULL : complaint(l, s, c),
            .todo = is_new ? NULL : reload_line(l, s, c),
        };
        out->behind += !is_new;
    }
}

static struct post_deploy sum_up(const struct deploy_looking *l)
{
    struct post_deploy sum = { .looked = true };

    for (size_t i = 0; i < l->seen.len; i++)
        sum_up_one(l, l->seen.surveys[i], &sum);
    return sum;
}

bool post_deploy(struct arena *a, const struct issue_options *how,
                 const struct issue_order *o, const struct issue_result *r,
                 struct post_deploy *out, struct err *err)
{
    struct deploy_looking l = {
        .arena = a, .how = how, .order = o, .result = r
    };
    struct post_deploy seen = { .looked = false };

    if (is_wanted(how, r) && !find_made(&l, err))
        return err_add(err, "looking at the ports again");
    int64_t began_ms = clock_monotonic_ms();
    int tries = r->steps_len ? TRIES : 1; /* nothing is about to change */
    for (int i = 0; l.made && i < tries; i++) {
        if (i)
            nanosleep(&(struct timespec){ .tv_sec = PAUSE_S }, NULL);
        if (!name_look(a, how, o, &l.seen, err))
            return err_add(err, "looking at the ports again");
        seen = sum_up(&l);
        if (!seen.behind || clock_monotonic_ms() - began_ms > LONG_MS)
            break;
    }
    *out = seen;
    return true;
}

/* Each command once. Nothing is told of a server that was reloaded and reads
 * another file: the line above says so. */
static void tell_todo(const struct post_deploy *look, struct buf *out)
{
    for (size_t i = 0; i < look->len; i++) {
        const char *todo = look->places[i].todo;
        bool is_told = false;
        for (size_t k = 0; todo && k < i && !is_told; k++)
            is_told =
                look->places[k].todo && strcmp(look->places[k].todo, todo) == 0;
        if (todo && !is_told)
            buf_printf(out, "  Where it runs on this machine, reload it: %s\n",
                       todo);
    }
}

void post_deploy_tell(const struct post_deploy *look, struct buf *out)
{
    if (!look->looked)
        return;
    if (!look->len) {
        buf_text(out, "Looked again: nothing answers with TLS at these "
                      "names.\n");
        return;
    }
    buf_printf(out, "Looked again: %zu of %zu ports show the new certificate\n",
               look->len - look->behind, look->len);
    for (size_t i = 0; i < look->len; i++) {
        const struct post_deploy_place *p = &look->places[i];
        if (p->why)
            buf_printf(out, "  %s (%s) %s\n", p->where, p->name, p->why);
    }
    tell_todo(look, out);
}

enum exit_status post_deploy_status(const struct post_deploy *look)
{
    return look->behind ? EXIT_FAULTS : EXIT_CLEAN;
}

bool post_deploy_keep(const struct issue_order *o, const struct issue_result *r,
                      const struct post_deploy *look, struct err *err)
{
    const struct store *s = o->store;
    const char *name = store_name(s->arena, o->names[0]);

    if (!r->live)
        return true;
    struct renewal now = renewal_read(s, name);
    bool failed = false;
    for (size_t i = 0; i < r->steps_len; i++)
        failed = failed || r->steps[i].why;
    bool is_same = now.to_run == failed && now.to_look == (look->behind > 0);
    now.to_run = failed;
    now.to_look = look->behind > 0;
    return is_same || renewal_write(s, name, &now, err);
}
