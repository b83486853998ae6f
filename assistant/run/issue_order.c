#include <string.h>
#include <unistd.h>

#include "acme/persist_record.h"
#include "act/hook.h"
#include "act/store_rights.h"
#include "base/base64url.h"
#include "base/file.h"
#include "base/log.h"
#include "crypto/key.h"
#include "facts/knowledge.h"
#include "model/name.h"
#include "run/ca_choice.h"
#include "run/issue_options.h"

enum {
    EAB_MAX = 4096,
    DNS_WAIT_S = 300,
    DNS_WAIT_URL_S = 20,
    BY_HAND_S = 3600
};

static const char *const challenges[] = { "http-01", "dns-01", "tls-alpn-01",
                                          PERSIST_TYPE };

static bool read_challenge(const struct issue_options *o, const char **out,
                           struct err *err)
{
    *out = NULL;
    if (!o->challenge || strcmp(o->challenge, "auto") == 0)
        return true;
    for (size_t i = 0; i < sizeof challenges / sizeof *challenges; i++)
        if (strcmp(o->challenge, challenges[i]) == 0) {
            *out = challenges[i];
            return true;
        }
    return err_set(err, ERR_USAGE,
                   "--challenge: auto, http-01, dns-01, tls-alpn-01 or "
                   "dns-persist-01 was wanted, not \"%s\"",
                   o->challenge);
}

static void tell_record(void *arg, bool add, const char *record,
                        const char *value)
{
    (void)arg;
    if (add)
        log_note("please add this TXT record; certmend goes on by itself once "
                 "it is to be seen:\n\n    %s. 300 IN TXT \"%s\"\n",
                 record, value);
    else
        log_note("the TXT record \"%s\" of %s may go now", value, record);
}

/* "NAME=/DIR", as options and certmend.json have them. */
static const struct challenge_root *read_roots(struct arena *a,
                                               const struct issue_options *o)
{
    struct challenge_root *roots =
        arena_alloc(a, o->roots.len + 1, sizeof *roots);
    size_t n = 0;

    for (size_t i = 0; i < o->roots.len; i++) {
        const char *dir = strstr(o->roots.text[i], "=/");
        if (!dir)
            continue;
        roots[n].name =
            arena_text_n(a, o->roots.text[i], (size_t)(dir - o->roots.text[i]));
        roots[n++].dir = dir + 1;
    }
    return roots;
}

static bool read_ways(struct arena *a, const struct issue_options *o,
                      struct challenge_types *out, struct err *err)
{
    long wait_s = o->dns_hook ? DNS_WAIT_S : BY_HAND_S;

    if (issue_ca_is_url(o) && o->dns_hook)
        wait_s = DNS_WAIT_URL_S;
    if (o->dns_wait && !options_number(o->dns_wait, 0, 86400, &wait_s, err))
        return err_add(err, "--dns-wait");
    *out = (struct challenge_types){
        .webroot = o->webroot,
        .roots = read_roots(a, o),
        .listen = o->listen,
        .dns_hook = o->dns_hook,
        .dns_wait_ms = (int64_t)wait_s * 1000,
        .dns_only_warns = issue_ca_is_url(o),
        .persist_unlooked = issue_skips(o, "dns01"),
        .tell_record = tell_record,
    };
    return read_challenge(o, &out->type, err);
}

static bool no_webroot(const char *dir, struct err *err)
{
    return err_set(err, ERR_USAGE,
                   "--webroot: a folder was wanted; there is no \"%s\"", dir);
}

static bool check_paths(struct arena *a, const struct issue_options *o,
                        struct err *err)
{
    if (o->dns_hook && !hook_find(a, o->dns_hook))
        return err_set(err, ERR_USAGE,
                       "--dns-hook: a program was wanted; \"%s\" is none, or "
                       "may not be run",
                       o->dns_hook);
    if (o->webroot && !file_exists(o->webroot))
        return no_webroot(o->webroot, err);
    for (size_t i = 0; i < o->roots.len; i++) {
        const char *dir = strstr(o->roots.text[i], "=/");
        if (dir && !file_exists(dir + 1))
            return no_webroot(dir + 1, err);
    }
    if (o->key_group && !store_group_check(a, o->key_group, err))
        return false;
    if (!o->eab_kid != !o->eab_key)
        return err_set(err, ERR_USAGE,
                       "--eab-kid and --eab-key belong together: the CA gives "
                       "out both");
    return true;
}

static bool read_eab(struct arena *a, const struct issue_options *o,
                     struct issue_order *out, struct err *err)
{
    const char *text = NULL;
    size_t len = 0;

