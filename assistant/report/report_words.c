#include "report/report_words.h"

#include <assert.h>
#include <string.h>

#include "base/clock.h"
#include "facts/cell_state.h"
#include "facts/client_view.h"
#include "facts/connection_lost.h"
#include "facts/mail_ways.h"

enum { PORTS_TEXT_MAX = 200 };

const char *const report_actors[] = {
    [ACTOR_USER] = "whoever sets up the mail program",
    [ACTOR_YOU] = "whoever runs the server",
    [ACTOR_DNS] = "whoever looks after the DNS",
    [ACTOR_PROVIDER] = "the hosting provider",
    [ACTOR_LOCAL] = "you, on this computer or network",
};
static_assert(sizeof report_actors / sizeof *report_actors == ACTOR_COUNT,
              "words per actor");

const char report_general_steps[] =
    "The server does not say which program it is, so these steps are general. "
    "\"--software postfix,dovecot\" behind the command gives the commands of "
    "these; \"certmend explain software\" lists the names.";

const char *const report_risks[] = {
    [RISK_NONE] = "none",
    [RISK_RELOAD] = "the mail service is reloaded",
    [RISK_OUTAGE] = "a short interruption",
};
static_assert(sizeof report_risks / sizeof *report_risks == RISK_COUNT,
              "words per risk");

const char *const report_proofs[] = {
    [PROOF_NONE] = "Not tried",
    [PROOF_SIMULATED] = "Simulated",
    [PROOF_PROBED] = "Tried from here",
};
static_assert(sizeof report_proofs / sizeof *report_proofs == PROOF_COUNT,
              "words per proof");

static const char *const state_phrases[] = {
    [STATE_VERIFIED] = "right certificate",
    [STATE_FAULTY] = "certificate not right",
    [STATE_NO_TLS] = "no encryption offered",
    [STATE_REFUSED] = "closed",
    [STATE_TIMED_OUT] = "no answer",
    [STATE_CLOSED] = "hangs up",
    [STATE_NONSENSE] = "talks something else",
    [STATE_ALERTED] = "breaks off the handshake",
    [STATE_NOT_TRIED] = "not reachable from here",
};
static_assert(sizeof state_phrases / sizeof *state_phrases == STATE_COUNT,
              "words per state");

/* Where a fault costs confidence; NULL: it goes without saying. */
static const char *const who_phrases[REACH_COUNT] = {
    [REACH_PUBLISHED] = "where mail programs are told to go",
    [REACH_SPARE] = "where mail programs are told to go second",
    [REACH_MAIL_HOST] = "on a mail server of the domain",
    [REACH_GUESS] = "under a name that programs only try",
    [REACH_FILTER] = "on somebody else's mail filter",
    [REACH_EXCHANGER] = "where servers deliver first",
    [REACH_BACKUP] = "where servers deliver if the first fails",
    [REACH_PORT_25] = "where other servers deliver",
    [REACH_WEB] = "on the port of the web",
    [REACH_DOMAIN] = "for everybody",
};

const char *report_asked(const struct report *r)
{
    const struct target *t = &r->survey->target;

    if (t->kind == TARGET_FILE)
        return t->input;
    return t->kind == TARGET_DOMAIN && t->domain ? t->domain : t->host;
}

size_t report_count(const struct report *r, enum severity severity)
{
    size_t n = 0;

    for (size_t i = 0; i < r->findings->len; i++)
        n += r->findings->items[i].severity == severity &&
             !plan_part_of(r->plan, i);
    return n;
}

const struct finding *report_gravest(const struct report *r)
{
    for (size_t i = 0; i < r->findings->len; i++)
        if (r->findings->items[i].severity != SEV_INFO &&
            !plan_part_of(r->plan, i))
            return &r->findings->items[i];
    return NULL;
}

/* "1 of 7 places, where programs are told to go" */
static const char *hit_phrase(struct arena *a, const struct deduction *d)
{
    const char *who = who_phrases[d->who];

    if (d->of < 2)
        return who;
    return arena_printf(a, "%zu of %zu places%s%s", d->hit, d->of,
                        who ? ", " : "", who ? who : "");
}

const char *report_deduction(struct arena *a, const struct report *r,
                             const struct deduction *d)
{
    const char *title = r->findings->items[d->finding].def->title;
    const char *hit = hit_phrase(a, d);

    return hit ? arena_printf(a, "%s (%s)", title, hit) : title;
}

