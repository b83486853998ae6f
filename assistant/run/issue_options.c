#include "run/issue_options.h"

#include <stddef.h>
#include <string.h>
#include <strings.h>

#include "act/deploy.h"
#include "act/hook.h"
#include "net/connect_to.h"

#define AT(field) offsetof(struct issue_options, field)

const struct issue_check issue_checks[] = {
    { "names", "may a public CA certify these names?", false },
    { "dns", "do the names lead to addresses, on every name server?", true },
    { "dnssec", "do the signatures of their zones hold?", true },
    { "caa", "do CAA records allow this CA and this challenge?", true },
    { "dns01", "would the TXT record of a proof be found?", true },
    { "dane", "would the new key fit the TLSA records of the names?", false },
    { "port80", "is port 80 within reach, on every address?", true },
    { "limits", "what this machine has spent of the CA's rate limits", false },
    { "store", "may a certificate be put into the store?", false },
    { "ca", "does the CA answer, and offer what is wanted?", true },
    { "clock", "does this machine's clock agree with the CA's?", true },
    { "served-key", "is a key that is kept the one in use?", false },
    { "deploy-look", "afterwards: do all ports show the new certificate?",
      true },
    { NULL, NULL, false },
};

static bool add_skip(struct arena *a, void *into, const char *value,
                     struct err *err)
{
    struct issue_options *o = into;
    struct buf known;

    buf_init(&known, a, 200);
    for (const struct issue_check *c = issue_checks; c->name; c++) {
        if (strcmp(c->name, value) == 0) {
            text_list_add(a, &o->skip, value);
            return true;
        }
        buf_printf(&known, "%s%s", known.len ? ", " : "", c->name);
    }
    return err_set(err, ERR_USAGE, "one of %s was wanted, not \"%s\"",
                   known.text, value);
}

static bool add_program(struct arena *a, void *into, const char *value,
                        struct err *err)
{
    struct issue_options *o = into;

    if (!hook_find(a, value))
        return err_set(err, ERR_USAGE,
                       "a program was wanted; \"%s\" is none, or may not be "
                       "run",
                       value);
    text_list_add(a, &o->programs, value);
    return true;
}

static bool has_word(const char *name, size_t len, const char *word)
{
    for (size_t i = 0; i + strlen(word) <= len; i++)
        if (strncasecmp(name + i, word, strlen(word)) == 0)
            return true;
    return false;
}

/* It is written down in clear, and every user of this machine may see the
 * command line. */
static bool is_secret(const char *name, size_t len)
{
    static const char *const words[] = {
        "password", "passwd", "passphrase",  "secret",    "token",
        "api_key",  "apikey", "private_key", "credential"
    };

    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (has_word(name, len, words[i]))
            return true;
    return false;
}

static bool add_env(struct arena *a, void *into, const char *value,
                    struct err *err)
{
    static const char letters[] =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz_0123456789";
    struct issue_options *o = into;
    size_t len = strspn(value, letters);

    if (!len || value[len] != '=' || strchr("0123456789", value[0]))
        return err_set(err, ERR_USAGE, "NAME=VALUE was wanted, not \"%.100s\"",
                       value);
    if (strncmp(value, "CERTMEND_", strlen("CERTMEND_")) == 0 ||
        strncmp(value, "RENEWED_", strlen("RENEWED_")) == 0)
        return err_set(err, ERR_USAGE, "%.*s is set by certmend itself",
                       (int)len, value);
    if (is_secret(value, len))
        return err_set(err, ERR_USAGE,
                       "%.*s looks like a secret, and would be written down "
                       "in clear: put it into a file that the hook reads",
                       (int)len, value);
    text_list_add(a, &o->hook_env, value);
    return true;
}

static bool add_reload(struct arena *a, void *into, const char *value,
                       struct err *err)
{
    struct issue_options *o = into;
    struct buf known;

    if (deploy_find(value)) {
        text_list_add(a, &o->reloads, value);
        return true;
    }
    buf_init(&known, a, 200);
    for (const struct deploy_server *s = deploy_servers; s->name; s++)
        buf_printf(&known, "%s%s", known.len ? ", " : "", s->name);
    return err_set(err, ERR_USAGE, "one of %s was wanted, not \"%s\"",
                   known.text, value);
}

static bool add_route(struct arena *a, void *into, const char *value,
                      struct err *err)
{
    struct issue_options *o = into;

    return connect_to_add(a, &o->connect_to, value, err);
}

/* A folder may have a "=" in its name; a host name has none. */
static bool add_webroot(struct arena *a, void *into, const char *value,
                        struct err *err)
{
    struct issue_options *o = into;
    const char *dir = strstr(value, "=/");
    const char *name = NULL;

    if (!dir || memchr(value, '/', (size_t)(dir - value))) {
        o->webroot = value;
        return true;
    }
    if (!options_name(a, arena_text_n(a, value, (size_t)(dir - value)), &name,
                      err))
        return false;
    text_list_add(a, &o->roots, arena_printf(a, "%s%s", name, dir));
    return true;
}

