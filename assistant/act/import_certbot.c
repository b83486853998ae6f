/*
 * import_certbot - DIR/renewal/NAME.conf, DIR/live/NAME, DIR/accounts
 */
#include <string.h>
#include <unistd.h>

#include "act/import.h"
#include "act/import_text.h"
#include "base/buf.h"
#include "base/file.h"
#include "base/json.h"
#include "model/host_port.h"

static const char params[] = "renewalparams";

struct certbot_reading {
    struct arena *arena;
    const char *dir;
    struct import_ini ini;
    struct import_lineage *to;
    struct import_script hooks[3]; /* deploy, post; none */
    size_t hooks_len;
};

static const char *find(const struct certbot_reading *r, const char *key)
{
    const char *value = import_ini_find(&r->ini, params, key);

    return value && strcmp(value, "None") == 0 ? NULL : value;
}

static bool is_set(const struct certbot_reading *r, const char *key)
{
    const char *value = find(r, key);

    return value && strcmp(value, "True") == 0;
}

static void note(const struct certbot_reading *r, const char *text)
{
    text_list_add(r->arena, &r->to->notes, text);
}

/* DIR/live/NAME; where the folder has come from elsewhere the file still names
 * the old place. */
static void read_files(struct certbot_reading *r)
{
    import_four_files(r->arena,
                      arena_printf(r->arena, "%s/live/%s", r->dir, r->to->name),
                      r->to);
}

/* accounts/HOST/PATH/ID: nothing that leads elsewhere. */
static bool is_way_down(const char *path)
{
    return path && path[0] && path[0] != '/' && !strstr(path, "..") &&
           !strchr(path, '\\');
}

static void read_account(struct certbot_reading *r)
{
    static const char scheme[] = "https://";
    struct arena *a = r->arena;
    const char *id = find(r, "account");
    const char *text = NULL;
    struct json *regr = NULL;
    struct err ignored;

    r->to->directory = find(r, "server");
    if (!r->to->directory || !is_way_down(id) || strchr(id, '/') ||
        strncmp(r->to->directory, scheme, sizeof scheme - 1) != 0 ||
        !is_way_down(r->to->directory + sizeof scheme - 1))
        return;
    const char *folder = arena_printf(a, "%s/accounts/%s/%s", r->dir,
                                      r->to->directory + sizeof scheme - 1, id);
    const char *uri_file = arena_printf(a, "%s/regr.json", folder);
    r->to->account_key = arena_printf(a, "%s/private_key.json", folder);
    if (!import_text_read(a, uri_file, &text) &&
        json_parse(a, text, strlen(text), uri_file, &regr, &ignored))
        r->to->account_url = json_find_text(regr, "uri");
}

static void add_hook(struct certbot_reading *r, const char *key,
                     const char *file)
{
    struct arena *a = r->arena;
    const char *body = find(r, key);

    if (!body || r->hooks_len == 2)
        return;
    r->hooks[r->hooks_len++] = *import_script(
        a, file, arena_printf(a, "run \"%s\" (%s)", body, key), body);
}

/* What certbot runs for all of them. */
static void add_folder(struct certbot_reading *r, const char *kind, bool is_run)
{
    struct arena *a = r->arena;
    const char *dir = arena_printf(a, "%s/renewal-hooks/%s", r->dir, kind);
    const char *const *files = NULL;
    size_t len = 0;
    struct err ignored;

    if (!file_exists(dir) || !file_list(a, dir, "", &files, &len, &ignored))
        return;
    for (size_t i = 0; i < len; i++) {
        const char *path = arena_printf(a, "%s/%s", dir, files[i]);
        const char *why = import_text_stranger(a, path);
        size_t name_len = strlen(files[i]);
        if (access(path, X_OK) != 0 || files[i][name_len - 1] == '~')
            continue;
        if (why)
            r->to->why_not = why;
        else if (is_run)
            text_list_add(a, &r->to->programs, path);
        else
            note(r, arena_printf(a,
                                 "%s is run before an order by certbot, and "
                                 "not by certmend",
                                 path));
    }
}

