#include "run/import_plan.h"

#include <assert.h>
#include <string.h>

#include "act/account_key.h"
#include "act/import_text.h"
#include "base/file.h"
#include "crypto/cert_fit.h"
#include "facts/knowledge.h"
#include "run/ca_choice.h"

const struct word import_state_words[] = {
    { "cannot-come", IMPORT_CANNOT }, { "comes", IMPORT_COMES },
    { "is-here", IMPORT_IS_HERE },    { "is-newer", IMPORT_IS_NEWER },
    { "came", IMPORT_CAME },          { NULL, IMPORT_STATE_COUNT },
};
static_assert(sizeof import_state_words / sizeof *import_state_words ==
                  IMPORT_STATE_COUNT + 1,
              "a word per state");

enum { CHAIN_MAX = 1024 * 1024 };

const char *import_script_path(const struct import_plan *p,
                               const struct import_item *item,
                               const struct import_script *script, bool is_dns)
{
    return is_dns ? arena_printf(p->arena, "%s/hooks/_dns-01.%s", p->store.dir,
                                 item->name)
                  : arena_printf(p->arena, "%s/hooks/%s/%s", p->store.dir,
                                 item->name, script->file);
}

const char *import_wellknown_path(const struct import_plan *p,
                                  const struct import_item *item)
{
    return arena_printf(p->arena, "%s/wellknown/%s", p->store.dir, item->name);
}

size_t import_plan_count(const struct import_plan *p, enum import_state state)
{
    size_t n = 0;

    for (size_t i = 0; i < p->len; i++)
        n += p->items[i].state == state;
    return n;
}

static void refuse(struct import_item *item, const char *why)
{
    item->state = IMPORT_CANNOT;
    item->why = why;
}

/* ---- certificate and key ---- */

static bool add_names(struct arena *a, const struct text_list *from,
                      struct wanted_names *names, struct err *err)
{
    for (size_t i = 0; i < from->len; i++)
        if (!wanted_names_add(a, names, from->text[i], err))
            return false;
    return true;
}

/* The first name stays the first: the common name, as clients order it. */
static bool read_names(struct arena *a, const struct cert *leaf,
                       struct wanted_names *names, struct err *err)
{
    const char *cn = leaf->subject_cn;
    bool has_cn = false;

    for (size_t i = 0; cn && i < leaf->dns_names.len; i++)
        has_cn = has_cn || strcmp(leaf->dns_names.text[i], cn) == 0;
    for (size_t i = 0; cn && i < leaf->ip_names.len; i++)
        has_cn = has_cn || strcmp(leaf->ip_names.text[i], cn) == 0;
    if (has_cn && !wanted_names_add(a, names, cn, err))
        return false;
    return add_names(a, &leaf->dns_names, names, err) &&
           add_names(a, &leaf->ip_names, names, err) &&
           (names->len || err_set(err, ERR_INPUT, "it is for no name"));
}

static bool check_pair(struct arena *a, struct import_item *item,
                       struct err *err)
{
    const struct key_file file = { .path = item->lineage->key };
    const struct held_cert *leaf = &item->chain.items[0];
    struct key *key = NULL;

    if (!key_file_read(&file, &key, err))
        return false;
    enum key_kind kind = key_kind_of(key);
    bool good = cert_fit_key(key, leaf->cert.der, leaf->cert.der_len) ||
                err_set(err, ERR_INPUT, "%s is the key of another certificate",
                        file.path);
    if (good && item->lineage->keep_key)
        good = key_fits_cas(key, a, err);
    key_free(key);
    item->key_kind =
        kind == KEY_KIND_COUNT ? "" : table_text(key_kind_words, (int)kind);
    const char *why =
        cert_fit_chain(a, &item->chain, item->names.text, item->names.len);
    if (good && why)
        return err_set(err, ERR_INPUT, "%s: %s", item->lineage->chain, why);
    return good;
}

static bool read_pair(struct arena *a, struct import_item *item,
                      struct err *err)
{
    const char *path = item->lineage->chain;
    const char *text = NULL;
    size_t len = 0;

