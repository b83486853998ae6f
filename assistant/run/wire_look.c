#include "run/wire_look.h"

#include <string.h>
#include <time.h>

#include "base/clock.h"
#include "facts/cell_state.h"
#include "facts/client_view.h"
#include "prove/simulate.h"

/* A server that has not come back after a second is asked less often. */
enum { OFTEN_MS = 1000, SELDOM_MS = 500, LOOK_MS = 5000, MS = 1000 * 1000 };

/* ---- what is to be found then ---- */

/* As if TLS had been reached: what kept it from that may be what is mended. */
static void reach_tls(struct cell *c)
{
    c->connect.outcome = c->handshake.outcome = OUTCOME_OK;
    if (c->security == SECURITY_STARTTLS)
        c->greeting.outcome = c->starttls.outcome = OUTCOME_OK;
    c->alert = -1;
    if (!c->tls_version)
        c->tls_version = "TLSv1.3";
}

static bool same_id(const struct finding *a, const struct finding *b)
{
    return strcmp(a->def->id, b->def->id) == 0;
}

static bool same_text(const char *a, const char *b)
{
    return a && b ? strcmp(a, b) == 0 : a == b;
}

static bool same_place(const struct cell *a, const struct cell *b)
{
    return a->port == b->port && strcmp(a->address, b->address) == 0 &&
           strcmp(a->host, b->host) == 0;
}

/* The looks for one kind of key meet it too. */
static bool is_met_by(const struct cell *c, const struct cell *at)
{
    return c == at || (same_place(c, at) && same_text(c->sni, at->sni) &&
                       c->chain_len && c->key_type != KEY_UNKNOWN);
}

static void put_chain(struct survey *copy, const struct wire_place *p)
{
    size_t *chain = arena_alloc(copy->arena, p->chain->len, sizeof *chain);

    for (size_t i = 0; i < p->chain->len; i++)
        chain[i] = survey_cert_add(copy, &p->chain->items[i]);
    for (size_t i = 0; i < copy->cells_len; i++) {
        if (!is_met_by(&copy->cells[i], &copy->cells[p->cell]))
            continue;
        reach_tls(&copy->cells[i]);
        simulate_chain(copy, i, chain, p->chain->len);
    }
}

/* Of two surveys. */
static bool places_meet(const struct survey *s, const struct finding *f,
                        const struct survey *t, const struct finding *g)
{
    for (size_t i = 0; i < f->cells_len; i++)
        for (size_t k = 0; k < g->cells_len; k++)
            if (same_place(&s->cells[f->cells[i]], &t->cells[g->cells[k]]))
                return true;
    return !f->cells_len && !g->cells_len && same_text(f->subject, g->subject);
}

/* It is among those, at the same place and no better. */
static bool is_among(const struct survey *s, const struct finding *f,
                     const struct survey *t, const struct findings *those)
{
    for (size_t i = 0; i < those->len; i++) {
        const struct finding *g = &those->items[i];
        if (same_id(f, g) && g->severity >= f->severity &&
            places_meet(s, f, t, g))
            return true;
    }
    return false;
}

static const char *sentence(struct arena *a, const struct survey *s,
                            const struct finding *f)
{
    if (f->cells_len)
        return arena_printf(a, "%s: %s", cell_where(a, &s->cells[f->cells[0]]),
                            f->detail);
    return arena_text(a, f->detail);
}

/* The rows of `found` that are not among `those`. */
static struct text_list beyond(struct arena *a, const struct survey *s,
                               const struct findings *found,
                               const struct survey *t,
                               const struct findings *those)
{
    struct text_list list = { 0 };

    for (size_t i = 0; i < found->len; i++) {
        const struct finding *f = &found->items[i];
        if (f->severity != SEV_INFO && !is_among(s, f, t, those))
            text_list_add_new(a, &list, sentence(a, s, f));
    }
    return list;
}

static void list_cleared(const struct wire_change *c, struct wire_expected *e)
{
    for (size_t i = 0; i < c->found->len; i++) {
        const struct finding *f = &c->found->items[i];
        if (f->severity != SEV_INFO &&
            !is_among(c->survey, f, e->survey, &e->found))
            text_list_add_new(e->survey->arena, &e->clears, f->def->id);
    }
}

