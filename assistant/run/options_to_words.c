#include "run/options_to_words.h"

#include <string.h>

#include "advise/recheck.h"

enum { OPTIONS_MAX = 16 * 1024 };

static const char *bracketed(struct arena *a, const char *host)
{
    return strchr(host, ':') ? arena_printf(a, "[%s]", host) : host;
}

static const char *port_text(struct arena *a, uint16_t port)
{
    return port ? arena_printf(a, "%u", (unsigned)port) : "";
}

static const char *rule_text(struct arena *a, const struct connect_to *rule)
{
    return arena_printf(a, "%s:%s:%s:%s", bracketed(a, rule->host),
                        port_text(a, rule->port), bracketed(a, rule->to_host),
                        port_text(a, rule->to_port));
}

const char *options_to_words(struct arena *a, const struct look_options *o)
{
    const struct probe_options *p = &o->probe;
    struct buf b;

    buf_init(&b, a, OPTIONS_MAX);
    buf_text(&b, p->no_ip6 ? " -4" : "");
    buf_text(&b, p->no_ip4 ? " -6" : "");
    recheck_option(&b, "--ca-file", o->ca_file);
    recheck_option(&b, "--trust-anchor", p->trust_anchor);
    buf_text(&b, p->no_dnssec ? " --no-dnssec" : "");
    recheck_option(&b, "--ehlo", p->ehlo);
    recheck_option(&b, "--expect", o->expect);
    buf_text(&b, o->revocation ? " --revocation" : "");
    for (size_t i = 0; i < p->connect_to_len; i++)
        recheck_option(&b, "--connect-to", rule_text(a, &p->connect_to[i]));
    return b.text;
}
