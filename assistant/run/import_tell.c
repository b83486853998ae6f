#include "run/import_tell.h"

#include <string.h>

#include "act/renewal.h"
#include "base/clock.h"
#include "base/term.h"

static const char *clean(const struct import_plan *p, const char *text)
{
    return arena_printable(p->arena, text, strlen(text));
}

static void row(const struct import_plan *p, const char *left, const char *text,
                struct buf *out)
{
    term_hang(out, arena_printf(p->arena, "    %-9s ", left), clean(p, text),
              term_width());
}

static void list_rows(const struct import_plan *p, const char *left,
                      const struct text_list *list, struct buf *out)
{
    for (size_t i = 0; i < list->len; i++)
        row(p, i ? "" : left, list->text[i], out);
}

static const char *key_text(const struct import_plan *p,
                            const struct import_item *item)
{
    const char *kind = item->key_kind[0] ? item->key_kind : "of a rare kind";

    if (item->how.keep_key)
        return arena_printf(p->arena, "%s, kept at renewals", kind);
    return arena_printf(p->arena, "%s, a new %s at renewals", kind,
                        item->how.key_type ? item->how.key_type : "ec256");
}

static const char *dates_text(const struct import_plan *p,
                              const struct import_item *item)
{
    const struct cert *leaf = &item->chain.items[0].cert;
    const struct renewal none = { .has_ari = false };
    int64_t now_s = clock_now_s();
    int64_t at = renewal_moment(&none, leaf, now_s);

    return arena_printf(p->arena, "%s; renewed %s%s",
                        clock_text(p->arena, leaf->not_after),
                        at <= now_s ? "at once" : "from ",
                        at <= now_s ? "" : clock_text(p->arena, at));
}

static const char *names_text(const struct import_plan *p,
                              const struct import_item *item)
{
    enum { NAMES_MAX = 4000 }; /* clean() marks where it cuts */
    struct buf text;

    buf_init(&text, p->arena, NAMES_MAX);
    for (size_t i = 0; i < item->names.len; i++)
        buf_printf(&text, "%s%s", i ? ", " : "", item->names.text[i]);
    return text.text;
}

static void tell_then(const struct import_plan *p,
                      const struct import_item *item, struct buf *out)
{
    const struct import_script *s = item->lineage->hooks;
    bool has_any =
        (s && s->file) || item->how.programs.len || item->how.reloads.len;

    for (; s && s->file; s++)
        row(p, "then", s->about, out);
    for (size_t i = 0; i < item->how.programs.len; i++)
        row(p, "then",
            arena_printf(p->arena, "run %s", item->how.programs.text[i]), out);
    for (size_t i = 0; i < item->how.reloads.len; i++)
        row(p, "then",
            arena_printf(p->arena, "reload %s", item->how.reloads.text[i]),
            out);
    if (!has_any)
        row(p, "then",
            "nothing is reloaded: name what is to be, --reload SERVER", out);
}

static const char *files_text(const struct import_plan *p,
                              const struct import_item *item)
{
    const char *file = item->lineage->key;
    const char *slash = strrchr(file, '/');

    return arena_printf(p->arena, "%s/live/%s/, so far in %.*s/", p->store.dir,
                        item->name, slash ? (int)(slash - file) : 0, file);
}

static void tell_item(const struct import_plan *p,
                      const struct import_item *item, struct buf *out)
{
    static const char *const titles[] = {
        [IMPORT_CANNOT] = "cannot come",
        [IMPORT_COMES] = "comes",
        [IMPORT_IS_HERE] = "is here already",
        [IMPORT_IS_NEWER] = "is here; the newer one comes",
        [IMPORT_CAME] = "has come",
    };

    buf_printf(out, "  %s: %s\n", clean(p, item->lineage->name),
               titles[item->state]);
    if (item->names.len)
        row(p, "names", names_text(p, item), out);
    if (item->state == IMPORT_CANNOT) {
        row(p, "why not", item->why, out);
        return;
    }
    row(p, "from", item->ca->title, out);
    row(p, "key", key_text(p, item), out);
    row(p, "proof", item->proof, out);
    tell_then(p, item, out);
    row(p, "ends", dates_text(p, item), out);
    row(p, "files", files_text(p, item), out);
    list_rows(p, "read by", &item->uses, out);
    list_rows(p, "note", &item->lineage->notes, out);
}

static void tell_accounts(const struct import_plan *p, struct buf *out)
{
    static const char *const says[] = {
        [IMPORT_ACCOUNT_COMES] = "comes along",
        [IMPORT_ACCOUNT_IS_HERE] = "is here already",
        [IMPORT_ACCOUNT_OTHER] =
            ("stays there: the store has an account of its own with this CA, "
             "which renews from now on"),
        [IMPORT_ACCOUNT_CANNOT] =
            "cannot come, and a new one is made at the first renewal",
    };

    for (size_t i = 0; i < p->accounts_len; i++) {
        const struct import_account *account = &p->accounts[i];
        buf_printf(out, "The account %s with %s %s.\n",
                   account->url ? clean(p, account->url)
                                : "(address not "
                                  "written down)",
                   clean(p, account->ca->title), says[account->state]);
        if (account->state == IMPORT_ACCOUNT_CANNOT)
            buf_printf(out, "  %s\n", clean(p, account->why));
    }
}

static void tell_runs(const struct import_plan *p, const struct text_list *runs,
                      struct buf *out)
{
    for (size_t i = 0; i < runs->len; i++)
        buf_printf(out, "%s runs %s.\n", clean(p, runs->text[i]),
                   p->source.tool->name);
}

