/*
 * import_dehydrated - DIR/config, domains.txt, BASEDIR/certs, BASEDIR/accounts
 *
 * The settings are a program for bash; its assignments are read, and nothing
 * is run.
 */
#include <string.h>

#include "act/import.h"
#include "act/import_text.h"
#include "base/base64url.h"
#include "base/buf.h"
#include "base/file.h"
#include "base/json.h"
#include "base/shell_word.h"

static const char well_known[] = "/.well-known/acme-challenge";

/* What it calls the CAs that it knows. */
static const char *const known[][2] = {
    { "letsencrypt", "https://acme-v02.api.letsencrypt.org/directory" },
    { "letsencrypt-test",
      "https://acme-staging-v02.api.letsencrypt.org/directory" },
    { "zerossl", "https://acme.zerossl.com/v2/DV90" },
    { "buypass", "https://api.buypass.com/acme/directory" },
    { "buypass-test", "https://api.test4.buypass.no/acme/directory" },
};

struct dehydrated_reading {
    struct arena *arena;
    const char *base, *certs, *accounts, *domains;
    struct import_shell vars;
    struct text_list notes;
};

static const char *find(const struct dehydrated_reading *r, const char *name,
                        const char *otherwise)
{
    const char *value = import_shell_find(&r->vars, name);

    return value && value[0] ? value : otherwise;
}

/* What only running it would tell is named. */
static void note_unknown(struct dehydrated_reading *r, const char *path,
                         size_t from)
{
    for (size_t i = from; i < r->vars.len; i++)
        if (!r->vars.all[i].value && r->vars.all[i].line)
            text_list_add(
                r->arena, &r->notes,
                arena_printf(r->arena,
                             "line %u of %s is a program: what it sets is not "
                             "known here",
                             r->vars.all[i].line, path));
}

static const char *read_settings(struct dehydrated_reading *r, const char *path)
{
    const char *text = NULL;
    size_t before = r->vars.len;
    const char *why = import_text_read(r->arena, path, &text);

    if (why)
        return why;
    import_shell_read(r->arena, text, &r->vars);
    note_unknown(r, path, before);
    return NULL;
}

/* CONFIG_D: more of them, by name. */
static const char *read_more(struct dehydrated_reading *r)
{
    const char *dir = find(r, "CONFIG_D", NULL);
    const char *const *files = NULL;
    const char *why = NULL;
    size_t len = 0;
    struct err ignored;

    if (!dir || !file_list(r->arena, dir, ".sh", &files, &len, &ignored))
        return NULL;
    for (size_t i = 0; i < len && !why; i++)
        why = read_settings(r, arena_printf(r->arena, "%s/%s", dir, files[i]));
    return why;
}

static const char *directory_of(const struct dehydrated_reading *r)
{
    const char *ca = find(r, "CA", "letsencrypt");

    for (size_t i = 0; i < sizeof known / sizeof *known; i++)
        if (strcmp(known[i][0], ca) == 0)
            return known[i][1];
    return ca;
}

/* Its folder is called by the URL and a newline, in base64url. */
static void read_account(const struct dehydrated_reading *r,
                         struct import_lineage *to)
{
    struct arena *a = r->arena;
    const char *line = arena_printf(a, "%s\n", to->directory);
    const char *folder = arena_printf(a, "%s/%s", r->accounts,
                                      base64url_text(a, line, strlen(line)));
    const char *path = arena_printf(a, "%s/account_id.json", folder);
    const char *text = NULL;
    struct json *id = NULL;
    struct err ignored;

    to->account_key = arena_printf(a, "%s/account_key.pem", folder);
    if (!import_text_read(a, path, &text) &&
        json_parse(a, text, strlen(text), path, &id, &ignored))
        to->account_url = json_find_text(id, "url");
}

/* HOOK is called with words: what happens, the name, and more. */
static void read_hook(const struct dehydrated_reading *r,
                      struct import_lineage *to)
{
    struct arena *a = r->arena;
    const char *hook = find(r, "HOOK", NULL);
    struct import_script *list = arena_alloc(a, 2, sizeof *list);
    struct buf quoted;

    to->hooks = list;
    if (!hook)
        return;
    to->why_not = import_text_stranger(a, hook);
    buf_init(&quoted, a, IMPORT_TEXT_MAX);
    shell_word(&quoted, hook);
    list[0] = *import_script(
        a, "dehydrated-deploy", arena_printf(a, "run %s deploy_cert", hook),
        arena_printf(a,
                     "exec %s deploy_cert \"${CERTMEND_NAMES%%%% *}\" "
                     "\"$CERTMEND_PRIVKEY\" \"$CERTMEND_CERT\" "
                     "\"$CERTMEND_FULLCHAIN\" \"$CERTMEND_CHAIN\" "
                     "\"$(date +%%s)\"",
                     quoted.text));
    if (!to->challenge || strcmp(to->challenge, "dns-01") != 0)
        return;
    to->dns = import_script(
        a, "dehydrated-dns", arena_printf(a, "run %s deploy_challenge", hook),
        arena_printf(a,
                     "case $1 in\npresent) what=deploy_challenge ;;\ncleanup) "
                     "what=clean_challenge ;;\n*) echo \"dehydrated's programs "
                     "do TXT records alone\" >&2; exit 1 ;;\nesac\n"
                     "exec %s \"$what\" \"${2#_acme-challenge.}\" certmend "
                     "\"$3\"",
                     quoted.text));
}

