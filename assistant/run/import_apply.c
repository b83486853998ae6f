#include "run/import_apply.h"

#include <errno.h>
#include <string.h>
#include <sys/stat.h>

#include "act/account_key.h"
#include "base/file.h"
#include "base/folder.h"
#include "crypto/cert_fit.h"

/* ---- accounts ---- */

static bool take_account(struct import_plan *p, struct import_account *account,
                         struct err *err)
{
    const struct key_file file = { .path = account->key };
    const char *directory = account->ca->directory;
    struct store_account there = { .dir = NULL };
    struct key *key = NULL;
    bool is_taken = false;

    if (!account_key_read(&file, directory, &key, err))
        return false;
    bool good = store_account_read(&p->store, directory, &there, err);
    if (good && !there.key) {
        is_taken = store_account_take_key(&p->store, &there, key, err);
        good = is_taken;
    }
    /* Without an address it is found by its key, at the first order. */
    if (good && is_taken && account->url)
        good =
            store_account_keep(&p->store, &there, directory, account->url, err);
    store_account_free(&there);
    if (!is_taken)
        key_free(key);
    return good;
}

/* ---- programs ---- */

static bool write_script(const char *path, const struct import_script *script,
                         struct err *err)
{
    if (!file_write(path, script->text, strlen(script->text), FILE_PRIVATE,
                    err))
        return false;
    return chmod(path, 0700) == 0 ||
           err_set(err, ERR_SYSTEM, "%s: %s", path, strerror(errno));
}

static bool write_scripts(const struct import_plan *p,
                          const struct import_item *item, struct err *err)
{
    const struct import_lineage *l = item->lineage;
    const char *hooks = arena_printf(p->arena, "%s/hooks", p->store.dir);
    const struct import_script *s = l->hooks;
    bool has_hooks = s && s->file;

    if ((has_hooks || l->dns) && !folder_make(hooks, FOLDER_PRIVATE, err))
        return false;
    if (has_hooks &&
        !folder_make(arena_printf(p->arena, "%s/%s", hooks, item->name),
                     FOLDER_PRIVATE, err))
        return false;
    for (; s && s->file; s++)
        if (!write_script(import_script_path(p, item, s, false), s, err))
            return false;
    return !l->dns ||
           write_script(import_script_path(p, item, l->dns, true), l->dns, err);
}

/* One that is there already stays: it may have been led elsewhere since. */
static bool make_wellknown(const struct import_plan *p,
                           const struct import_item *item, struct err *err)
{
    const char *folder = arena_printf(p->arena, "%s/.well-known",
                                      import_wellknown_path(p, item));

    if (!item->lineage->wellknown || item->lineage->proof_missing)
        return true;
    return folder_make(folder, FOLDER_PRIVATE, err) &&
           folder_link(item->lineage->wellknown,
                       arena_printf(p->arena, "%s/acme-challenge", folder),
                       err);
}

/* What was written for one that does not come after all. */
static void take_back(const struct import_plan *p,
                      const struct import_item *item)
{
    const struct import_lineage *l = item->lineage;
    struct err ignored;
    bool gone = true;

    for (const struct import_script *s = l->hooks; s && s->file; s++)
        gone = folder_drop(import_script_path(p, item, s, false), &ignored) &&
               gone;
    if (l->dns)
        gone =
            folder_drop(import_script_path(p, item, l->dns, true), &ignored) &&
            gone;
    (void)gone; /* programs of a certificate that is not there are never run */
}

/* ---- the certificate ---- */

/* How to get the next one is what the store says, where it is here already. */
static bool read_about(const struct import_plan *p,
                       const struct import_item *item, const struct json **out,
                       struct err *err)
{
    const struct store_entry *there = NULL;

    *out = issue_options_to_json(p->arena, &item->how, &item->names);
    if (item->state != IMPORT_IS_NEWER)
        return true;
    if (!store_find(&p->store, item->name, &there, err))
        return false;
    if (there)
        *out = there->about;
    return true;
}

static bool put(struct import_plan *p, const struct import_item *item,
                struct err *err)
{
    const struct key_file file = { .path = item->lineage->key };
    struct store_new made = {
        .name = item->name,
        .names = item->names.text,
        .names_len = item->names.len,
        .chain_pem = x509_chain_pem(p->arena, &item->chain, 0),
    };
    struct key *key = NULL;
    char *pem = NULL;
    size_t len = 0;

    if (!read_about(p, item, &made.about, err) ||
        !key_file_read(&file, &key, err))
        return false;
    bool good = key_pem(key, NULL, p->arena, &pem, &len, err);
    if (good) {
        made.key_pem = pem;
        good = store_put(&p->store, &made, err);
        key_wipe(pem, len);
    }
    key_free(key);
    return good;
}

static bool bring(struct import_plan *p, struct import_item *item,
                  struct err *err)
{
    bool is_first = item->state == IMPORT_COMES;

    if ((!is_first ||
         (write_scripts(p, item, err) && make_wellknown(p, item, err))) &&
        put(p, item, err)) {
        item->state = IMPORT_CAME;
        return true;
    }
    if (is_first)
        take_back(p, item);
    return err_add(err, "taking over %s", item->lineage->name);
}

bool import_apply(struct import_plan *p, struct err *err)
{
    if (!store_lock(&p->store, err))
        return false;
    for (size_t i = 0; i < p->accounts_len; i++)
        if (p->accounts[i].state == IMPORT_ACCOUNT_COMES &&
            !take_account(p, &p->accounts[i], err))
            return false;
    for (size_t i = 0; i < p->len; i++) {
        bool wanted = p->items[i].state == IMPORT_COMES ||
                      p->items[i].state == IMPORT_IS_NEWER;
        if (wanted && !bring(p, &p->items[i], err))
            return false;
    }
    return true;
}
