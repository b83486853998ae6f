#include "run/options_to_words.h"

#include "advise/recheck.h"
#include "net/connect_to.h"

enum { OPTIONS_MAX = 16 * 1024 };

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
    for (size_t i = 0; i < p->connect_to.len; i++)
        recheck_option(&b, "--connect-to",
                       connect_to_text(a, &p->connect_to.rules[i]));
    if (p->proxy)
        recheck_option(&b, "--proxy", proxy_text(a, p->proxy));
    return b.text;
}