static void read_proof(const struct dehydrated_reading *r,
                       struct import_lineage *to)
{
    const char *folder = find(r, "WELLKNOWN", "/var/www/dehydrated");
    size_t len = strlen(folder), back = sizeof well_known - 1;

    to->challenge = find(r, "CHALLENGETYPE", "http-01");
    if (strcmp(to->challenge, "http-01") != 0)
        return;
    if (len > back && strcmp(folder + len - back, well_known) == 0)
        to->webroot = arena_text_n(r->arena, folder, len - back);
    else
        to->wellknown = folder;
}

static void read_files(const struct dehydrated_reading *r,
                       struct import_lineage *to)
{
    import_four_files(r->arena,
                      arena_printf(r->arena, "%s/%s", r->certs, to->name), to);
}

/* "NAME NAME... > ALIAS" */
static const char *alias_of(struct arena *a, const char *line)
{
    const char *mark = strchr(line, '>');
    const char *start = mark ? mark + 1 : line;

    start += strspn(start, " \t");
    return arena_text_n(a, start, strcspn(start, " \t\r>"));
}

static void read_lineage(const struct dehydrated_reading *all, const char *line,
                         struct import_source *out)
{
    struct arena *a = all->arena;
    struct import_lineage *to = import_add(a, out);
    struct dehydrated_reading r = *all;

    to->name = alias_of(a, line);
    to->from = r.domains;
    to->aside = r.domains;
    to->aside_line = line;
    to->hooks = arena_alloc(a, 1, sizeof *to->hooks);
    if (!to->name[0] || strchr(to->name, '/') || to->name[0] == '.') {
        to->why_not = arena_printf(a, "%s: \"%s\" is no name of a folder",
                                   r.domains, to->name);
        return;
    }
    read_files(&r, to);
    const char *dir = find(&r, "DOMAINS_D", NULL);
    const char *own = dir ? arena_printf(a, "%s/%s", dir, to->name)
                          : arena_printf(a, "%s/%s/config", r.certs, to->name);
    r.notes = (struct text_list){ 0 };
    if (file_exists(own))
        to->why_not = read_settings(&r, own);
    to->notes = r.notes;
    if (to->why_not)
        return;
    to->directory = directory_of(&r);
    to->keep_key = strcmp(find(&r, "PRIVATE_KEY_RENEW", "yes"), "no") == 0;
    read_account(&r, to);
    read_proof(&r, to);
    read_hook(&r, to);
}

static bool read_domains(struct dehydrated_reading *r,
                         struct import_source *out, struct err *err)
{
    const char *text = NULL;
    const char *why = import_text_read(r->arena, r->domains, &text);

    if (why)
        return err_set(err, ERR_INPUT, "%s", why);
    while (*text) {
        size_t len = strcspn(text, "\n");
        const char *line = arena_text_n(r->arena, text, len);
        line += strspn(line, " \t\r");
        if (*line && *line != '#')
            read_lineage(r, line, out);
        text += len + (text[len] == '\n');
    }
    return true;
}

/* Where nothing can be told of a path, no file is to be taken for it. */
static const char *unknown_path(const struct dehydrated_reading *r)
{
    static const char *const paths[] = { "BASEDIR", "CERTDIR", "ACCOUNTDIR",
                                         "DOMAINS_TXT", "DOMAINS_D" };

    for (size_t i = 0; i < sizeof paths / sizeof *paths; i++)
        if (import_shell_is_unknown(&r->vars, paths[i]))
            return paths[i];
    return NULL;
}

bool import_dehydrated(struct arena *a, const char *dir,
                       struct import_source *out, struct err *err)
{
    struct dehydrated_reading r = { .arena = a, .base = dir };
    const char *config = arena_printf(a, "%s/config", dir);
    const char *why = NULL;

    import_shell_set(a, &r.vars, "SCRIPTDIR", dir);
    import_shell_set(a, &r.vars, "BASEDIR", dir);
    if (file_exists(config))
        why = read_settings(&r, config);
    if (!why)
        why = read_more(&r);
    if (why)
        return err_set(err, ERR_INPUT, "%s", why);
    const char *unknown = unknown_path(&r);
    if (unknown)
        return err_set(err, ERR_INPUT,
                       "%s: %s is made by a program there, and nothing of it "
                       "is run: write its value into the file",
                       config, unknown);
    r.base = find(&r, "BASEDIR", dir);
    r.certs = find(&r, "CERTDIR", arena_printf(a, "%s/certs", r.base));
    r.accounts = find(&r, "ACCOUNTDIR", arena_printf(a, "%s/accounts", r.base));
    r.domains =
        find(&r, "DOMAINS_TXT", arena_printf(a, "%s/domains.txt", r.base));
    bool good = read_domains(&r, out, err);
    out->notes = r.notes;
    return good;
}
