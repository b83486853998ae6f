/*
 * import_lego - DIR/certificates/NAME.json, DIR/accounts/HOST/EMAIL
 */
#include <string.h>

#include "act/import.h"
#include "act/import_text.h"
#include "base/file.h"
#include "base/json.h"

/* https://HOST:PORT/... as lego names a folder: HOST_PORT. */
static const char *host_folder(struct arena *a, const char *url)
{
    static const char scheme[] = "https://";

    if (!url || strncmp(url, scheme, sizeof scheme - 1) != 0)
        return NULL;
    const char *host = url + sizeof scheme - 1;
    size_t len = strcspn(host, "/?#@");
    char *name = arena_copy(a, host, len + 1);
    name[len] = '\0';
    for (size_t i = 0; i < len; i++)
        name[i] = name[i] == ':' || name[i] == '\\' ? '_' : name[i];
    return len && !strstr(name, "..") ? name : NULL;
}

static const struct json *read_json(struct arena *a, const char *path,
                                    const char **why)
{
    const char *text = NULL;
    struct json *j = NULL;
    struct err err;

    *why = import_text_read(a, path, &text);
    if (!*why && !json_parse(a, text, strlen(text), path, &j, &err))
        *why = arena_text(a, err.text);
    return j;
}

/* The first account there; a store of more than one is rare, and any of them
 * may order. */
static void read_account(struct arena *a, const char *dir, const char *host,
                         struct import_lineage *to)
{
    const char *folder = arena_printf(a, "%s/accounts/%s", dir, host);
    const char *const *who = NULL;
    const char *why = NULL;
    size_t len = 0;
    struct err ignored;

    if (!file_exists(folder) || !file_list(a, folder, "", &who, &len, &ignored))
        return;
    for (size_t i = 0; i < len; i++) {
        const char *at = arena_printf(a, "%s/%s", folder, who[i]);
        const char *key = arena_printf(a, "%s/keys/%s.key", at, who[i]);
        if (!file_exists(key))
            continue;
        const struct json *j =
            read_json(a, arena_printf(a, "%s/account.json", at), &why);
        to->account_key = key;
        to->account_url = json_find_text(json_find(j, "registration"), "uri");
        return;
    }
}

static void read_lineage(struct arena *a, const char *dir, const char *base,
                         struct import_source *out)
{
    struct import_lineage *to = import_add(a, out);
    struct import_old *old = arena_alloc(a, 4, sizeof *old);
    const char *at = arena_printf(a, "%s/certificates/%s", dir, base);

    to->name = base;
    to->from = arena_printf(a, "%s.json", at);
    to->key = arena_printf(a, "%s.key", at);
    to->chain = arena_printf(a, "%s.crt", at);
    old[0] = (struct import_old){ to->key, "privkey.pem" };
    old[1] = (struct import_old){ to->chain, "fullchain.pem" };
    old[2] = (struct import_old){ arena_printf(a, "%s.issuer.crt", at),
                                  "chain.pem" };
    to->old = old;
    to->aside = to->from;
    to->aside_to = arena_printf(a, "%s.certmend", to->from);
    const struct json *j = read_json(a, to->from, &to->why_not);
    if (to->why_not)
        return;
    /* Only the host of the CA is in its files. */
    const char *host = host_folder(a, json_find_text(j, "certUrl"));
    if (host)
        read_account(a, dir, host, to);
    import_unwritten(a, "lego", to);
}

bool import_lego(struct arena *a, const char *dir, struct import_source *out,
                 struct err *err)
{
    const char *folder = arena_printf(a, "%s/certificates", dir);
    const char *const *files = NULL;
    size_t len = 0;

    if (!file_list(a, folder, ".json", &files, &len, err))
        return err_add(err, "%s is no folder of lego's, or not yours to read",
                       dir);
    for (size_t i = 0; i < len; i++)
        read_lineage(
            a, dir,
            arena_text_n(a, files[i], strlen(files[i]) - strlen(".json")), out);
    return true;
}
