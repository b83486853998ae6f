/*
 * preflight_persist - the TXT records of dns-persist-01: which have to stand,
 * and whether they do
 */
#include <string.h>

#include "acme/persist_look.h"
#include "base/clock.h"
#include "net/loop.h"
#include "run/preflight.h"

enum { ENDS_SOON_S = 60 * DAY_S };

struct persist_looks {
    struct preflight_run *run;
    struct loop *loop;
    const char *account; /* NULL: there is none yet */
    size_t open;
};

/* One name: the record of its own, else that of its domain. */
struct name_record {
    struct persist_looks *all;
    struct preflight_part *part;
    struct persist_look look;
    struct persist_seen seen;
};

bool preflight_is_persistent(const struct issue_order *o)
{
    return o->ways.type && strcmp(o->ways.type, PERSIST_TYPE) == 0;
}

static void add(const struct name_record *n, enum preflight_grade grade,
                const char *text, const char *fix)
{
    const struct preflight_item item = {
        .check = "dns01",
        .grade = grade,
        .text = text,
        .fix = fix,
        .is_own = true,
    };

    preflight_add(n->all->run->out, n->part, &item);
}

static const char *lack(const struct name_record *n)
{
    static const struct {
        const char *before, *after; /* the name */
    } lacks[PERSIST_STATE_COUNT] = {
        [PERSIST_UNSEEN] = { "The question for the record of",
                             "is not answered" },
        [PERSIST_ABSENT] = { "The record that proves", "is not there" },
        [PERSIST_GARBLED] = { "What stands as the record of",
                              "is no such record" },
        [PERSIST_OTHER_CA] = { "The record of", "names another CA" },
        [PERSIST_OTHER_ACCOUNT] = { "The record of", "names another account" },
        [PERSIST_EXPIRED] = { "The record of",
                              "has ended by its persistUntil" },
        [PERSIST_NARROW] = { "The record of", "lacks policy=wildcard" },
    };
    enum persist_state state = n->seen.worth.state;
    const char *where = n->seen.where;

    return arena_printf(n->all->run->arena, "%s %s %s%s%s.",
                        lacks[state].before, n->part->name, lacks[state].after,
                        where ? ", says " : "", where ? where : "");
}

static void tell_end(const struct name_record *n)
{
    struct arena *a = n->all->run->arena;
    int64_t until = n->seen.worth.until;

    if (until && until - n->look.now < ENDS_SOON_S)
        add(n, PREFLIGHT_WARN,
            arena_printf(a, "The record of %s ends on %s; renewals fail then.",
                         n->part->name, clock_text(a, until)),
            "Put a later persistUntil into it, or leave it out.");
}

/* Where a program sets the record nothing stands in the way. */
static void tell(const struct name_record *n)
{
    struct preflight_run *run = n->all->run;
    const char *fix = "Wait for the CA's directory: it says which name the "
                      "record has to hold.";

    if (n->seen.worth.state == PERSIST_STANDS) {
        tell_end(n);
        return;
    }
    if (run->request->order->ways.dns_hook)
        return;
    if (n->part->record)
        fix = arena_printf(run->arena, "Add this TXT record: %s",
                           n->part->record);
    add(n, PREFLIGHT_BLOCK, lack(n), fix);
}

static void release(struct persist_looks *all)
{
    if (--all->open == 0)
        loop_stop(all->loop);
}

static void on_domain(void *arg, const struct persist_seen *seen)
{
    struct name_record *n = arg;
    struct arena *a = n->all->run->arena;

    if (seen->worth.state == PERSIST_STANDS)
        add(n, PREFLIGHT_WARN,
            arena_printf(a,
                         "Only the record of %s stands, with policy=wildcard; "
                         "not every CA takes it for %s.",
                         n->look.name, n->part->name),
            arena_printf(a, "Where it does not, add this TXT record: %s",
                         n->part->record ? n->part->record : "its own"));
    else
        tell(n);
    release(n->all);
}

