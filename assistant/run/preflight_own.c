/*
 * preflight_own - what this machine and the CA bring to an order
 */
#include <stdlib.h>
#include <string.h>

#include "act/store_account.h"
#include "act/store_ready.h"
#include "base/clock.h"
#include "base/shell_word.h"
#include "base/text.h"
#include "run/ca_session.h"
#include "run/preflight.h"

enum {
    CLOCK_WARN_S = 60, /* tls-alpn-01 and OCSP tolerate less than TLS */
    CLOCK_BLOCK_S = HOUR_S,
};

static void names(struct preflight_run *run, struct preflight_part *part)
{
    const struct issue_order *o = run->request->order;
    size_t most = ca_names_max(o->ca, o->profile);
    const struct preflight_item item = {
        .check = "names",
        .grade = PREFLIGHT_BLOCK,
        .text = arena_printf(run->arena,
                             "%zu names are too many for one certificate; %zu "
                             "is the most.",
                             o->names_len, most),
        .fix = "Order several certificates.",
    };

    if (o->names_len > most)
        preflight_add(run->out, part, &item);
}

/* Boulder takes a name or the star that covers it, not both. */
static void redundant(struct preflight_run *run, struct preflight_part *part)
{
    const struct issue_order *o = run->request->order;

    for (size_t i = 0; i < o->names_len; i++) {
        const char *name = o->names[i];
        const char *dot = strchr(name, '.');
        const char *star = dot ? arena_printf(run->arena, "*%s", dot) : "";
        if (name_is_wildcard(name) ||
            !text_is_among(star, o->names, o->names_len))
            continue;
        const struct preflight_item item = {
            .check = "names",
            .grade = PREFLIGHT_BLOCK,
            .finding = "acme.name_unissuable",
            .text = arena_printf(run->arena,
                                 "%s stands beside %s, which covers it; most "
                                 "CAs refuse the two together.",
                                 name, star),
            .fix = "Leave that name out: the star covers it.",
        };
        preflight_add(run->out, part, &item);
    }
}

/* One profile was asked for, and addresses are certified by another. */
static void addresses(struct preflight_run *run, struct preflight_part *part)
{
    const struct issue_order *o = run->request->order;
    const char *needed = ca_address_profile(o->ca);
    const struct preflight_item item = {
        .check = "names",
        .grade = PREFLIGHT_BLOCK,
        .finding = "acme.name_unissuable",
        .text = arena_printf(run->arena,
                             "%s certifies addresses by the profile %s only.",
                             o->ca->title, needed ? needed : ""),
        .fix = "Leave --profile out: the right one is chosen by itself.",
    };

    if (!needed || !o->profile || strcmp(o->profile, needed) == 0)
        return;
    for (size_t i = 0; i < o->names_len; i++)
        if (name_is_ip(o->names[i])) {
            preflight_add(run->out, part, &item);
            return;
        }
}

static void limits(struct preflight_run *run, struct preflight_part *part)
{
    const struct rate_limit_log_cost *cost = run->request->cost;
    const struct preflight_item item = {
        .check = "limits",
        .grade = PREFLIGHT_BLOCK,
        .finding = "acme.rate_limited",
        .text = cost->refusal,
        .fix = arena_printf(run->arena, "Wait until %s.",
                            clock_text(run->arena, cost->free_at)),
    };

    if (cost->refusal)
        preflight_add(run->out, part, &item);
}

static void store(struct preflight_run *run, struct preflight_part *part)
{
    const struct store *s = run->request->order->store;
    const char *why = store_not_ready(
        s, store_name(run->arena, run->request->order->names[0]));
    const struct preflight_item shut = {
        .check = "store",
        .grade = PREFLIGHT_BLOCK,
        .text = arena_printf(run->arena,
                             "The certificate could not be put into %s: %s",
                             s->dir, why ? why : ""),
        .fix = "Run certmend as the folder's owner, or give another --store.",
    };
    const struct preflight_item open = {
        .check = "store",
        .grade = PREFLIGHT_WARN,
        .text = arena_printf(run->arena,
                             "The group of %s may write into it, and the keys "
                             "are there.",
                             s->dir),
        .fix = arena_printf(run->arena, "chmod g-w %s",
                            shell_word_path(run->arena, s->dir)),
    };

    if (why)
        preflight_add(run->out, part, &shut);
    if (store_is_shared(s))
        preflight_add(run->out, part, &open);
}

/* `is_shut`: the CA cannot be verified by this clock. True: it is told. */
static bool tell_clock(struct preflight_run *run, struct preflight_part *part,
                       const struct acme *ca, bool is_shut)
{
    int64_t ahead_s = acme_clock_ahead_s(ca);
    int64_t off_s = ahead_s < 0 ? -ahead_s : ahead_s;
    int64_t now_s = clock_now_s();
    const struct preflight_item item = {
        .check = "clock",
        .grade = off_s < CLOCK_BLOCK_S ? PREFLIGHT_WARN : PREFLIGHT_BLOCK,
        .text = arena_printf(run->arena,
                             "This machine's clock says %s, and that of the CA "
                             "%s.",
                             clock_text(run->arena, now_s),
                             clock_text(run->arena, now_s - ahead_s)),
        .fix = "Let the clock be set by NTP.",
        .is_own = is_shut,
    };

    if (off_s <= CLOCK_WARN_S || issue_skips(run->request->options, "clock"))
        return false;
    preflight_add(run->out, part, &item);
    return true;
}