    if (!file_read(a, path, CHAIN_MAX, &text, &len, err) ||
        !x509_read_file(a, text, len, path, &item->chain, err))
        return false;
    if (item->chain.items[0].malformed)
        return err_set(err, ERR_INPUT, "%s: its certificate is damaged", path);
    if (!read_names(a, &item->chain.items[0].cert, &item->names, err))
        return err_add(err, "%s", path);
    item->name = store_name(a, item->names.text[0]);
    return check_pair(a, item, err);
}

/* ---- CA and proof ---- */

static bool is_same_host(const char *a, const char *b)
{
    static const char scheme[] = "https://";
    size_t skip = sizeof scheme - 1;

    if (strncmp(a, scheme, skip) != 0 || strncmp(b, scheme, skip) != 0)
        return false;
    size_t len = strcspn(a + skip, "/");
    return len == strcspn(b + skip, "/") &&
           strncmp(a + skip, b + skip, len) == 0;
}

/* The CA whose directory is on the host of this URL; NULL: none with a name. */
static const struct ca *ca_at_host(const char *url)
{
    const struct knowledge *k = knowledge_built_in();

    for (size_t i = 0; i < k->cas_len; i++)
        if (is_same_host(k->cas[i].directory, url))
            return &k->cas[i];
    return NULL;
}

static bool find_ca(const struct import_plan *p, struct import_item *item,
                    struct err *err)
{
    const struct import_lineage *l = item->lineage;
    const char *url = l->directory ? l->directory : l->account_url;
    const struct ca *named = url ? ca_at_host(url) : NULL;
    bool is_named =
        named && (!l->directory || strcmp(named->directory, url) == 0);

    if (is_named)
        item->how.ca = named->id;
    else if (l->directory)
        item->how.ca = l->directory;
    if (!is_named && !l->directory && !p->options->how.ca)
        return err_set(err, ERR_USAGE,
                       "its CA is not written down: name it with --ca "
                       "NAME|URL");
    return ca_choose(p->arena, item->how.ca, &item->ca, err);
}

static bool user_says_how(const struct issue_options *o)
{
    return o->webroot || o->roots.len || o->dns_hook || o->listen ||
           o->challenge;
}

/* What the other client has written down goes before what was said here. */
static void take_proof(const struct import_plan *p, struct import_item *item)
{
    const struct import_lineage *l = item->lineage;
    struct issue_options *how = &item->how;

    if (l->proof_missing)
        return;
    how->webroot = l->wellknown ? import_wellknown_path(p, item) : l->webroot;
    how->roots = l->roots;
    how->challenge = l->challenge;
    if (l->listen)
        how->listen = l->listen;
    if (l->dns)
        how->dns_hook = import_script_path(p, item, l->dns, true);
    else if (how->webroot || how->roots.len || !l->challenge ||
             strcmp(l->challenge, "dns-01") != 0)
        how->dns_hook = NULL;
}

static bool has_wildcard(const struct wanted_names *names)
{
    for (size_t i = 0; i < names->len; i++)
        if (strncmp(names->text[i], "*.", 2) == 0)
            return true;
    return false;
}

static const char *missing_folder(const struct import_item *item)
{
    const struct import_lineage *l = item->lineage;
    const char *webroot = l->wellknown ? l->wellknown : item->how.webroot;

    if (webroot && !file_exists(webroot))
        return webroot;
    for (size_t i = 0; i < item->how.roots.len; i++) {
        const char *dir = strstr(item->how.roots.text[i], "=/");
        if (dir && !file_exists(dir + 1))
            return dir + 1;
    }
    return NULL;
}

static const char *proof_text(struct arena *a, const struct import_item *item)
{
    const struct import_lineage *l = item->lineage;
    const struct issue_options *how = &item->how;

    if (l->dns && !l->proof_missing)
        return arena_printf(a, "dns-01: %s", l->dns->about);
    if (how->dns_hook)
        return arena_printf(a, "dns-01: run %s", how->dns_hook);
    if (how->roots.len)
        return arena_printf(a, "http-01: a web server's folders, %s%s",
                            how->roots.text[0],
                            how->roots.len > 1 ? ", ..." : "");
    if (l->wellknown && !l->proof_missing)
        return arena_printf(a, "http-01: a web server's folder %s",
                            l->wellknown);
    if (how->webroot)
        return arena_printf(a, "http-01: a web server's folder %s",
                            how->webroot);
    return arena_printf(a, "%s: certmend answers itself on %s",
                        how->challenge && strcmp(how->challenge, "auto") != 0
                            ? how->challenge
                            : "http-01",
                        how->listen ? how->listen : "port 80 or 443");
}