bool wire_expect(struct evaluation *j, const struct wire_change *c,
                 struct wire_expected *out, struct err *err)
{
    struct arena *a = c->survey->arena;
    const struct trial trial = { c->survey, c->found, j->anchors, a };
    struct survey *copy = simulate_copy(c->survey);
    struct wire_expected e = { .survey = copy, .found = { .arena = a } };

    for (size_t i = 0; i < c->places_len; i++)
        put_chain(copy, &c->places[i]);
    if (!simulate_look(&trial, copy, NULL, &e.found, err))
        return false;
    list_cleared(c, &e);
    e.adds = beyond(a, copy, &e.found, c->survey, c->found);
    *out = e;
    return true;
}

/* ---- looking ---- */

static void on_seen(void *arg)
{
    (void)arg; /* probe_run() waits for all */
}

static struct probe_options quick(const struct evaluation *j)
{
    struct probe_options o = j->options->probe;

    o.ca_file = j->options->ca_file;
    o.budget_ms = LOOK_MS;
    return o;
}

/* As the target was looked at, and nothing but this port. */
static struct survey *port_survey(struct arena *a, const struct wire_change *c,
                                  uint16_t port)
{
    struct target t = c->survey->target;

    if (t.kind == TARGET_DOMAIN)
        t.kind = TARGET_HOST;
    if (t.port != port)
        t.service = NULL;
    t.port = port;
    return survey_new(a, &t, clock_now_s());
}

static bool shows(const struct survey *s, const struct cell *wanted,
                  const struct cert_list *chain)
{
    const char *sha256 = chain->items[0].cert.sha256_hex;

    for (size_t i = 0; i < s->cells_len; i++) {
        const struct cell *c = &s->cells[i];
        const struct cert *leaf = cell_leaf(s, c);
        if (leaf && strcmp(c->address, wanted->address) == 0 &&
            same_text(c->sni, wanted->sni) &&
            strcmp(leaf->sha256_hex, sha256) == 0)
            return true;
    }
    return false;
}

/* One look at each place that is still missing. */
static bool look_once(struct arena *a, struct evaluation *j,
                      const struct wire_change *c, bool *seen, struct err *err)
{
    const struct probe_options how = quick(j);
    struct survey **looks = arena_alloc(a, c->places_len + 1, sizeof *looks);
    struct probe *probe = NULL;

    if (!probe_new(&how, &probe, err))
        return false;
    for (size_t i = 0; i < c->places_len; i++) {
        const struct cell *cell = &c->survey->cells[c->places[i].cell];
        if (seen[i])
            continue;
        looks[i] = port_survey(a, c, cell->port);
        looks[i]->target.host = cell->host;
        probe_first(probe, looks[i], on_seen, NULL);
    }
    bool ran = probe_run(probe, err);
    probe_free(probe);
    for (size_t i = 0; ran && i < c->places_len; i++)
        seen[i] =
            seen[i] || shows(looks[i], &c->survey->cells[c->places[i].cell],
                             c->places[i].chain);
    return ran;
}

static size_t count_missing(const bool *seen, size_t len)
{
    size_t missing = 0;

    for (size_t i = 0; i < len; i++)
        missing += !seen[i];
    return missing;
}

bool wire_wait(struct evaluation *j, const struct wire_change *c,
               int64_t limit_ms, size_t *missing, struct err *err)
{
    int64_t began_ms = clock_monotonic_ms(), gone_ms = 0;
    bool *seen = arena_alloc(c->survey->arena, c->places_len + 1, sizeof *seen);
    size_t left = c->places_len;
    bool good = true;

    while (left && good) {
        struct arena *a = arena_new();
        good = look_once(a, j, c, seen, err);
        arena_free(a);
        left = count_missing(seen, c->places_len);
        gone_ms = clock_monotonic_ms() - began_ms;
        if (!left || gone_ms >= limit_ms)
            break;
        long pause_ms = gone_ms < OFTEN_MS ? WIRE_STEP_MS : SELDOM_MS;
        nanosleep(&(struct timespec){ .tv_nsec = pause_ms * MS }, NULL);
    }
    if (good)
        *missing = left;
    return good;
}

