#include "run/letters.h"

#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "base/folder.h"
#include "report/provider.h"
#include "report/report_lines.h"
#include "report/ticket.h"

enum {
    LINES_MAX = 2000 * 1024 * 1024, /* of ten thousand reports */
    LETTER_MAX = 16 * 1024 * 1024,
    HOSTS_TOLD = 5,
    TEXT_MAX = 2000,
};

struct letters_item {
    struct provider provider;
    const char *target;
    const char *name; /* of the letter's file, without its ending */
    struct json *data;
};

static enum exit_status status_of(const struct json *line)
{
    const char *verdict = json_find_text(line, "verdict");

    if (verdict && strcmp(verdict, "problems") == 0)
        return EXIT_FAULTS;
    return verdict && strcmp(verdict, "ok") == 0 ? EXIT_CLEAN : EXIT_UNSEEN;
}

static struct provider keep_provider(struct arena *a, struct provider p)
{
    return (struct provider){ arena_text(a, p.domain),
                              arena_text(a, p.address) };
}

static bool add(struct letters *l, struct arena *brief, const struct json *line,
                struct err *err)
{
    const struct ticket_request ticket = { line, TO_PROVIDER,
                                           rules_fixes(l->rules) };
    const char *target = json_find_text(json_find(line, "asked"), "input");
    const char *shown =
        target ? arena_printable(l->arena, target, strlen(target)) : "";
    struct json *data = NULL;

    if (!ticket_is_for(&ticket)) {
        text_list_add(l->arena, &l->not_theirs, shown);
        return true;
    }
    if (!ticket_data(brief, &ticket, &data, err))
        return err_add(err, "%.100s", shown);
    l->items = arena_grow(l->arena, l->items, l->len, sizeof *l->items);
    l->items[l->len] = (struct letters_item){
        .provider =
            keep_provider(l->arena, provider_of(brief, line, ticket.fixes)),
        .target = shown,
        .data = json_copy(l->arena, data),
    };
    l->len++;
    return true;
}

bool letters_add(struct letters *l, const struct json *line, struct err *err)
{
    enum exit_status status = status_of(line);

    l->status = exit_graver(l->status, status);
    if (status != EXIT_FAULTS)
        return true;
    if (!l->rules && !rules_load(l->arena, NULL, &l->rules, err))
        return false;
    struct arena *brief = arena_new();
    bool added = add(l, brief, line, err);
    arena_free(brief);
    return added;
}

static bool take_line(void *arg, const struct json *line, struct err *err)
{
    return letters_add(arg, line, err);
}

bool letters_add_lines(struct letters *l, const char *path, struct err *err)
{
    struct arena *brief = arena_new();
    const char *text = NULL;
    size_t len = 0;
    bool read = file_read(brief, path, LINES_MAX, &text, &len, err) &&
                report_lines_read(text, len, path, take_line, l, err);

    arena_free(brief);
    return read;
}

/* ---- whose they are ---- */

/* What another server at the same address tells holds for this one, too. */
static const char *domain_of(const struct letters *l,
                             const struct letters_item *item)
{
    const char *address = item->provider.address;

    if (item->provider.domain || !address)
        return item->provider.domain;
    for (size_t i = 0; i < l->len; i++) {
        const struct provider *p = &l->items[i].provider;
        if (p->domain && p->address && strcmp(p->address, address) == 0)
            return p->domain;
    }
    return NULL;
}

/* A domain in A-labels, or an address: both are harmless in a file's name. */
static const char *name_of(struct letters *l, const struct letters_item *item)
{
    const char *domain = domain_of(l, item);
    char *name = NULL;

    if (domain)
        return domain;
    if (!item->provider.address)
        return "unknown";
    name = arena_copy(l->arena, item->provider.address,
                      strlen(item->provider.address) + 1);
    for (char *at = name; *at; at++)
        if (*at == ':')
            *at = '-';
    return name;
}

static int by_name(const void *one, const void *other)
{
    const struct letters_item *a = one, *b = other;
    int names = strcmp(a->name, b->name);

    return names ? names : strcmp(a->target, b->target);
}

/* How many from `at` on are of the same provider. */
static size_t group_len(const struct letters *l, size_t at)
{
    size_t len = 1;

    while (at + len < l->len &&
           strcmp(l->items[at].name, l->items[at + len].name) == 0)
        len++;
    return len;
}

/* ---- the files ---- */

static const char *path_of(struct letters *l, const char *dir, size_t at)
{
    return arena_printf(l->arena, "%s/%s.txt", dir, l->items[at].name);
}

static bool all_are_new(struct letters *l, const char *dir, struct err *err)
{
    for (size_t at = 0; at < l->len; at += group_len(l, at)) {
        const char *path = path_of(l, dir, at);
        if (file_exists(path))
            return err_set(err, ERR_INPUT,
                           "%s is there already, and a letter is never "
                           "overwritten; nothing was written: give another "
                           "folder",
                           path);
    }
    return true;
}

static bool write_group(struct letters *l, size_t at, const char *path,
                        struct err *err)
{
    const struct letter_request letter = { NULL, TO_PROVIDER, l->rules,
                                           l->templates };
    struct arena *brief = arena_new();
    struct json *all = json_array(brief);
    size_t len = group_len(l, at);
    struct buf text;

    buf_init(&text, brief, LETTER_MAX);
    for (size_t i = at; i < at + len; i++)
        json_add(brief, all, l->items[i].data);
    bool written = letter_write_many(brief, &letter, all, &text, err) &&
                   file_write(path, text.text, text.len, FILE_PUBLIC_NEW, err);
    arena_free(brief);
    return written;
}

static void tell_group(struct letters *l, size_t at, const char *path,
                       struct buf *told)
{
    size_t len = group_len(l, at);
    struct text_list targets = { 0 };
    struct buf text;

    for (size_t i = at; i < at + len; i++)
        text_list_add(l->arena, &targets, l->items[i].target);
    buf_init(&text, l->arena, TEXT_MAX);
    text_list_tell_most(&text, targets.text, targets.len, HOSTS_TOLD);
    buf_printf(told, "%s  %zu server%s: %s\n", path, len, len == 1 ? "" : "s",
               text.text);
}

bool letters_write(struct letters *l, const char *dir, struct buf *told,
                   struct err *err)
{
    for (size_t i = 0; i < l->len; i++)
        l->items[i].name = name_of(l, &l->items[i]);
    if (l->len)
        qsort(l->items, l->len, sizeof *l->items, by_name);
    if (!l->len)
        return true;
    if (!all_are_new(l, dir, err) || !folder_make(dir, FOLDER_PUBLIC, err))
        return false;
    for (size_t at = 0; at < l->len; at += group_len(l, at)) {
        const char *path = path_of(l, dir, at);
        if (!write_group(l, at, path, err))
            return false;
        tell_group(l, at, path, told);
    }
    return true;
}