static bool check_proof(const struct import_plan *p, struct import_item *item,
                        struct err *err)
{
    const struct import_lineage *l = item->lineage;

    if (l->proof_missing && !user_says_how(&item->how))
        return err_set(err, ERR_USAGE, "%s", l->proof_missing);
    take_proof(p, item);
    if (has_wildcard(&item->names) && !item->how.dns_hook)
        item->how.dns_hook = p->options->how.dns_hook;
    if (has_wildcard(&item->names) && !item->how.dns_hook)
        return err_set(err, ERR_USAGE,
                       "a wildcard is proven by DNS only: give a program that "
                       "adds TXT records, --dns-hook PROGRAM");
    const char *folder = missing_folder(item);
    if (folder)
        return err_set(err, ERR_INPUT,
                       "names are proven by the folder %s, and there is none",
                       folder);
    item->proof = proof_text(p->arena, item);
    return true;
}

/* ---- what else is kept ---- */

static void join(struct arena *a, const struct text_list *first,
                 const struct text_list *then, struct text_list *out)
{
    *out = (struct text_list){ 0 };
    for (size_t i = 0; i < first->len + then->len; i++) {
        text_list_add(a, out,
                      i < first->len ? first->text[i]
                                     : then->text[i - first->len]);
    }
}

static void take_rest(const struct import_plan *p, struct import_item *item)
{
    const struct import_lineage *l = item->lineage;
    struct issue_options *how = &item->how;

    how->keep_key = how->keep_key || l->keep_key;
    if (!how->keep_key && !how->key_type && item->key_kind[0])
        how->key_type = item->key_kind;
    if (how->keep_key)
        how->key_type = NULL;
    if (!how->profile)
        how->profile = l->profile;
    join(p->arena, &l->programs, &p->options->how.programs, &how->programs);
    join(p->arena, &l->reloads, &p->options->how.reloads, &how->reloads);
}

/* ---- beside what is in the store ---- */

static bool look_in_store(struct import_plan *p, struct import_item *item,
                          struct err *err)
{
    const struct store_entry *there = NULL;
    const struct cert *ours = NULL, *theirs = &item->chain.items[0].cert;

    if (!store_find(&p->store, item->name, &there, err))
        return false;
    item->state = there ? IMPORT_IS_HERE : IMPORT_COMES;
    if (!there)
        return true;
    ours = &there->chain[0].cert;
    if (strcmp(ours->sha256_hex, theirs->sha256_hex) == 0)
        return true;
    struct wanted_names names = { 0 };
    if (!read_names(p->arena, ours, &names, err))
        return false;
    bool is_same = names.len == item->names.len;
    for (size_t i = 0; i < names.len && is_same; i++)
        is_same = wanted_names_have(&item->names, names.text[i]);
    if (!is_same)
        return err_set(err, ERR_INPUT,
                       "the store has another certificate in %s/live/%s, for "
                       "other names",
                       p->store.dir, item->name);
    if (theirs->not_after > ours->not_after)
        item->state = IMPORT_IS_NEWER;
    return true;
}

/* certmend keeps one certificate for a first name: the one that lasts longest.
 */
static void find_duplicates(struct import_plan *p)
{
    for (size_t i = 0; i < p->len; i++)
        for (size_t k = i + 1; k < p->len; k++) {
            struct import_item *a = &p->items[i], *b = &p->items[k];
            if (a->state == IMPORT_CANNOT || b->state == IMPORT_CANNOT ||
                strcmp(a->name, b->name) != 0)
                continue;
            bool a_stays = a->chain.items[0].cert.not_after >=
                           b->chain.items[0].cert.not_after;
            refuse(a_stays ? b : a,
                   arena_printf(p->arena,
                                "its first name is that of %s, which lasts "
                                "longer; there is one certificate for a first "
                                "name",
                                (a_stays ? a : b)->lineage->name));
        }
}