static void profile(struct preflight_run *run, struct preflight_part *part,
                    const struct acme_directory *d)
{
    const char *wanted = run->request->order->profile;
    const struct preflight_item item = {
        .check = "ca",
        .grade = PREFLIGHT_BLOCK,
        .finding = "acme.profile",
        .text = arena_printf(run->arena, "The CA offers no profile \"%s\".",
                             wanted ? wanted : ""),
        .fix = "\"certmend acme profiles\" lists what it offers.",
    };

    if (wanted && !acme_directory_has_profile(d, wanted))
        preflight_add(run->out, part, &item);
}

static void tell_account(struct preflight_run *run, struct preflight_part *part,
                         const struct acme_result *r)
{
    bool is_gone = acme_problem_is(r->problem, "accountDoesNotExist");
    const struct preflight_item item = {
        .check = "ca",
        .grade = is_gone ? PREFLIGHT_WARN : PREFLIGHT_BLOCK,
        .finding = "acme.tos_account",
        .text = arena_text(run->arena, r->why),
        .fix =
            arena_printf(run->arena,
                         is_gone ? "The order makes it again where the CA's "
                                   "terms are the same and it wants no "
                                   "binding; in any case this does: %s"
                                 : "This makes another one, with a key of its "
                                   "own: %s",
                         issue_account_command(run->request->order, !is_gone)),
    };

    preflight_add(run->out, part, &item);
}

/* One that is known here, and not there any more. */
static bool ask_account(struct preflight_run *run, struct preflight_part *part,
                        struct ca_session *session, struct err *err)
{
    const struct issue_order *o = run->request->order;
    struct store_account account;
    struct acme_result r = { .outcome = ACME_WORKED };
    bool asked = true;

    if (!store_account_read(o->store, o->ca->directory, &account, err))
        return false;
    if (account.key) {
        const struct acme_account_request request = { .key = account.key,
                                                      .only_existing = true };
        acme_account_find(session->acme, &request, ca_session_done, session);
        asked = ca_session_wait(session, &r, err);
    }
    /* A key that waits for its account is no fault. */
    bool is_new =
        !account.url && acme_problem_is(r.problem, "accountDoesNotExist");
    if (asked && r.outcome == ACME_REFUSED && !is_new)
        tell_account(run, part, &r);
    store_account_free(&account);
    return asked;
}

/* The session ends before the names are looked at. */
static void take_caa(struct preflight_run *run, const struct acme_directory *d)
{
    const char **names = arena_alloc(run->arena, d->caa_len + 1, sizeof *names);

    for (size_t i = 0; i < d->caa_len; i++)
        names[i] = arena_text(run->arena, d->caa[i]);
    run->caa = (struct text_list){ names, d->caa_len };
}

static bool ask_ca(struct preflight_run *run, struct preflight_part *part,
                   struct err *err)
{
    struct ca_session session = { .loop = NULL };
    struct acme_result r = { .outcome = ACME_FAILED };

    bool asked = ca_session_open(run->request->order, &session, &r, err);
    run->ca_answers = asked && r.outcome == ACME_WORKED;
    if (run->ca_answers) {
        tell_clock(run, part, session.acme, false);
        profile(run, part, acme_directory(session.acme));
        take_caa(run, acme_directory(session.acme));
        asked = ask_account(run, part, &session, err);
    } else if (asked) {
        run->ca_answers = tell_clock(run, part, session.acme, true);
    }
    if (asked && !run->ca_answers) {
        const struct preflight_item item = {
            .check = "ca",
            .grade = PREFLIGHT_WARN,
            .text = arena_text(run->arena, r.why),
            .fix = "Nothing can be ordered until the CA is within reach.",
        };
        preflight_add(run->out, part, &item);
    }
    ca_session_close(&session);
    return asked;
}

bool preflight_own(struct preflight_run *run, struct preflight_part *part,
                   struct err *err)
{
    static const struct {
        const char *check;
        void (*ask)(struct preflight_run *run, struct preflight_part *part);
    } questions[] = {
        { "names", names },   { "names", addresses }, { "names", redundant },
        { "limits", limits }, { "store", store },
    };

    for (size_t i = 0; i < sizeof questions / sizeof *questions; i++)
        if (!issue_skips(run->request->options, questions[i].check))
            questions[i].ask(run, part);
    return !run->request->asks_ca || issue_skips(run->request->options, "ca") ||
           ask_ca(run, part, err);
}
