/*
 * import_acmesh - DIR/NAME/NAME.conf or DIR/NAME_ecc/NAME.conf, DIR/ca
 */
#include <string.h>
#include <sys/stat.h>

#include "act/import.h"
#include "act/import_text.h"
#include "base/buf.h"
#include "base/file.h"
#include "base/shell_word.h"

static const char lets_encrypt[] =
    "https://acme-v02.api.letsencrypt.org/directory";

struct acmesh_reading {
    struct arena *arena;
    const char *dir, *folder;
    struct import_shell vars;
    struct import_lineage *to;
};

/* NULL: not there, empty, or "no". */
static const char *find(struct acmesh_reading *r, const char *name)
{
    const char *value = import_shell_find(&r->vars, name);

    if (!value || !value[0] || strcmp(value, "no") == 0)
        return NULL;
    const char *plain = import_unwrap(r->arena, value);
    if (!plain)
        r->to->why_not =
            arena_printf(r->arena, "%s: %s cannot be read", r->to->from, name);
    return plain;
}

static void note(const struct acmesh_reading *r, const char *text)
{
    text_list_add(r->arena, &r->to->notes, text);
}

static void read_files(struct acmesh_reading *r)
{
    struct arena *a = r->arena;
    const char *domain = r->to->name;
    struct import_old *old = arena_alloc(a, 5, sizeof *old);

    old[0] =
        (struct import_old){ arena_printf(a, "%s/%s.key", r->folder, domain),
                             "privkey.pem" };
    old[1] =
        (struct import_old){ arena_printf(a, "%s/%s.cer", r->folder, domain),
                             "cert.pem" };
    old[2] = (struct import_old){ arena_printf(a, "%s/ca.cer", r->folder),
                                  "chain.pem" };
    old[3] =
        (struct import_old){ arena_printf(a, "%s/fullchain.cer", r->folder),
                             "fullchain.pem" };
    r->to->old = old;
    r->to->key = old[0].path;
    r->to->chain = old[3].path;
}

/* DIR/ca/HOST/PATH: account.key, ca.conf with ACCOUNT_URL. */
static void read_account(struct acmesh_reading *r)
{
    static const char scheme[] = "https://";
    struct arena *a = r->arena;
    const char *url = find(r, "Le_API");
    struct import_shell account = { 0 };
    const char *text = NULL;

    r->to->directory = url ? url : lets_encrypt;
    url = r->to->directory;
    if (strncmp(url, scheme, sizeof scheme - 1) != 0 || strstr(url, ".."))
        return;
    const char *folder =
        arena_printf(a, "%s/ca/%s", r->dir, url + sizeof scheme - 1);
    r->to->account_key = arena_printf(a, "%s/account.key", folder);
    if (import_text_read(a, arena_printf(a, "%s/ca.conf", folder), &text))
        return;
    import_shell_read(a, text, &account);
    r->to->account_url = import_shell_find(&account, "ACCOUNT_URL");
}

/* ---- how names are proven: one word for each name, the last for the rest ----
 */

static const struct missing {
    const char *begins;
    const char *what;
} missing[] = {
    { "dns_", "acme.sh's DNS programs stay with acme.sh: give one that adds "
              "TXT records, --dns-hook PROGRAM" },
    { "dns", "names were proven by hand: give a program that adds TXT records, "
             "--dns-hook PROGRAM" },
    { "nginx", "acme.sh changed nginx's settings while the CA looked: give the "
               "folder that it serves, --webroot DIR" },
    { "apache", "acme.sh changed Apache's settings while the CA looked: give "
                "the folder that it serves, --webroot DIR" },
    { "stateless", "the web server answered for acme.sh by itself: give the "
                   "folder that it serves, --webroot DIR" },
    { "alpn", "names were proven on port 443: say --challenge tls-alpn-01, or "
              "give --webroot DIR" },
    { "tls", "names were proven on port 443: say --challenge tls-alpn-01, or "
             "give --webroot DIR" },
};

static void read_one_way(struct acmesh_reading *r, const char *name,
                         const char *way)
{
    for (size_t i = 0; i < sizeof missing / sizeof *missing; i++)
        if (strncmp(way, missing[i].begins, strlen(missing[i].begins)) == 0) {
            r->to->proof_missing = missing[i].what;
            return;
        }
    if (way[0] == '/' && name && !strpbrk(name, "=/"))
        text_list_add(r->arena, &r->to->roots,
                      arena_printf(r->arena, "%s=%s", name, way));
}

/* The next of a list with commas; *rest moves on. */
static const char *next_word(struct arena *a, const char **rest)
{
    size_t len = *rest ? strcspn(*rest, ",") : 0;

    if (!*rest || !**rest)
        return NULL;
    const char *word = arena_text_n(a, *rest, len);
    *rest += len + ((*rest)[len] == ',');
    return word;
}

static void read_proof(struct acmesh_reading *r)
{
    struct arena *a = r->arena;
    const char *names = arena_printf(
        a, "%s,%s", r->to->name, find(r, "Le_Alt") ? find(r, "Le_Alt") : "");
    const char *ways = import_shell_find(&r->vars, "Le_Webroot");
    const char *port = find(r, "Le_HTTPPort");
    const char *address = find(r, "Le_LocalAddress");
    const char *way = NULL;

    for (const char *name = next_word(a, &names); name;
         name = next_word(a, &names)) {
        const char *own = next_word(a, &ways);
        way = own ? own : way;
        read_one_way(r, name, way ? way : "no");
    }
    if (!r->to->proof_missing && !r->to->roots.len && (port || address))
        r->to->listen = arena_printf(a, "%s:%s", address ? address : "0.0.0.0",
                                     port ? port : "80");
}