bool wire_others(struct arena *a, struct evaluation *j,
                 const struct wire_change *c, const struct survey *const **out,
                 struct err *err)
{
    const struct probe_options how = quick(j);
    struct probe *probe = NULL;
    const struct survey **looks =
        arena_alloc(a, c->others_len + 1, sizeof *looks);

    if (!probe_new(&how, &probe, err))
        return false;
    for (size_t i = 0; i < c->others_len; i++) {
        struct survey *s = port_survey(a, c, c->others[i]);
        looks[i] = s;
        probe_first(probe, s, on_seen, NULL);
    }
    bool ran = probe_run(probe, err);
    probe_free(probe);
    if (ran)
        *out = looks;
    return ran;
}

/* ---- comparing ---- */

static const struct cell *find_cell(const struct survey *s,
                                    const struct cell *as)
{
    for (size_t i = 0; i < s->cells_len; i++) {
        const struct cell *c = &s->cells[i];
        if (same_place(c, as) && same_text(c->sni, as->sni) &&
            c->key_type == as->key_type)
            return c;
    }
    return NULL;
}

static void must_show(struct arena *a, const struct wire_change *c,
                      const struct wire_place *p, const struct survey *now,
                      struct text_list *out)
{
    const struct cell *before = &c->survey->cells[p->cell];
    const struct cell *after = find_cell(now, before);
    const struct cert *leaf = after ? cell_leaf(now, after) : NULL;
    const char *where = cell_where(a, before);

    if (!leaf)
        text_list_add_new(
            a, out, arena_printf(a, "%s does not answer with TLS.", where));
    else if (strcmp(leaf->sha256_hex, p->chain->items[0].cert.sha256_hex) != 0)
        text_list_add_new(
            a, out,
            arena_printf(a, "%s still shows another certificate.", where));
}

struct text_list wire_worse(struct arena *a, const struct wire_change *c,
                            const struct wire_expected *expected,
                            const struct report *now)
{
    struct text_list list = { 0 };

    for (size_t i = 0; i < c->places_len; i++)
        must_show(a, c, &c->places[i], now->survey, &list);
    struct text_list more = beyond(a, now->survey, now->findings,
                                   expected->survey, &expected->found);
    for (size_t i = 0; i < more.len; i++)
        text_list_add_new(a, &list, more.text[i]);
    return list;
}

/* It is one of those that were to be shown. */
static bool is_wanted(const struct wire_change *c, const struct cert *leaf)
{
    for (size_t i = 0; leaf && i < c->places_len; i++)
        if (strcmp(c->places[i].chain->items[0].cert.sha256_hex,
                   leaf->sha256_hex) == 0)
            return true;
    return false;
}

static bool same_leaf(const struct cert *a, const struct cert *b)
{
    return a && b ? strcmp(a->sha256_hex, b->sha256_hex) == 0 : a == b;
}

static void compare_cell(struct arena *a, const struct wire_change *c,
                         const struct survey *before, const struct cell *old,
                         const struct survey *now, struct text_list *out)
{
    const struct cell *then = find_cell(now, old);
    const struct cert *leaf = then ? cell_leaf(now, then) : NULL;

    if (!client_view(before, old) || is_wanted(c, leaf) ||
        (same_leaf(cell_leaf(before, old), leaf) &&
         (leaf || !cell_answered(old) || (then && cell_answered(then)))))
        return;
    text_list_add_new(a, out,
                      arena_printf(a, "%s does not answer as it did before.",
                                   cell_where(a, old)));
}

void wire_worse_others(struct arena *a, const struct wire_change *c,
                       const struct survey *const *before,
                       const struct survey *const *now, struct text_list *out)
{
    for (size_t i = 0; i < c->others_len; i++)
        for (size_t k = 0; k < before[i]->cells_len; k++)
            compare_cell(a, c, before[i], &before[i]->cells[k], now[i], out);
}