/* Of one kind as many as this are told, the rest is counted. */
enum { ALIKE_TOLD = 3 };

/* "Title: detail", the title where it is not the whole's own. */
static const char *part_told(struct arena *a, const struct finding *whole,
                             const struct finding *part)
{
    return part->def == whole->def
               ? part->detail
               : arena_printf(a, "%s: %s", part->def->title, part->detail);
}

struct text_list report_parts(struct arena *a, const struct report *r,
                              const struct finding *whole)
{
    struct text_list told = { 0 };
    const struct finding *last = NULL;
    size_t alike = 0, more = 0;

    for (size_t i = 0; i < r->findings->len; i++) {
        const struct finding *f = &r->findings->items[i];
        if (plan_part_of(r->plan, i) != whole)
            continue;
        alike = last && f->def == last->def ? alike + 1 : 1;
        last = f;
        if (alike <= ALIKE_TOLD)
            text_list_add_new(a, &told, part_told(a, whole, f));
        else
            more++;
    }
    if (more)
        text_list_add(a, &told,
                      arena_printf(a, "And %zu more of that kind.", more));
    return told;
}

const struct cell *report_compared(const struct report *r)
{
    const struct survey *s = r->survey;
    const struct cell *found = NULL;

    for (size_t i = 0; i < r->findings->len; i++) {
        const struct finding *f = &r->findings->items[i];
        for (size_t k = 0; k < f->cells_len && f->severity != SEV_INFO; k++) {
            const struct cell *c = &s->cells[f->cells[k]];
            if (!cell_leaf(s, c) || !c->reference)
                continue;
            if (!c->verdict.name_ok)
                return c;
            found = found ? found : c;
        }
    }
    return found;
}

static const char *problem_sentence(struct arena *a, const struct report *r)
{
    size_t errors = report_count(r, SEV_ERROR);
    size_t warnings = report_count(r, SEV_WARNING);
    const char *asked = report_asked(r);

    if (errors == 1)
        return arena_printf(a, "One thing is wrong with %s.", asked);
    if (errors)
        return arena_printf(a, "%zu things are wrong with %s.", errors, asked);
    if (warnings == 1)
        return arena_printf(a, "%s works, but one thing needs care.", asked);
    return arena_printf(a, "%s works, but %zu things need care.", asked,
                        warnings);
}

/* Ports that showed the right certificate: "465, 587 and 993". */
static const char *good_ports(struct arena *a, const struct report *r)
{
    const struct survey *s = r->survey;
    struct text_list ports = { 0 };
    struct buf out;

    for (size_t i = 0; i < s->cells_len; i++) {
        const struct cell *c = &s->cells[i];
        if (client_view_counts(s, c) && cell_state(s, c) == STATE_VERIFIED)
            text_list_add_new(a, &ports,
                              arena_printf(a, "%u", (unsigned)c->port));
    }
    buf_init(&out, a, PORTS_TEXT_MAX);
    text_list_tell(&out, ports.text, ports.len);
    return out.text;
}

static const char *good_sentence(struct arena *a, const struct report *r)
{
    const char *ports = good_ports(a, r);

    if (r->survey->target.kind == TARGET_FILE)
        return arena_printf(a, "All is well with %s.", report_asked(r));
    if (!*ports)
        return arena_printf(a, "Nothing is wrong with %s.", report_asked(r));
    if (r->survey->ways)
        return arena_printf(a,
                            "All is well with the mail servers of %s, as far "
                            "as they were looked at.",
                            report_asked(r));
    return arena_printf(a,
                        "All is well with %s: the right certificate on "
                        "port%s %s.",
                        report_asked(r), strchr(ports, ' ') ? "s" : "", ports);
}

/* Why there was nothing to be seen. */
static const char *unseen_why(const struct survey *s)
{
    static const char *const why[] = {
        [CONNECTION_HOLDS] = "nothing answered here",
        [CONNECTION_NO_ROUTE] = "this computer has no connection",
        [CONNECTION_NO_RESOLVER] = "no name server answers this computer",
    };

    for (size_t i = 0; i < s->cells_len; i++)
        if (cell_held_back(&s->cells[i].connect))
            return cell_held_back(&s->cells[i].connect);
    return why[connection_lost(s)];
}

