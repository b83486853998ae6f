#include "run/target_run.h"

#include <string.h>

#include "base/clock.h"
#include "base/json_file.h"
#include "base/log.h"
#include "facts/connection_lost.h"
#include "facts/mail_ways.h"
#include "model/name.h"
#include "model/probe_request.h"
#include "model/service.h"
#include "model/survey_json.h"
#include "net/connect_to.h"
#include "prove/domain_requests.h"
#include "prove/prove.h"
#include "run/look_file.h"

/* A PTR or MX answer names candidates; they are looked up, then looked at. Of a
 * domain the records name files, the files redirect, and then name hosts. */
enum { PASSES_MAX = 7, DNS_ROUNDS_MAX = 3, SURVEY_MAX = 128 * 1024 * 1024 };

static void fail(struct target_run *e)
{
    e->failed = true;
    e->done(e);
}

static bool save(struct target_run *e)
{
    const char *path = e->evaluation->options->save;

    return !path ||
           json_file_write(e->arena, path, survey_to_json(e->arena, e->survey),
                           SURVEY_MAX, FILE_PUBLIC, &e->err);
}

static void finish(struct target_run *e, const struct findings *found)
{
    if (!evaluation_survey(e->evaluation, e->survey, found, &e->report,
                           &e->err) ||
        !save(e))
        fail(e);
    else
        e->done(e);
}

/* ---- a bare name that is a mail domain ---- */

static bool answers_mail(const struct survey *s)
{
    for (size_t i = 0; i < s->cells_len; i++) {
        const struct cell *c = &s->cells[i];
        if (c->port != PORT_HTTPS && c->connect.outcome == OUTCOME_OK)
            return true;
    }
    return false;
}

/* A bare name was typed, and no mail server answers there. */
static bool may_be_domain(const struct survey *s)
{
    const struct target *t = &s->target;

    return t->kind == TARGET_HOST && !t->host_is_ip && !t->port &&
           !t->service && !t->sni && !t->no_sni && !t->name && !answers_mail(s);
}

static bool has_exchanger(const struct survey *s)
{
    const struct dns_answer *mx = survey_answer(s, s->target.host, DNS_MX);

    for (size_t i = 0; mx && i < mx->len; i++)
        if (mx->records[i].host && strcmp(mx->records[i].host, ".") != 0)
            return true;
    return false;
}

/* What was seen so far is a web server's, or nobody's. */
static void become_domain(struct target_run *e)
{
    struct target *t = &e->survey->target;

    log_verbose("%s is a mail domain: looking at its mail servers", t->host);
    t->kind = TARGET_DOMAIN;
    t->domain = t->host;
    if (!e->evaluation->options->role_given)
        t->role = ROLE_MX;
    for (size_t i = 0; i < e->survey->cells_len; i++)
        e->survey->cells[i].asked = false;
}

static void next_pass(void *arg);

/* Where --connect-to leads elsewhere, the name itself is nobody's business. */
static void ask_addresses(const struct target_run *e, const char *host,
                          struct probe_requests *out)
{
    const struct probe_options *o = &e->evaluation->options->probe;

    if (!host || strcmp(host, ".") == 0 || name_is_ip(host) ||
        strcmp(connect_to_source(&o->connect_to, host, PORT_SMTP), host) != 0)
        return;
    if (!o->no_ip4)
        probe_request_question(out, e->survey, host, DNS_A);
    if (!o->no_ip6)
        probe_request_question(out, e->survey, host, DNS_AAAA);
}

/* The DNS says first where there is something to look at; then all of it is
 * looked at side by side. Only what files name comes later. */
static void look_at_domain(void *arg)
{
    struct target_run *e = arg;
    struct survey *s = e->survey;
    struct probe_requests look = { .arena = e->arena };
    struct probe_requests dns = { .arena = e->arena };

    probe_request_question(&dns, s, s->target.domain, DNS_MX);
    const struct dns_answer *mx = survey_answer(s, s->target.domain, DNS_MX);
    for (size_t i = 0; mx && i < mx->len; i++)
        ask_addresses(e, mx->records[i].host, &dns);
    mail_ways_fill(s);
    domain_requests(s, &look);
    for (size_t i = 0; i < look.questions_len; i++)
        probe_request_question(&dns, s, look.questions[i].name,
                               look.questions[i].type);
    if (dns.questions_len && e->dns_rounds++ < DNS_ROUNDS_MAX)
        probe_more(e->probe, s, &dns, look_at_domain, e);
    else
        probe_first_with(e->probe, s, &look, next_pass, e);
}

