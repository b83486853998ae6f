#include "act/act_read.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "act/act_marks.h"
#include "base/log.h"
#include "base/text.h"

enum { STAMP_LEN = 16 };

const char act_unfinished[] = ".new-";
const char act_broken[] = "broken-";

/* By time, then by the number of those that began in one second. */
static int by_age(const void *a, const void *b)
{
    const char *one = *(const char *const *)a, *other = *(const char *const *)b;
    int how = strncmp(one, other, STAMP_LEN);
    long number = act_record_number(one), its = act_record_number(other);

    if (how)
        return how;
    return number != its ? (number < its ? -1 : 1) : strcmp(one, other);
}

static bool is_known(const char *name)
{
    return name[0] == '.' || strncmp(name, act_broken, strlen(act_broken)) == 0;
}

bool act_read_ids(const struct act_folder *journal, const char *const **ids,
                  size_t *len, struct err *err)
{
    const char *const *names = NULL;
    struct text_list found = { NULL, 0 };
    size_t names_len = 0;

    if (!act_folder_names(journal, &names, &names_len, err))
        return false;
    for (size_t i = 0; i < names_len; i++) {
        if (act_record_is_id(names[i]))
            text_list_add(journal->arena, &found, names[i]);
        else if (!is_known(names[i]))
            log_verbose(
                "%s/%s is not an act of certmend's, and is left alone",
                journal->path,
                arena_printable(journal->arena, names[i], strlen(names[i])));
    }
    if (found.len)
        qsort(found.text, found.len, sizeof *found.text, by_age);
    *ids = found.text;
    *len = found.len;
    return true;
}

static const char *conflict_of(const struct act_folder *f,
                               const struct act *act)
{
    const char *path = NULL;
    size_t len = 0;
    struct err ignored;

    if (act->state != ACT_CONFLICT ||
        !act_folder_read(f, act_mark_conflict, PATH_MAX, &path, &len, &ignored))
        return NULL;
    return text_is_among(path, act->paths, act->paths_len) ? path : NULL;
}

struct act act_read_from(const struct act_folder *f, const struct act_record *r)
{
    const char **paths = arena_alloc(f->arena, r->files_len, sizeof *paths);
    struct act act = {
        .id = arena_text(f->arena, r->id),
        .folder = f->path,
        .what = r->what,
        .target = r->target,
        .at = r->at,
        .state = act_marks_state(f),
        .paths = paths,
        .paths_len = r->files_len,
        .check = r->check_len ? r->check : NULL,
        .reload = r->reload_len ? r->reload : NULL,
    };

    for (size_t i = 0; i < r->files_len; i++)
        paths[i] = r->files[i].path;
    act.conflict = conflict_of(f, &act);
    return act;
}

bool act_read_one(const struct act_folder *journal, const char *id,
                  struct act *out, struct err *err)
{
    struct act_folder f = { journal->arena, NULL, -1 };
    struct act_record r;

    if (!act_folder_open(journal->arena, journal, id, &f, err))
        return false;
    bool good = act_record_read(&f, id, &r, err);
    if (good)
        *out = act_read_from(&f, &r);
    act_folder_close(&f);
    return good;
}

bool act_read_all(const struct act_folder *journal, struct act *const **acts,
                  size_t *len, struct err *err)
{
    const char *const *ids = NULL;
    struct act **list = NULL;
    size_t ids_len = 0, n = 0;

    if (!act_read_ids(journal, &ids, &ids_len, err))
        return false;
    for (size_t i = 0; i < ids_len; i++) {
        struct act *act = arena_alloc(journal->arena, 1, sizeof *act);
        struct err own;
        if (!act_read_one(journal, ids[i], act, &own)) {
            log_note("%s is left out: %s", ids[i], own.text);
            continue;
        }
        list = arena_grow(journal->arena, list, n, sizeof *list);
        list[n++] = act;
    }
    *acts = list;
    *len = n;
    return true;
}

const char *act_conflict_text(struct arena *a, const struct act *act)
{
    size_t number = 0;

    for (size_t i = 0; i < act->paths_len; i++)
        if (act->conflict && strcmp(act->paths[i], act->conflict) == 0)
            number = i;
    return arena_printf(
        a,
        "In %s lie %s, as it was before, %s, as certmend wrote it, and %s, as "
        "it was found.",
        act->folder, act_record_name(a, number, "before"),
        act_record_name(a, number, "after"),
        act_record_name(a, number, "found"));
}