/* ---- what follows ---- */

static void copy_to(struct acmesh_reading *r, struct buf *body, const char *var,
                    const char *from)
{
    const char *to = find(r, var);

    if (!to)
        return;
    buf_printf(body, "cat \"$%s\" >", from);
    shell_word(body, to);
    buf_char(body, '\n');
}

/* As acme.sh --install-cert does it: the files keep their owner and mode. */
static void read_hooks(struct acmesh_reading *r)
{
    struct arena *a = r->arena;
    struct import_script *hooks = arena_alloc(a, 3, sizeof *hooks);
    const char *reload = find(r, "Le_ReloadCmd");
    const char *after = find(r, "Le_RenewHook");
    struct buf body;
    size_t n = 0;

    buf_init(&body, a, IMPORT_TEXT_MAX);
    copy_to(r, &body, "Le_RealKeyPath", "CERTMEND_PRIVKEY");
    copy_to(r, &body, "Le_RealCertPath", "CERTMEND_CERT");
    copy_to(r, &body, "Le_RealCACertPath", "CERTMEND_CHAIN");
    copy_to(r, &body, "Le_RealFullChainPath", "CERTMEND_FULLCHAIN");
    const char *copies = body.text;
    const char *head = "export Le_Domain=\"${CERTMEND_NAMES%% *}\" "
                       "CERT_KEY_PATH=\"$CERTMEND_PRIVKEY\" "
                       "CERT_PATH=\"$CERTMEND_CERT\" "
                       "CA_CERT_PATH=\"$CERTMEND_CHAIN\" "
                       "CERT_FULLCHAIN_PATH=\"$CERTMEND_FULLCHAIN\"";
    if (copies[0] || reload)
        hooks[n++] = *import_script(
            a, "acme.sh-install",
            arena_printf(a, "%s%s%s",
                         copies[0] ? "copy the files where "
                                     "acme.sh put them"
                                   : "",
                         copies[0] && reload ? ", and " : "",
                         reload
                             ? arena_printf(a, "run \"%s\" (reloadcmd)", reload)
                             : ""),
            arena_printf(a, "set -e\numask 077\n%s\n%s%s", head, copies,
                         reload ? reload : ""));
    if (after)
        hooks[n++] =
            *import_script(a, "acme.sh-renew",
                           arena_printf(a, "run \"%s\" (renew-hook)", after),
                           arena_printf(a, "%s\n%s", head, after));
    r->to->hooks = hooks;
}

static void read_rest(struct acmesh_reading *r)
{
    struct arena *a = r->arena;
    const char *force = find(r, "Le_ForceNewDomainKey");
    const char *deploy = find(r, "Le_DeployHook");
    const char *before = find(r, "Le_PreHook");
    const char *post = find(r, "Le_PostHook");

    /* Its own habit is to keep the key of a name. */
    r->to->keep_key = !force || strcmp(force, "1") != 0;
    r->to->profile = find(r, "Le_CertificateProfile");
    if (deploy)
        note(r, arena_printf(a,
                             "acme.sh's deploy program \"%s\" stays with "
                             "acme.sh: give one with --deploy-hook PROGRAM, or "
                             "--reload SERVER",
                             deploy));
    if (before)
        note(r, arena_printf(a,
                             "\"%s\" (pre-hook) is not run: certmend runs "
                             "nothing before an order",
                             before));
    if (post)
        note(r, arena_printf(a,
                             "\"%s\" (post-hook) is not run: make it a "
                             "deploy hook if it is needed",
                             post));
}

static void read_lineage(struct arena *a, const char *dir, const char *folder,
                         const char *domain, struct import_source *out)
{
    struct import_lineage *to = import_add(a, out);
    struct acmesh_reading r = {
        .arena = a, .dir = dir, .folder = folder, .to = to
    };
    const char *text = NULL;

    to->name = domain;
    to->from = arena_printf(a, "%s/%s.conf", folder, domain);
    to->aside = to->from;
    /* As acme.sh --remove leaves it. */
    to->aside_to = arena_printf(a, "%s.removed", to->from);
    read_files(&r);
    to->why_not = import_text_read(a, to->from, &text);
    if (to->why_not)
        return;
    import_shell_read(a, text, &r.vars);
    const char *named = import_shell_find(&r.vars, "Le_Domain");
    if (!named || strcmp(named, domain) != 0) {
        to->why_not = arena_printf(a, "%s is for another name", to->from);
        return;
    }
    read_account(&r);
    read_proof(&r);
    read_hooks(&r);
    read_rest(&r);
}

bool import_acmesh(struct arena *a, const char *dir, struct import_source *out,
                   struct err *err)
{
    static const char ecc[] = "_ecc";
    const char *const *names = NULL;
    size_t len = 0;

    if (!file_list(a, dir, "", &names, &len, err))
        return err_add(err, "%s is not to be read", dir);
    for (size_t i = 0; i < len; i++) {
        size_t name_len = strlen(names[i]), back = sizeof ecc - 1;
        bool is_ecc =
            name_len > back && strcmp(names[i] + name_len - back, ecc) == 0;
        const char *domain =
            arena_text_n(a, names[i], name_len - (is_ecc ? back : 0));
        const char *folder = arena_printf(a, "%s/%s", dir, names[i]);
        if (file_exists(arena_printf(a, "%s/%s.conf", folder, domain)))
            read_lineage(a, dir, folder, domain, out);
    }
    if (!out->len && !file_exists(arena_printf(a, "%s/account.conf", dir)))
        return err_set(err, ERR_INPUT, "%s is no folder of acme.sh's", dir);
    return true;
}