/* true: a pass has begun that settles it. */
static bool settle_domain(struct target_run *e)
{
    struct survey *s = e->survey;
    struct probe_requests mx = { .arena = e->arena };

    if (!may_be_domain(s) || connection_lost_dns_is_silent(s))
        return false;
    if (has_exchanger(s)) {
        become_domain(e);
        look_at_domain(e);
        return true;
    }
    probe_request_question(&mx, s, s->target.host, DNS_MX);
    if (mx.questions_len)
        probe_more(e->probe, s, &mx, next_pass, e);
    return mx.questions_len > 0;
}

static void next_pass(void *arg)
{
    struct target_run *e = arg;
    struct probe_requests more = { .arena = e->arena };
    struct findings *found = NULL;

    if (settle_domain(e))
        return;
    e->passes++;
    if (!evaluation_findings(e->evaluation, e->survey, &found, &e->err)) {
        fail(e);
        return;
    }
    if (e->survey->target.kind != TARGET_FILE)
        prove_requests(e->survey, found, &more);
    bool nothing = !more.scans_len && !more.questions_len && !more.fetches_len;
    if (nothing || e->passes >= PASSES_MAX) {
        finish(e, found);
        return;
    }
    log_verbose("looking further: ports %zu, names %zu, files %zu",
                more.scans_len, more.questions_len, more.fetches_len);
    probe_more(e->probe, e->survey, &more, next_pass, e);
}

static bool prepare(struct target_run *e, const char *input)
{
    const struct look_options *o = e->evaluation->options;
    struct target target;

    if (!e->no_files && look_file_is_meant(input)) {
        if (!look_file(e->arena, o, input, &e->survey, &e->err))
            return false;
    } else {
        if (!target_parse(e->arena, input, &target, &e->err) ||
            !look_options_apply(e->arena, o, &target, &e->err))
            return false;
        e->survey = survey_new(e->arena, &target, clock_now_s());
        e->survey->resolver = o->probe.resolver;
    }
    e->survey->target.label = e->label;
    e->survey->knowledge = e->evaluation->knowledge;
    if (o->now_s)
        e->survey->judged_at = o->now_s;
    return true;
}

void target_run_start(struct target_run *e, const char *input)
{
    e->arena = arena_new();
    if (!prepare(e, input)) {
        fail(e);
        return;
    }
    if (e->survey->target.kind == TARGET_FILE) {
        next_pass(e);
        return;
    }
    log_verbose("looking at %s", e->survey->target.host);
    if (e->survey->target.kind == TARGET_DOMAIN)
        look_at_domain(e);
    else
        probe_first(e->probe, e->survey, next_pass, e);
}

void target_run_free(struct target_run *e)
{
    arena_free(e->arena);
    e->arena = NULL;
}

/* The probe tells when nothing is left to do. */
static void ignore(struct target_run *e)
{
    (void)e;
}

bool target_run_look(struct target_run *e, struct evaluation *evaluation,
                     const char *input, struct err *err)
{
    struct probe_options probe = evaluation->options->probe;

    *e = (struct target_run){ .evaluation = evaluation, .done = ignore };
    probe.ca_file = evaluation->options->ca_file; /* for https too */
    if (!probe_new(&probe, &e->probe, err))
        return false;
    target_run_start(e, input);
    bool looked = probe_run(e->probe, err);
    probe_free(e->probe);
    e->probe = NULL;
    if (looked && e->failed) {
        *err = e->err;
        return false;
    }
    return looked;
}

bool target_run_reword(struct target_run *e, struct err *err)
{
    struct findings *found = NULL;

    return evaluation_findings(e->evaluation, e->survey, &found, err) &&
           evaluation_survey(e->evaluation, e->survey, found, &e->report, err);
}
