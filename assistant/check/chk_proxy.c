#include "check/check.h"

#include <string.h>

#include "check/cell_rules.h"
#include "check/finding_text.h"
#include "check/role.h"
#include "facts/knowledge.h"
#include "facts/proxied.h"

enum { PROXIED };

static const struct finding_def finds[] = {
    [PROXIED] = {
        "mx.cdn_proxied",
        "The name leads to a web proxy that passes no mail",
        "Such a proxy takes web pages only: neither mail programs nor other "
        "mail servers get through to the server behind it.",
        "https://developers.cloudflare.com/dns/proxy-status/",
    },
    { NULL, NULL, NULL, NULL },
};

static bool is_proxied(const struct survey *s, const struct cell *c)
{
    return proxied_by(s, c) != NULL;
}

/* "mail.example.com" is there for mail. */
static bool is_mail_name(const struct survey *s, const char *host)
{
    const struct known *k = &knowledge_of(s)->known;

    for (size_t i = 0; i < k->hosts_len; i++) {
        size_t len = strlen(k->hosts[i].label);
        if (!k->hosts[i].is_settings && host[len] == '.' &&
            strncmp(host, k->hosts[i].label, len) == 0)
            return true;
    }
    return false;
}

/* Of any other name nobody said that there is mail. */
static enum severity severity(const struct survey *s, const struct cell *c)
{
    return is_mail_name(s, c->host) ? SEV_ERROR : role_closed(s, c);
}

static const char *finding_text_proxied(const struct group *g, struct arena *a)
{
    const struct cell *c = group_first(g);

    return arena_printf(a,
                        "%s leads to %s, a machine of %s, and no port of mail "
                        "answers there.",
                        name_for_people(a, c->host),
                        finding_text_addresses(g, a), proxied_by(g->survey, c));
}

static void give_proxy(const struct group *g, struct findings *out,
                       struct finding *f)
{
    finding_text(out, f, "maker", proxied_by(g->survey, group_first(g)));
}

static const struct cell_rule questions[] = {
    { &finds[PROXIED], is_proxied, group_same_host, severity,
      finding_text_proxied, give_proxy },
};

static void run(const struct survey *s, struct findings *out)
{
    cell_rules_apply(s, questions, sizeof questions / sizeof *questions, out);
}

const struct check chk_proxy = {
    .name = "proxy",
    .about = "Do the names of mail lead past the proxies for web pages?",
    .finds = finds,
    .run = run,
};
