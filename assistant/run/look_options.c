#include "run/look_options.h"

#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "advise/software.h"
#include "base/clock.h"
#include "base/log.h"
#include "base/term.h"
#include "model/service.h"
#include "net/connect_to.h"
#include "run/expect_file.h"

static const struct word formats[] = {
    { "text", FORMAT_TEXT },     { "json", FORMAT_JSON },
    { "jsonl", FORMAT_JSONL },   { "html", FORMAT_HTML },
    { "table", FORMAT_TABLE },   { "csv", FORMAT_CSV },
    { "nagios", FORMAT_NAGIOS }, { "openmetrics", FORMAT_OPENMETRICS },
    { NULL, FORMAT_COUNT },
};

static bool set_format(struct arena *a, void *into, const char *value,
                       struct err *err)
{
    struct look_options *o = into;
    int code = table_code(formats, value);

    (void)a;
    if (code == FORMAT_COUNT)
        return err_set(err, ERR_USAGE,
                       "text, json, jsonl, html, table, csv, nagios or "
                       "openmetrics was wanted, not \"%s\"",
                       value);
    o->format = (enum format)code;
    return true;
}

/* "30" is days, "33%" of the certificate's own lifetime. */
static bool read_limit(struct arena *a, const char *value,
                       struct report_limit *out, struct err *err)
{
    size_t len = strlen(value);
    bool percent = len > 1 && value[len - 1] == '%';
    const char *number = percent ? arena_text_n(a, value, len - 1) : value;
    long least = 0;

    if (!options_number(number, 0, percent ? 100 : 36500, &least, err))
        return err_add(err, "days, or a percentage of the lifetime");
    *out = (struct report_limit){ .given = true,
                                  .percent = percent,
                                  .least = least };
    return true;
}

static bool set_warning(struct arena *a, void *into, const char *value,
                        struct err *err)
{
    return read_limit(a, value, &((struct look_options *)into)->limits.warn,
                      err);
}

static bool set_critical(struct arena *a, void *into, const char *value,
                         struct err *err)
{
    return read_limit(a, value, &((struct look_options *)into)->limits.critical,
                      err);
}

static bool set_role(struct arena *a, void *into, const char *value,
                     struct err *err)
{
    struct look_options *o = into;
    int code = table_code(role_words, value);

    (void)a;
    if (code == ROLE_COUNT)
        return err_set(err, ERR_USAGE,
                       "mua, mx or https was wanted, not \"%s\"", value);
    o->role = (enum role)code;
    o->role_given = true;
    return true;
}

static bool set_port(struct arena *a, void *into, const char *value,
                     struct err *err)
{
    struct look_options *o = into;
    long port = 0;

    (void)a;
    if (!options_number(value, 1, UINT16_MAX, &port, err))
        return false;
    o->port = (uint16_t)port;
    return true;
}

static bool set_service(struct arena *a, void *into, const char *value,
                        struct err *err)
{
    struct look_options *o = into;
    const struct service *service = service_find(value);
    struct buf known;

    if (service) {
        o->service = service->name;
        return true;
    }
    buf_init(&known, a, 200);
    for (const struct service *s = services; s->name; s++)
        buf_printf(&known, "%s%s", s == services ? "" : ", ", s->name);
    return err_set(err, ERR_USAGE, "one of %s was wanted, not \"%s\"",
                   known.text, value);
}

static bool set_sni(struct arena *a, void *into, const char *value,
                    struct err *err)
{
    return options_name(a, value, &((struct look_options *)into)->sni, err);
}

static bool set_software(struct arena *a, void *into, const char *value,
                         struct err *err)
{
    return software_read(a, value, &((struct look_options *)into)->software,
                         err);
}

static bool set_now(struct arena *a, void *into, const char *value,
                    struct err *err)
{
    (void)a;
    return clock_parse(value, &((struct look_options *)into)->now_s, err);
}

static bool set_timeout(struct arena *a, void *into, const char *value,
                        struct err *err)
{
    long seconds = 0;

    (void)a;
    if (!options_number(value, 1, 24L * HOUR_S, &seconds, err))
        return false;
    ((struct look_options *)into)->probe.budget_ms = seconds * 1000;
    return true;
}

static bool set_jobs(struct arena *a, void *into, const char *value,
                     struct err *err)
{
    long jobs = 0;

    (void)a;
    if (!options_number(value, 1, 100000, &jobs, err))
        return false;
    ((struct look_options *)into)->probe.jobs = (size_t)jobs;
    return true;
}

static bool set_rate(struct arena *a, void *into, const char *value,
                     struct err *err)
{
    struct look_options *o = into;
    long rate = 0;

    (void)a;
    if (!options_number(value, 1, 100000, &rate, err))
        return false;
    o->probe.a_second = (size_t)rate;
    return true;
}

static bool set_connect_to(struct arena *a, void *into, const char *value,
                           struct err *err)
{
    struct look_options *o = into;

    return connect_to_add(a, &o->probe.connect_to, value, err);
}

static bool set_proxy(struct arena *a, void *into, const char *value,
                      struct err *err)
{
    struct look_options *o = into;
    struct proxy *proxy = arena_alloc(a, 1, sizeof *proxy);

    o->probe.proxy = proxy;
    return proxy_read(a, value, proxy, err);
}

static bool set_expect(struct arena *a, void *into, const char *value,
                       struct err *err)
{
    struct look_options *o = into;

