#include "serve/looks.h"

#include <string.h>

const struct report *look_report(const struct serve_look *l, size_t part)
{
    const struct look_part *one = &l->parts[part];

    return part < l->parts_len && one->is_done && !one->run.failed
               ? &one->run.report
               : NULL;
}

const struct report *look_report_in(struct arena *a, const struct serve_look *l,
                                    size_t part)
{
    const struct report *kept = look_report(l, part);

    if (!kept)
        return NULL;
    struct report *r = arena_copy(a, kept, sizeof *kept);
    struct survey *s = arena_copy(a, kept->survey, sizeof *kept->survey);
    s->arena = a;
    r->survey = s;
    return r;
}

/* ---- coming and going ---- */

static void drop(struct looks *all, struct serve_look *l)
{
    struct serve_look **link = &all->first;

    while (*link != l)
        link = &(*link)->next;
    *link = l->next;
    all->waiting -= l->state == LOOK_WAITING;
    all->running -= l->state == LOOK_RUNNING;
    all->kept -= l->state == LOOK_DONE;
    all->kept_bytes -= l->bytes;
    if (l->session)
        l->session->open--;
    all->drop(all->arg, l);
    for (size_t i = 0; i < l->parts_len; i++)
        target_run_free(&l->parts[i].run);
    arena_free(l->arena);
}

/* The answer that has been there longest, but for `newest`: a slow look was
 * asked for before others that are long done. */
static struct serve_look *oldest_answer(const struct looks *all,
                                        const struct serve_look *newest)
{
    struct serve_look *found = NULL;

    for (struct serve_look *l = all->first; l; l = l->next)
        if (l->state == LOOK_DONE && l != newest &&
            (!found || l->done_ms <= found->done_ms))
            found = l;
    return found;
}

static bool session_runs(const struct looks *all, const struct serve_session *s)
{
    for (const struct serve_look *l = all->first; l; l = l->next)
        if (l->state == LOOK_RUNNING && l->session == s)
            return true;
    return false;
}

/* Who has waited longest, of those whose session has none under way. */
static struct serve_look *whose_turn(const struct looks *all)
{
    struct serve_look *found = NULL;

    for (struct serve_look *l = all->first; l; l = l->next)
        if (l->state == LOOK_WAITING && !session_runs(all, l->session))
            found = l;
    return found;
}

static void run_next(struct looks *all, int64_t now_ms)
{
    for (struct serve_look *l;
         all->running < LOOKS_RUNNING && (l = whose_turn(all));) {
        l->state = LOOK_RUNNING;
        l->began_ms = now_ms;
        all->waiting--;
        all->running++;
        all->start(all->arg, l);
    }
}

/* ---- asking ---- */

static struct look_request copy(struct arena *a, const struct look_request *q)
{
    struct look_request own = {
        .client = arena_text(a, q->client),
        .means = arena_text(a, q->means),
        .program = arena_text(a, q->program),
        .before_part = q->before_part,
        .pasted = q->pasted,
        .before = arena_text(a, q->before),
        .tried = arena_text(a, q->tried),
        .dropped = q->dropped,
    };

    for (size_t i = 0; i < q->targets.len; i++)
        text_list_add(a, &own.targets, arena_text(a, q->targets.text[i]));
    return own;
}

static struct serve_look *make(const struct look_request *q)
{
    struct arena *a = arena_new();
    struct serve_look *l = arena_alloc(a, 1, sizeof *l);
    struct err unused;

    l->arena = a;
    if (!token_make(l->id, &unused)) {
        arena_free(a);
        return NULL;
    }
    l->asked = copy(a, q);
    l->parts_len = l->asked.targets.len;
    l->parts = arena_alloc(a, l->parts_len, sizeof *l->parts);
    for (size_t i = 0; i < l->parts_len; i++)
        l->parts[i] =
            (struct look_part){ .input = l->asked.targets.text[i], .look = l };
    return l;
}

enum looks_answer looks_ask(struct looks *all, struct serve_session *s,
                            const struct look_request *q, int64_t now_ms,
                            struct serve_look **out)
{
    bool waits = all->running >= LOOKS_RUNNING || session_runs(all, s);

    if (waits && all->waiting >= LOOKS_WAITING)
        return LOOKS_FULL;
    if (!sessions_may_ask(s, now_ms))
        return LOOKS_OFTEN;
    struct serve_look *l = make(q);
    if (!l)
        return LOOKS_FULL;
    l->session = s;
    l->session->open++;
    l->next = all->first;
    all->first = l;
    all->waiting++;
    run_next(all, now_ms);
    *out = l;
    return LOOKS_TAKEN;
}

struct serve_look *looks_find(const struct looks *all, const char *id)
{
    for (struct serve_look *l = all->first; l; l = l->next)
        if (token_equal(l->id, id))
            return l;
    return NULL;
}

/* What strangers can make long. A certificate is kept as it came, read, and
 * told of in several places. */
static size_t bytes_of(const struct survey *s)
{
    enum { TOLD = 4, CELL = 8 * 1024 };
    size_t bytes = s ? s->cells_len * CELL : 0;

    for (size_t i = 0; s && i < s->certs_len; i++)
        bytes += TOLD * s->certs[i].cert.der_len;
    for (size_t i = 0; s && i < s->cells_len; i++)
        bytes += s->cells[i].staple_len;
    for (size_t i = 0; s && i < s->fetches_len; i++)
        bytes += s->fetches[i].body_len;
    return bytes;
}

void looks_done(struct looks *all, struct serve_look *l, int64_t now_ms)
{
    l->state = LOOK_DONE;
    l->done_ms = now_ms;
    l->session->open--;
    l->session = NULL;
    all->running--;
    all->kept++;
    for (size_t i = 0; i < l->parts_len; i++)
        l->bytes += bytes_of(l->parts[i].run.survey);
    all->kept_bytes += l->bytes;
    while (all->kept > LOOKS_KEPT ||
           (all->kept > 1 && all->kept_bytes > LOOKS_KEPT_BYTES))
        drop(all, oldest_answer(all, l));
    run_next(all, now_ms);
}

void looks_tick(struct looks *all, int64_t now_ms)
{
    struct serve_look *next = NULL;

    for (struct serve_look *l = all->first; l; l = next) {
        next = l->next;
        if (l->state == LOOK_DONE && now_ms - l->done_ms > LOOKS_KEPT_MS)
            drop(all, l);
    }
}

void looks_free(struct looks *all)
{
    while (all->first)
        drop(all, all->first);
}