    if (!o->eab_kid)
        return true;
    if (!file_read(a, o->eab_key, EAB_MAX, &text, &len, err))
        return err_add(err, "--eab-key");
    /* Some CAs hand it out with padding. */
    const char *word = arena_text_n(a, text, strcspn(text, "=\r\n \t"));
    if (!base64url_read(a, word, &out->eab_key, &out->eab_key_len))
        return err_set(err, ERR_INPUT,
                       "--eab-key: %s: a key in base64url was wanted in its "
                       "first line",
                       o->eab_key);
    out->eab_kid = o->eab_kid;
    return true;
}

static bool read_key_kind(const struct issue_options *o, enum key_kind *out,
                          struct err *err)
{
    int kind =
        o->key_type ? table_code(key_kind_words, o->key_type) : KEY_KIND_EC256;

    if (kind == KEY_KIND_COUNT)
        return err_set(err, ERR_USAGE,
                       "--key-type: ec256, ec384, rsa2048, rsa3072 or rsa4096 "
                       "was wanted, not \"%s\"",
                       o->key_type);
    *out = (enum key_kind)kind;
    return true;
}

/* Each name has to have a way. */
static bool check_names(const struct wanted_names *names,
                        const struct challenge_types *ways, struct err *err)
{
    for (size_t i = 0; i < names->len; i++) {
        const char *why = NULL;
        if (!challenge_type_for(ways, names->text[i], &why))
            return err_set(err, ERR_USAGE, "%s cannot be proven by %s: %s",
                           names->text[i], ways->type, why);
    }
    return true;
}

static bool check_connect_to(const struct issue_options *o, struct err *err)
{
    for (size_t i = 0; i < o->connect_to.len; i++) {
        const char *to = o->connect_to.rules[i].to_host;
        if (*to && !name_is_ip(to))
            return err_set(err, ERR_USAGE,
                           "--connect-to: an address was wanted to go to, not "
                           "\"%s\"",
                           to);
    }
    return true;
}

void issue_order_free(struct issue_order *o)
{
    kept_key_free(&o->kept);
}

/* Last of all: a key that was read has to be wiped. */
static bool read_kept(struct arena *a, const struct issue_options *o,
                      struct issue_order *out, struct err *err)
{
    struct kept_key_request wanted = {
        .file = { o->key, o->passphrase_file, true },
        .keep = o->keep_key,
        .key_type = o->key_type,
    };

    if (!out->names_len) /* no order: "certmend acme" */
        return true;
    if (o->passphrase_file && !o->key)
        return err_set(err, ERR_USAGE,
                       "--passphrase-file opens the private key of --key FILE, "
                       "and none was given");
    wanted.name = store_name(a, out->names[0]);
    return kept_key_find(out->store, &wanted, &out->kept, err);
}

static bool has_address(const struct wanted_names *names)
{
    for (size_t i = 0; i < names->len; i++)
        if (name_is_ip(names->text[i]))
            return true;
    return false;
}

/* RFC 8738: where addresses are certified by one profile only, it is taken. */
static void choose_profile(const struct wanted_names *names,
                           struct issue_order *out)
{
    if (out->profile || !has_address(names))
        return;
    out->profile = ca_address_profile(out->ca);
    /* What the CAs that certify addresses call it. */
    out->profile_if_offered = ca_address_profile(knowledge_built_in()->usual);
}

bool issue_options_order(struct arena *a, const struct issue_options *o,
                         const struct wanted_names *names, struct store *store,
                         struct issue_order *out, struct err *err)
{
    struct resolver_options *resolver = arena_alloc(a, 1, sizeof *resolver);

    resolver->server = o->resolver;
    *out = (struct issue_order){
        .store = store,
        .resolver = resolver,
        .ca_file = o->ca_file,
        .connect_to = o->connect_to,
        .names = names->text,
        .names_len = names->len,
        .keep_key = o->keep_key || o->key,
        .profile = o->profile,
        .email = o->email,
        .programs = o->programs.text,
        .programs_len = o->programs.len,
        .reloads = o->reloads.text,
        .reloads_len = o->reloads.len,
        .hook_env = o->hook_env.text,
        .hook_env_len = o->hook_env.len,
        .key_group = o->key_group,
        .about = issue_options_to_json(a, o, names),
        .dane = { .skip = issue_skips(o, "dane"),
                  .may_be_deaf = issue_ca_is_url(o) },
    };
    if (!ca_choose(a, o->ca, &out->ca, err))
        return false;
    choose_profile(names, out);
    if (!read_ways(a, o, &out->ways, err))
        return false;
    out->ways.names = out->names;
    out->ways.names_len = out->names_len;
    return check_paths(a, o, err) && check_names(names, &out->ways, err) &&
           read_key_kind(o, &out->key_kind, err) && read_eab(a, o, out, err) &&
           check_connect_to(o, err) && read_kept(a, o, out, err);
}
