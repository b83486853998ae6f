#include "run/preflight.h"
#include "facts/connection_lost.h"

#include <string.h>

#include "act/store_account.h"
#include "base/clock.h"

enum preflight_grade preflight_worst(const struct preflight *f)
{
    enum preflight_grade worst = PREFLIGHT_OK;

    for (size_t i = 0; i < f->len; i++) {
        enum preflight_grade grade = preflight_part_worst(&f->parts[i]);
        if (grade > worst)
            worst = grade;
    }
    return worst;
}

static bool is_dane(const struct preflight_item *i)
{
    return strcmp(i->check, "dane") == 0;
}

static bool is_own(const struct preflight_item *i)
{
    return i->is_own;
}

static bool blocks(const struct preflight *f,
                   bool (*is)(const struct preflight_item *i))
{
    for (size_t i = 0; i < f->len; i++)
        for (size_t k = 0; k < f->parts[i].len; k++)
            if (f->parts[i].items[k].grade == PREFLIGHT_BLOCK &&
                is(&f->parts[i].items[k]))
                return true;
    return false;
}

bool preflight_blocks_dane(const struct preflight *f)
{
    return blocks(f, is_dane);
}

bool preflight_blocks_own(const struct preflight *f)
{
    return blocks(f, is_own);
}

/* The name itself, or of a wildcard the name below its star. */
static struct survey *new_survey(const struct preflight_run *run,
                                 const char *name)
{
    const char *host = name_base(name);
    const struct target target = {
        .kind = TARGET_HOST,
        .input = name,
        .host = host,
        .host_is_ip = name_is_ip(host),
    };
    const struct ca *ca = run->request->order->ca;
    struct survey *s = survey_new(run->arena, &target, clock_now_s());

    s->resolver = run->request->order->resolver->server;
    s->ordered.names.text = arena_copy(run->arena, &name, sizeof name);
    s->ordered.names.len = 1;
    s->ordered.authorities = ca->caa.len ? ca->caa : run->caa;
    return s;
}

/* CAA records may name it (RFC 8657 3). */
static bool read_account(const struct preflight_run *run, const char **url,
                         struct err *err)
{
    const struct issue_order *o = run->request->order;
    struct store_account account;

    if (!store_account_read(o->store, o->ca->directory, &account, err))
        return false;
    *url = account.url;
    store_account_free(&account);
    return true;
}

static bool take_surveys(struct preflight_run *run, struct err *err)
{
    const struct issue_order *o = run->request->order;
    const char *account = NULL;

    if (!read_account(run, &account, err))
        return false;
    run->looks = arena_alloc(run->arena, o->names_len + 1, sizeof *run->looks);
    for (size_t i = 0; i < o->names_len; i++) {
        struct preflight_look *l = &run->looks[i];
        *l = (struct preflight_look){ .name = o->names[i], .run = run };
        l->survey = new_survey(run, l->name);
        l->survey->ordered.account = account;
    }
    return preflight_probe(run, err) && preflight_servers(run, err);
}

/* Somebody said something that tells. */
static bool was_answered(const struct survey *s)
{
    for (size_t i = 0; i < s->answers_len; i++)
        if (s->answers[i].outcome != DNS_TIMED_OUT &&
            s->answers[i].outcome != DNS_SERVFAIL)
            return true;
    for (size_t i = 0; i < s->fetches_len; i++)
        if (s->fetches[i].status)
            return true;
    return s->answers_len + s->fetches_len == 0;
}

static bool is_blind(const struct preflight_run *run)
{
    for (size_t i = 0; i < run->request->order->names_len; i++)
        if (was_answered(run->looks[i].survey))
            return false;
    return run->request->order->names_len > 0;
}

/* Of a blind run: the control question went unanswered too, and the CA. */
static bool is_cut_off(const struct preflight_run *run)
{
    return !run->ca_answers &&
           connection_lost(run->looks[0].survey) != CONNECTION_HOLDS;
}

static bool settle(struct preflight_run *run, struct err *err)
{
    struct issue_order *o = run->request->order;
    struct challenge_choice *choices =
        arena_alloc(run->arena, o->names_len + 1, sizeof *choices);

    for (size_t i = 0; i < o->names_len; i++) {
        struct preflight_part *part = &run->out->parts[i + 1];
        part->name = o->names[i];
        preflight_judge(run, &run->looks[i], part);
    }
    if (!preflight_persist(run, err))
        return false;
    for (size_t i = 0; i < o->names_len; i++) {
        const struct preflight_part *part = &run->out->parts[i + 1];
        choices[i] = (struct challenge_choice){ part->name, part->challenge,
                                                part->why, part->record };
    }
    o->ways.choices = choices;
    return true;
}

static void add_doubts(struct preflight_run *run, enum preflight_grade grade,
                       struct issue_doubt **list)
{
    size_t *len = &run->request->order->doubts_len;

    for (size_t i = 0; i < run->out->len; i++) {
        const struct preflight_part *part = &run->out->parts[i];
        for (size_t k = 0; part->name && k < part->len; k++) {
            const struct preflight_item *item = &part->items[k];
            if (item->grade != grade || !item->finding)
                continue;
            *list = arena_grow(run->arena, *list, *len, sizeof **list);
            const char *fix = grade == PREFLIGHT_BLOCK ? item->fix : NULL;
            (*list)[(*len)++] = (struct issue_doubt){ part->name, item->finding,
                                                      item->text, fix };
        }
    }
}

/* For what a CA says later; what stands in the way first. What to do about a
 * mere warning is the CA's to say: it has looked from elsewhere. */
static void keep_doubts(struct preflight_run *run)
{
    struct issue_doubt *list = NULL;

    run->request->order->doubts_len = 0;
    add_doubts(run, PREFLIGHT_BLOCK, &list);
    add_doubts(run, PREFLIGHT_WARN, &list);
    run->request->order->doubts = list;
}

bool preflight(struct arena *a, const struct preflight_request *w,
               struct preflight *out, struct err *err)
{
    struct preflight_run run = { .arena = a, .request = w, .out = out };

    *out = (struct preflight){ .arena = a, .len = w->order->names_len + 1 };
    out->parts = arena_alloc(a, out->len, sizeof *out->parts);
    if (!preflight_own(&run, &out->parts[0], err) || !take_surveys(&run, err))
        return err_add(err, "the pre-flight");
    out->blind = is_blind(&run);
    out->is_cut_off = out->blind && is_cut_off(&run);
    if (!settle(&run, err))
        return err_add(err, "the pre-flight");
    keep_doubts(&run);
    return (preflight_key(&run, err) && preflight_dane(&run, err)) ||
           err_add(err, "the pre-flight");
}