static void read_hooks(struct certbot_reading *r)
{
    const char *installer = find(r, "installer");
    const char *before = find(r, "pre_hook");

    add_hook(r, find(r, "renew_hook") ? "renew_hook" : "deploy_hook",
             "certbot-deploy");
    add_hook(r, "post_hook", "certbot-post");
    add_folder(r, "deploy", true);
    add_folder(r, "post", true);
    add_folder(r, "pre", false);
    if (installer &&
        (strcmp(installer, "nginx") == 0 || strcmp(installer, "apache") == 0))
        text_list_add(r->arena, &r->to->reloads, installer);
    else if (installer)
        note(r, arena_printf(r->arena,
                             "certbot's plugin \"%s\" put the certificate in "
                             "place; name what is to be reloaded (--reload)",
                             installer));
    if (before)
        note(r, arena_printf(r->arena,
                             "\"%s\" (pre_hook) is not run: certmend runs "
                             "nothing before an order",
                             before));
}

/* ---- how names are proven ---- */

/* [[webroot_map]]: a folder for each name; mostly it is the same one. */
static void read_map(struct certbot_reading *r)
{
    struct arena *a = r->arena;
    const char *first = NULL;
    bool is_one = true;

    for (size_t i = 0; i < r->ini.len; i++) {
        const struct import_ini_row *row = &r->ini.rows[i];
        const char *dir = row->values[0];
        if (strcmp(row->section, "webroot_map") != 0 || dir[0] != '/' ||
            strpbrk(row->key, "=/"))
            continue;
        first = first ? first : dir;
        is_one = is_one && strcmp(first, dir) == 0;
        text_list_add(a, &r->to->roots,
                      arena_printf(a, "%s=%s", row->key, dir));
    }
    if (first && is_one) {
        r->to->webroot = first;
        r->to->roots = (struct text_list){ 0 };
    }
}

static void read_webroot(struct certbot_reading *r)
{
    for (size_t i = 0; i < r->ini.len; i++) {
        const struct import_ini_row *row = &r->ini.rows[i];
        const char *dir = row->values[row->len - 1];
        if (strcmp(row->section, params) == 0 &&
            strcmp(row->key, "webroot_path") == 0 && dir[0] == '/')
            r->to->webroot = dir;
    }
    read_map(r);
    if (!r->to->webroot && !r->to->roots.len)
        r->to->proof_missing = "no folder of a web server is written down: "
                               "give it with --webroot DIR";
}

static void read_standalone(struct certbot_reading *r)
{
    const char *port = find(r, "http01_port");
    const char *address = find(r, "http01_address");

    if (port || address)
        r->to->listen = arena_printf(
            r->arena, "%s:%s",
            host_port_bracketed(r->arena, address ? address : "0.0.0.0"),
            port ? port : "80");
}

static bool is_by_dns(const struct certbot_reading *r)
{
    const char *challenge = find(r, "pref_challs");

    return challenge && strncmp(challenge, "dns", 3) == 0;
}

/* Its programs are told by the environment, ours by words. */
static void read_manual(struct certbot_reading *r)
{
    struct arena *a = r->arena;
    const char *add = find(r, "manual_auth_hook");
    const char *remove = find(r, "manual_cleanup_hook");
    struct buf body;

    if (!add || !is_by_dns(r)) {
        r->to->proof_missing =
            add ? "its manual_auth_hook is for a web server: give that one's "
                  "folder with --webroot DIR"
                : "names were proven by hand: give --webroot DIR, or a "
                  "program with --dns-hook PROGRAM";
        return;
    }
    buf_init(&body, a, IMPORT_TEXT_MAX);
    buf_printf(&body,
               "case $1 in present | cleanup) ;; *) echo \"certbot's programs "
               "do TXT records alone\" >&2; exit 1 ;; esac\n"
               "export CERTBOT_DOMAIN=\"${2#_acme-challenge.}\" "
               "CERTBOT_VALIDATION=\"$3\"\n"
               "export CERTBOT_IDENTIFIER=\"$CERTBOT_DOMAIN\"\n"
               "if [ \"$1\" = present ]; then\n%s\n",
               add);
    if (remove)
        buf_printf(&body, "else\n%s\n", remove);
    buf_text(&body, "fi");
    r->to->dns = import_script(
        a, "certbot-dns", arena_printf(a, "run \"%s\" (manual_auth_hook)", add),
        body.text);
}