const struct option_row issue_option_rows[] = {
    { .name = "apply",
      .about = "do it; without, the plan is shown and nothing is done",
      .at = AT(apply) },
    { .name = "rehearse",
      .about = "do it with the CA's staging and throw the result away",
      .at = AT(rehearse) },
    { .name = "ca",
      .value = "NAME|URL",
      .about = "letsencrypt (default), zerossl, google, or a directory",
      .at = AT(ca) },
    { .name = "ca-file",
      .value = "FILE",
      .about = "trust these roots for the CA's own https",
      .at = AT(ca_file) },
    { .name = "store",
      .value = "DIR",
      .about = "where certificates live; default /etc/certmend for root",
      .at = AT(store) },
    { .name = "email",
      .value = "ADDRESS",
      .about = "contact for a new account; not needed",
      .at = AT(email) },
    { .name = "challenge",
      .value = "TYPE",
      .about = "auto (default), http-01, dns-01, tls-alpn-01, dns-persist-01",
      .at = AT(challenge) },
    { .name = "webroot",
      .value = "DIR",
      .about = "a web server on port 80 serves this folder; NAME=/DIR: "
               "another one for this name, repeatable",
      .set = add_webroot },
    { .name = "listen",
      .value = "ADDR:PORT",
      .about = "where certmend answers itself; default port 80, or 443",
      .at = AT(listen) },
    { .name = "dns-hook",
      .value = "PROGRAM",
      .about = "adds and removes TXT and TLSA records; see examples/hooks",
      .at = AT(dns_hook) },
    { .name = "dns-wait",
      .value = "SECONDS",
      .about = "for the record to be on every server; default 300",
      .at = AT(dns_wait) },
    { .name = "key-type",
      .value = "TYPE",
      .about = "ec256 (default), ec384, rsa2048, rsa3072, rsa4096",
      .at = AT(key_type) },
    { .name = "keep-key",
      .about = "use the key of the certificate that is there (for DANE); "
               "without one nothing is ordered",
      .at = AT(keep_key) },
    { .name = "profile",
      .value = "NAME",
      .about = "one of those that \"certmend acme profiles\" lists",
      .at = AT(profile) },
    { .name = "eab-kid",
      .value = "ID",
      .about = "external account binding: the key's name",
      .at = AT(eab_kid) },
    { .name = "eab-key",
      .value = "FILE",
      .about = "the key itself, base64url, in the first line",
      .at = AT(eab_key) },
    { .name = "deploy-hook",
      .value = "PROGRAM",
      .about = "run when the certificate is live; repeatable",
      .set = add_program },
    { .name = "hook-env",
      .value = "NAME=VALUE",
      .about = "for the deploy hooks, at renewals too; no secrets; repeatable",
      .set = add_env },
    { .name = "key-group",
      .value = "GROUP",
      .about = "may read the key and its folder, at renewals too",
      .at = AT(key_group) },
    { .name = "reload",
      .value = "SERVER",
      .about = "postfix, dovecot, nginx, apache; exim, haproxy: not their "
               "copies, for these there are hooks",
      .set = add_reload },
    { .name = "skip",
      .value = "CHECK",
      .about =
          "names, dns, dnssec, caa, dns01, dane, port80, limits, store, ca, "
          "clock, served-key, or deploy-look (afterwards: do all ports show "
          "the new "
          "certificate?); repeatable",
      .set = add_skip },
    { .name = "from",
      .value = "REPORT",
      .about = "the names of the plan in a saved JSON report",
      .at = AT(from) },
    { .name = "resolver",
      .value = "ADDR[:PORT]",
      .about = "ask this DNS server instead of the system's",
      .at = AT(resolver) },
    { .name = "connect-to",
      .value = "H:P:ADDR:P",
      .about = "go there instead, as curl's; repeatable",
      .set = add_route },
    { .letter = 'q', .name = "quiet", .about = "no progress", .at = AT(quiet) },
    { .letter = 'v',
      .name = "verbose",
      .about = "more of it",
      .at = AT(verbose) },
    { .name = NULL },
};

const struct option_row issue_key_rows[] = {
    { .name = "key",
      .value = "FILE",
      .about = "use this private key, now and at renewals (for DANE)",
      .at = AT(key) },
    { .name = "passphrase-file",
      .value = "FILE",
      .about = "its first line opens the key; else the terminal is asked",
      .at = AT(passphrase_file) },
    { .name = NULL },
};

bool issue_skip_lasts(const char *check)
{
    for (const struct issue_check *c = issue_checks; c->name; c++)
        if (strcmp(c->name, check) == 0)
            return c->lasts;
    return false;
}

bool issue_skips(const struct issue_options *o, const char *check)
{
    for (size_t i = 0; i < o->skip.len; i++)
        if (strcmp(o->skip.text[i], check) == 0)
            return true;
    return false;
}

void issue_options_follow(struct issue_options *o,
                          const struct wanted_names *names)
{
    if (names->keep_key && !o->key && !o->key_type)
        o->keep_key = true;
    if (!o->challenge && !o->dns_hook && !o->webroot && !o->listen &&
        !o->roots.len)
        o->challenge = names->challenge;
}

bool issue_ca_is_url(const struct issue_options *o)
{
    return o->ca && strchr(o->ca, '/');
}

enum log_level issue_log_level(const struct issue_options *o)
{
    if (o->quiet)
        return LOG_QUIET;
    return o->verbose ? LOG_VERBOSE : LOG_NORMAL;
}