static void make_item(struct import_plan *p, const struct import_lineage *l,
                      struct import_item *item)
{
    struct err err = { ERR_NONE, "" };

    *item = (struct import_item){ .lineage = l,
                                  .key_kind = "",
                                  .how = p->options->how };
    if (l->why_not)
        refuse(item, l->why_not);
    else if (!read_pair(p->arena, item, &err) || !find_ca(p, item, &err) ||
             !check_proof(p, item, &err) || !look_in_store(p, item, &err))
        refuse(item, arena_text(p->arena, err.text));
    else
        take_rest(p, item);
}

/* ---- accounts ---- */

static struct import_account *find_account(struct import_plan *p,
                                           const struct ca *ca)
{
    for (size_t i = 0; i < p->accounts_len; i++)
        if (strcmp(p->accounts[i].ca->directory, ca->directory) == 0)
            return &p->accounts[i];
    return NULL;
}

static void read_account(struct import_plan *p, struct import_account *account)
{
    const struct key_file file = { .path = account->key };
    struct store_account there = { .dir = NULL };
    struct key *key = NULL;
    struct err err = { ERR_NONE, "" };

    account->state = IMPORT_ACCOUNT_CANNOT;
    if (account_key_read(&file, account->ca->directory, &key, &err) &&
        store_account_read(&p->store, account->ca->directory, &there, &err))
        account->state = !there.key                 ? IMPORT_ACCOUNT_COMES
                         : key_same(there.key, key) ? IMPORT_ACCOUNT_IS_HERE
                                                    : IMPORT_ACCOUNT_OTHER;
    account->why = arena_text(p->arena, err.text);
    store_account_free(&there);
    key_free(key);
}

/* With CAA records that name an account it matters which one orders. */
static void note_other_account(struct import_plan *p,
                               const struct import_lineage *l,
                               const struct import_account *account)
{
    if (strcmp(l->account_key, account->key) != 0)
        text_list_add(
            p->arena, &p->source.notes,
            arena_printf(p->arena,
                         "%s had an account of its own with %s, %s; "
                         "it is renewed by the one that is named "
                         "above.",
                         l->name, account->ca->title,
                         l->account_url ? l->account_url : l->account_key));
}

/* The first certificate's that can come; the others are renewed by it too. */
static void read_accounts(struct import_plan *p)
{
    for (size_t i = 0; i < p->len; i++) {
        const struct import_item *item = &p->items[i];
        const struct import_lineage *l = item->lineage;
        if (item->state == IMPORT_CANNOT || !l->account_key)
            continue;
        struct import_account *account = find_account(p, item->ca);
        if (account) {
            note_other_account(p, l, account);
            continue;
        }
        p->accounts = arena_grow(p->arena, p->accounts, p->accounts_len,
                                 sizeof *p->accounts);
        account = &p->accounts[p->accounts_len++];
        *account =
            (struct import_account){ item->ca, l->account_key, l->account_url,
                                     IMPORT_ACCOUNT_CANNOT, NULL };
        read_account(p, account);
    }
}

bool import_plan_make(struct arena *a, const char *tool, const char *dir,
                      const struct import_options *o, struct import_plan *out,
                      struct err *err)
{
    *out = (struct import_plan){ .arena = a,
                                 .options = o,
                                 .store = { .lock = -1 } };
    if (!import_read(a, tool, dir, &out->source, err) ||
        !store_open(a, o->how.store, &out->store, err))
        return false;
    /* What is planned is still so when it is carried out. */
    if (o->how.apply && !store_lock(&out->store, err))
        return false;
    out->len = out->source.len;
    out->items = arena_alloc(a, out->len + 1, sizeof *out->items);
    for (size_t i = 0; i < out->len; i++)
        make_item(out, &out->source.all[i], &out->items[i]);
    find_duplicates(out);
    read_accounts(out);
    return true;
}