static void on_own(void *arg, const struct persist_seen *seen)
{
    struct name_record *n = arg;
    struct arena *a = n->all->run->arena;
    const char *base = name_base(n->part->name);
    const char *domain = name_domain(a, base);
    bool is_there = seen->worth.state == PERSIST_STANDS;

    n->seen = *seen;
    if (is_there || !domain || strcmp(domain, base) == 0 ||
        n->all->run->request->order->ways.dns_hook) {
        tell(n);
        release(n->all);
        return;
    }
    n->look.name = domain;
    n->look.want.wildcard = true;
    persist_look(&n->look, on_domain, n);
}

static struct persist_want want_of(const struct persist_looks *all,
                                   const char *name)
{
    const struct issue_order *o = all->run->request->order;
    struct arena *a = all->run->arena;
    const char *star = arena_printf(a, "*.%s", name_base(name));

    /* What the CA's directory says is newer than what is known of it here. */
    return (struct persist_want){
        .issuers = all->run->caa.len ? all->run->caa : o->ca->caa,
        .account = all->account,
        .wildcard = text_is_among(star, o->names, o->names_len),
    };
}

static void no_account(struct name_record *n)
{
    struct preflight_run *run = n->all->run;
    const struct issue_order *o = run->request->order;

    if (!o->ways.dns_hook)
        add(n, PREFLIGHT_BLOCK,
            "The records that prove the names name the account with the CA, "
            "and there is none yet.",
            arena_printf(run->arena, "This makes it: %s",
                         issue_account_command(o, false)));
}

static void begin(struct persist_looks *all, struct preflight_part *part)
{
    struct preflight_run *run = all->run;
    struct arena *a = run->arena;
    struct name_record *n = arena_alloc(a, 1, sizeof *n);

    *n = (struct name_record){
        .all = all,
        .part = part,
        .look = { .dns = run->watch.dns,
                  .name = part->name,
                  .want = want_of(all, part->name),
                  .now = clock_now_s() },
    };
    if (!all->account) {
        no_account(n);
        return;
    }
    const char *text = persist_text(a, &n->look.want);
    if (text)
        part->record = persist_line(a, persist_owner(a, part->name), text);
    if (issue_skips(run->request->options, "dns01"))
        return;
    n->look.dns.loop = all->loop;
    n->look.dns.connect_to = run->request->options->connect_to;
    all->open++;
    persist_look(&n->look, on_own, n);
}

/* One for the domain, where all names are in it and there are several. */
static const char *shared(const struct persist_looks *all)
{
    const struct issue_order *o = all->run->request->order;
    struct arena *a = all->run->arena;
    const char *domain =
        o->names_len > 1 ? name_domain(a, name_base(o->names[0])) : NULL;
    size_t bases = 0;

    for (size_t i = 0; domain && i < o->names_len; i++) {
        if (!name_same_domain(domain, name_base(o->names[i])))
            return NULL;
        bases += strcmp(name_base(o->names[i]), domain) != 0;
    }
    if (!domain || !bases)
        return NULL;
    struct persist_want want = want_of(all, domain);
    want.wildcard = true;
    const char *text = persist_text(a, &want);
    return text ? persist_line(a, persist_owner(a, domain), text) : NULL;
}

static bool look(struct persist_looks *all, struct err *err)
{
    struct preflight_run *run = all->run;

    if (!loop_new(&all->loop, err))
        return false;
    all->open = 1;
    for (size_t i = 1; i < run->out->len; i++)
        begin(all, &run->out->parts[i]);
    bool ran = !--all->open || loop_run(all->loop, err);
    loop_free(all->loop);
    return ran;
}

bool preflight_persist(struct preflight_run *run, struct err *err)
{
    struct persist_looks all = { .run = run };

    if (!preflight_is_persistent(run->request->order) || !run->out->len)
        return true;
    all.account = run->looks[0].survey->ordered.account;
    run->request->order->ways.shared = shared(&all);
    return look(&all, err);
}