const char *report_sentence(struct arena *a, const struct report *r)
{
    enum verdict_word verdict = report_verdict(r);

    if (verdict == VERDICT_PROBLEMS)
        return problem_sentence(a, r);
    if (verdict == VERDICT_OK)
        return good_sentence(a, r);
    return arena_printf(a,
                        "%s could not be looked at: %s. That says nothing "
                        "about its certificate.",
                        report_asked(r), unseen_why(r->survey));
}

static const char *date_phrase(const struct survey *s, const struct cell *c)
{
    const struct cert *leaf = cell_leaf(s, c);

    if (s->judged_at > leaf->not_after)
        return ", expired";
    if (s->judged_at < leaf->not_before)
        return ", not valid yet";
    return cell_dates_hold(s, c) || !c->verdict.trusted
               ? ""
               : ", an authority above it has expired";
}

const char *report_cell_words(struct arena *a, const struct survey *s,
                              const struct cell *c)
{
    enum cell_state state = cell_state(s, c);
    struct buf out;

    if (state == STATE_REFUSED && c->connect.outcome == OUTCOME_OK)
        return "turns us away";
    if (state == STATE_TIMED_OUT && c->connect.outcome == OUTCOME_OK)
        return "open, but silent";
    if (state == STATE_NO_TLS && c->wants_tls)
        return "wants TLS at once";
    if (cell_proxy_words(&c->connect))
        return "not looked at: the proxy is in the way";
    if (cell_held_back(&c->connect))
        return "not looked at";
    if (state != STATE_FAULTY)
        return state_phrases[state];
    if (!cell_leaf(s, c))
        return "unreadable certificate";
    buf_init(&out, a, 100);
    if (c->reference && !c->verdict.name_ok)
        buf_text(&out, ", wrong name");
    if (!c->verdict.trusted)
        buf_text(&out,
                 c->verdict.repaired ? ", chain incomplete" : ", not trusted");
    buf_text(&out, date_phrase(s, c));
    buf_text(&out, cell_is_revoked(s, c) ? ", revoked" : "");
    return out.len ? out.text + 2 : state_phrases[state];
}

static const char *const source_phrases[WAY_SOURCE_COUNT] = {
    [WAY_AUTOCONFIG] = "settings file", [WAY_AUTODISCOVER] = "Autodiscover",
    [WAY_SRV] = "SRV record",           [WAY_MX] = "mail server of the domain",
    [WAY_GUESS] = "usual name",
};

const char *report_cell_source(const struct survey *s, const struct cell *c)
{
    const struct mail_way *way = mail_way_of(s, c);

    if (!way)
        return "MX record";
    if (way->is_providers)
        return "settings file of the provider";
    return way->by_star ? "usual name, by a wildcard record"
                        : source_phrases[way->source];
}

const char *report_cell_days(struct arena *a, const struct survey *s,
                             const struct cell *c)
{
    const struct cert *leaf = cell_leaf(s, c);
    int64_t left_s = leaf ? leaf->not_after - s->judged_at : -1;
    long long days = left_s / DAY_S;

    return left_s < 0 ? ""
                      : arena_printf(a, ", %lld day%s left", days,
                                     days == 1 ? "" : "s");
}

const char *report_leaf_name(const struct survey *s, const struct cell *c)
{
    const struct cert *leaf = cell_leaf(s, c);

    if (!leaf)
        return NULL;
    if (leaf->dns_names.len)
        return leaf->dns_names.text[0];
    return leaf->ip_names.len ? leaf->ip_names.text[0] : leaf->subject_cn;
}

struct text_list report_where(struct arena *a, const struct survey *s,
                              const struct finding *f)
{
    struct text_list where = { 0 };

    for (size_t i = 0; i < f->cells_len; i++) {
        const struct cell *c = &s->cells[f->cells[i]];
        text_list_add_new(a, &where,
                          c->port ? cell_where(a, c) : s->target.input);
    }
    if (!where.len && f->subject)
        text_list_add_new(a, &where, f->subject);
    return where;
}

const char *report_day(struct arena *a, int64_t when_s)
{
    const char *text = clock_text(a, when_s);

    return arena_text_n(a, text, strcspn(text, "T"));
}