void import_tell_plan(const struct import_plan *p, const struct text_list *runs,
                      struct buf *out)
{
    size_t cannot = import_plan_count(p, IMPORT_CANNOT);

    buf_printf(out, "%s renews %zu certificate%s by %s; %zu can come.\n",
               p->source.tool->name, p->len, p->len == 1 ? "" : "s",
               clean(p, p->source.dir), p->len - cannot);
    for (size_t i = 0; i < p->len; i++)
        tell_item(p, &p->items[i], out);
    tell_accounts(p, out);
    for (size_t i = 0; i < p->source.notes.len; i++)
        buf_printf(out, "%s\n", clean(p, p->source.notes.text[i]));
    tell_runs(p, runs, out);
}

static void tell_handed(const struct import_plan *p,
                        const struct import_item *item, struct buf *out)
{
    const struct import_lineage *l = item->lineage;

    if (item->is_linked)
        buf_printf(out, "  %s: the old paths lead to %s/live/%s/\n",
                   clean(p, l->name), p->store.dir, item->name);
    else if (item->link_why)
        buf_printf(out, "  %s: no links: %s\n", clean(p, l->name),
                   clean(p, item->link_why));
    if (item->is_aside)
        buf_printf(out, "  %s: %s leaves it alone now (%s)\n",
                   clean(p, l->name), p->source.tool->name,
                   clean(p, l->aside_to ? l->aside_to : l->aside));
    if (item->is_aside && !item->is_linked)
        buf_printf(
            out,
            "  %s: no server's settings were seen to name its old files; "
            "what reads them\n    has to read %s/live/%s/ from now on\n",
            clean(p, l->name), p->store.dir, item->name);
    if (item->aside_why)
        buf_printf(out, "  %s: %s goes on with it: %s\n", clean(p, l->name),
                   p->source.tool->name, clean(p, item->aside_why));
}

void import_tell_done(const struct import_plan *p, struct buf *out)
{
    size_t came = import_plan_count(p, IMPORT_CAME);

    buf_printf(out, "%zu certificate%s came, %zu %s here already.\n", came,
               came == 1 ? "" : "s", import_plan_count(p, IMPORT_IS_HERE),
               import_plan_count(p, IMPORT_IS_HERE) == 1 ? "was" : "were");
    for (size_t i = 0; i < p->len; i++)
        tell_handed(p, &p->items[i], out);
    for (size_t i = 0; i < p->notes.len; i++)
        buf_printf(out, "%s\n", clean(p, p->notes.text[i]));
}

/* ---- for programs ---- */

static void put_list(struct arena *a, struct json *to, const char *key,
                     const struct text_list *list)
{
    json_put_texts(a, to, key, list->text, list->len);
}

static void put_hooks(struct arena *a, struct json *to,
                      const struct import_item *item)
{
    struct json *list = json_put_array(a, to, "deploy");
    const struct import_script *s = item->lineage->hooks;

    for (; s && s->file; s++)
        json_add_text(a, list, s->about);
    for (size_t i = 0; i < item->how.programs.len; i++)
        json_add_text(a, list, item->how.programs.text[i]);
    for (size_t i = 0; i < item->how.reloads.len; i++)
        json_add_text(a, list, item->how.reloads.text[i]);
}

static void put_item(const struct import_plan *p,
                     const struct import_item *item, struct json *to)
{
    struct arena *a = p->arena;

    json_put_text(a, to, "lineage", item->lineage->name);
    json_put_text(a, to, "from", item->lineage->from);
    json_put_text(a, to, "state",
                  table_text(import_state_words, (int)item->state));
    json_put_text(a, to, "why_not", item->why);
    json_put_text(a, to, "name", item->name);
    json_put_texts(a, to, "names", item->names.text, item->names.len);
    put_list(a, to, "notes", &item->lineage->notes);
    if (item->state == IMPORT_CANNOT)
        return;
    json_put_text(a, to, "ca", item->ca->id);
    json_put_text(a, to, "key", item->key_kind);
    json_put_bool(a, to, "keep_key", item->how.keep_key);
    json_put_text(a, to, "proof", item->proof);
    put_hooks(a, to, item);
    json_put_text(a, to, "not_after",
                  clock_text(a, item->chain.items[0].cert.not_after));
    put_list(a, to, "read_by", &item->uses);
    json_put_bool(a, to, "linked", item->is_linked);
    json_put_bool(a, to, "handed_over", item->is_aside);
    json_put_text(a, to, "kept_by_other", item->aside_why);
}

struct json *import_json(const struct import_plan *p,
                         const struct text_list *runs)
{
    static const char *const states[] = { "comes", "is-here", "stays-there",
                                          "cannot-come" };
    struct arena *a = p->arena;
    struct json *whole = json_object(a);

    json_put_text(a, whole, "schema", "certmend.import/1");
    json_put_text(a, whole, "client", p->source.tool->name);
    json_put_text(a, whole, "folder", p->source.dir);
    json_put_text(a, whole, "store", p->store.dir);
    struct json *accounts = json_put_array(a, whole, "accounts");
    for (size_t i = 0; i < p->accounts_len; i++) {
        struct json *one = json_add_object(a, accounts);
        json_put_text(a, one, "ca", p->accounts[i].ca->id);
        json_put_text(a, one, "url", p->accounts[i].url);
        json_put_text(a, one, "state", states[p->accounts[i].state]);
    }
    struct json *all = json_put_array(a, whole, "certificates");
    for (size_t i = 0; i < p->len; i++)
        put_item(p, &p->items[i], json_add_object(a, all));
    put_list(a, whole, "runs", runs);
    put_list(a, whole, "notes", &p->notes);
    return whole;
}