static void read_proof(struct certbot_reading *r)
{
    struct arena *a = r->arena;
    const char *how = find(r, "authenticator");

    if (how && strcmp(how, "webroot") == 0)
        read_webroot(r);
    else if (how && strcmp(how, "standalone") == 0)
        read_standalone(r);
    else if (how && strcmp(how, "manual") == 0)
        read_manual(r);
    else if (how && strcmp(how, "dns-rfc2136") == 0)
        r->to->proof_missing =
            "certbot's plugin dns-rfc2136 stays with certbot: the program "
            "dns-nsupdate of certmend does the same, --dns-hook PROGRAM";
    else if (how && strncmp(how, "dns", 3) == 0)
        r->to->proof_missing = arena_printf(
            a,
            "certbot's plugin %s stays with certbot: give a program that adds "
            "TXT records, --dns-hook PROGRAM",
            how);
    else
        r->to->proof_missing = arena_printf(
            a,
            "certbot's plugin \"%s\" changes the web server's settings while "
            "the CA looks: give the folder that it serves, --webroot DIR, or "
            "--listen ADDR:PORT if nothing else answers on port 80",
            how ? how : "?");
}

static void read_rest(struct certbot_reading *r)
{
    const char *profile = find(r, "required_profile");

    r->to->keep_key = is_set(r, "reuse_key");
    r->to->profile = profile ? profile : find(r, "preferred_profile");
    if (is_set(r, "must_staple"))
        note(r, "OCSP stapling was asked for (must_staple); no certificate of "
                "certmend's says so, and CAs have given it up");
    const char *renews = find(r, "autorenew");
    if (renews && strcmp(renews, "False") == 0)
        note(r, "certbot was told not to renew it (autorenew); certmend will");
}

static void read_lineage(struct arena *a, const char *dir, const char *file,
                         struct import_source *out)
{
    struct import_lineage *to = import_add(a, out);
    struct certbot_reading *r = arena_alloc(a, 1, sizeof *r);
    const char *text = NULL;

    *r = (struct certbot_reading){ .arena = a, .dir = dir, .to = to };
    to->name = arena_text_n(a, file, strlen(file) - strlen(".conf"));
    to->from = arena_printf(a, "%s/renewal/%s", dir, file);
    to->hooks = r->hooks;
    to->aside = to->from;
    to->aside_to = arena_printf(a, "%s.certmend", to->from);
    read_files(r);
    to->why_not = import_text_read(a, to->from, &text);
    if (to->why_not)
        return;
    r->ini = import_ini_read(a, text);
    if (r->ini.bad_line || !find(r, "authenticator")) {
        to->why_not =
            r->ini.bad_line
                ? arena_printf(a, "line %u of %s is none of certbot's",
                               r->ini.bad_line, to->from)
                : arena_printf(a, "%s does not say how names are proven",
                               to->from);
        return;
    }
    read_account(r);
    read_proof(r);
    read_rest(r);
    read_hooks(r);
}

bool import_certbot(struct arena *a, const char *dir, struct import_source *out,
                    struct err *err)
{
    const char *folder = arena_printf(a, "%s/renewal", dir);
    const char *const *files = NULL;
    size_t len = 0;

    if (!file_list(a, folder, ".conf", &files, &len, err))
        return err_add(err,
                       "%s is no folder of certbot's, or not yours to "
                       "read",
                       dir);
    for (size_t i = 0; i < len; i++)
        read_lineage(a, dir, files[i], out);
    return true;
}