    o->expect = value;
    return expect_file_read(a, value, &o->expected, &o->expected_as, err);
}

#define AT(field) offsetof(struct look_options, field)

const struct option_row look_option_rows[] = {
    { .name = "format",
      .value = "FORMAT",
      .about = "text, json, jsonl, html, table, csv, nagios or openmetrics",
      .set = set_format },
    { .name = "warning",
      .letter = 'w',
      .value = "DAYS",
      .about = "nagios: warn below so many days, or 33% of the lifetime",
      .set = set_warning },
    { .name = "critical",
      .letter = 'c',
      .value = "DAYS",
      .about = "nagios: the same, for what cannot wait",
      .set = set_critical },
    { .name = "port",
      .value = "PORT",
      .about = "look at this port only",
      .set = set_port },
    { .name = "service",
      .value = "NAME",
      .about = "smtp, submission, imaps, ..., lmtp, xmpp, xmpps",
      .set = set_service },
    { .name = "domain",
      .about = "TARGET is a mail domain: look at its MX hosts",
      .at = AT(domain) },
    { .name = "role",
      .value = "mua|mx|https",
      .about = "who connects: decides how grave a fault is",
      .set = set_role },
    { .name = "name",
      .value = "NAME",
      .about = "judge the certificate against this name",
      .at = AT(name) },
    { .name = "sni",
      .value = "NAME",
      .about = "send this server name in the TLS handshake",
      .set = set_sni },
    { .name = "no-sni", .about = "send no server name", .at = AT(no_sni) },
    { .name = "ip4",
      .letter = '4',
      .about = "IPv4 only",
      .at = AT(probe.no_ip6) },
    { .name = "ip6",
      .letter = '6',
      .about = "IPv6 only",
      .at = AT(probe.no_ip4) },
    { .name = "ca-file",
      .value = "FILE",
      .about = "trust the roots in FILE and no others",
      .at = AT(ca_file) },
    { .name = "resolver",
      .value = "ADDR[:PORT]",
      .about = "ask this DNS server",
      .at = AT(probe.resolver) },
    { .name = "trust-anchor",
      .value = "FILE",
      .about = "validate DNSSEC from this anchor",
      .at = AT(probe.trust_anchor) },
    { .name = "no-dnssec",
      .about = "do not validate DNSSEC",
      .at = AT(probe.no_dnssec) },
    { .name = "connect-to",
      .value = "HOST:PORT:ADDR:PORT",
      .about = "go there instead; repeatable",
      .set = set_connect_to },
    { .name = "proxy",
      .value = "URL",
      .about = "go through socks5://[USER:PASSWORD@]HOST:PORT, or http://",
      .set = set_proxy },
    { .name = "ehlo",
      .value = "NAME",
      .about = "the name that certmend gives itself to SMTP servers",
      .at = AT(probe.ehlo) },
    { .name = "timeout",
      .value = "SECONDS",
      .about = "the whole time for one target",
      .set = set_timeout },
    { .name = "jobs",
      .value = "N",
      .about = "connections in flight, all targets together",
      .set = set_jobs },
    { .name = "rate",
      .value = "N",
      .about = "connections begun in a second, all targets together",
      .set = set_rate },
    { .name = "now",
      .value = "TIME",
      .about = "judge as of this time, 2026-11-23T12:00:00Z",
      .set = set_now },
    { .name = "save",
      .value = "FILE",
      .about = "keep what was seen, for \"certmend judge\"",
      .at = AT(save) },
    { .name = "expect",
      .value = "FILE",
      .about = "this certificate should be served: say where it is not",
      .set = set_expect },
    { .name = "revocation",
      .about = "ask whether certificates were revoked",
      .at = AT(revocation) },
    { .name = "rules",
      .value = "DIR",
      .about = "use this rule table",
      .at = AT(rules) },
    { .name = "templates",
      .value = "DIR",
      .about = "use these texts",
      .at = AT(templates) },
    { .name = "software",
      .value = "NAME",
      .about = "the server's software, e.g. postfix,dovecot; \"certmend "
               "explain software\" lists them",
      .set = set_software },
    { .name = "quiet",
      .letter = 'q',
      .about = "no notes on standard error",
      .at = AT(quiet) },
    { .name = "verbose",
      .letter = 'v',
      .about = "say what is being done",
      .at = AT(verbose) },
    { .name = "no-color",
      .about = "no colour, on a terminal too",
      .at = AT(no_color) },
    { .name = NULL },
};

void look_options_init(struct look_options *o)
{
    *o = (struct look_options){
        .probe = { .budget_ms = PROBE_BUDGET_MS, .jobs = PROBE_JOBS },
    };
}

bool look_options_agree(const struct look_options *o, struct err *err)
{
    const struct report_limit *w = &o->limits.warn, *c = &o->limits.critical;

    if ((w->given || c->given) && o->format != FORMAT_NAGIOS)
        return err_set(err, ERR_USAGE,
                       "-w and -c are for monitoring: with --format nagios");
    if (w->given && c->given && w->percent == c->percent && c->least > w->least)
        return err_set(err, ERR_USAGE,
                       "-c is for what cannot wait: it has to be less than -w, "
                       "and %ld is more than %ld",
                       c->least, w->least);
    return true;
}

void look_options_settle(const struct look_options *o)
{
    if (o->no_color)
        term_no_color();
    if (o->quiet || o->verbose)
        log_level_set(o->quiet ? LOG_QUIET : LOG_VERBOSE);
}
