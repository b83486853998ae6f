#include "act/act_recover.h"

#include <string.h>

#include "act/act_marks.h"
#include "act/act_read.h"
#include "act/act_record.h"
#include "act/act_restore.h"
#include "base/text.h"

struct recovery {
    const struct act_folder *journal;
    struct arena *arena;
    struct text_list said;
    struct act **to_reload;
    size_t to_reload_len;
};

static void say(struct recovery *v, const char *text)
{
    text_list_add(v->arena, &v->said, text);
}

static void put_aside(struct recovery *v, const char *id, const struct err *why)
{
    const char *name = arena_printf(v->arena, "%s%s", act_broken, id);
    struct err err;

    if (act_folder_rename(v->journal, id, name, &err))
        say(v, arena_printf(v->arena,
                            "The record of an earlier change is damaged: %s. "
                            "It cannot be used, and was put aside as %s/%s.",
                            why->text, v->journal->path, name));
    else
        say(v, arena_printf(v->arena,
                            "The record of an earlier change is damaged: %s. "
                            "It cannot be used, nor be put aside: %s.",
                            why->text, err.text));
}

static void cannot(struct recovery *v, const char *id, const struct err *why)
{
    if (why->kind == ERR_INPUT) {
        put_aside(v, id, why);
        return;
    }
    say(v, arena_printf(v->arena,
                        "The record of an earlier change, %s, cannot be read: "
                        "%s.",
                        id, why->text));
}

static void say_restored(struct recovery *v, const struct act *act,
                         const struct act_restored *r)
{
    struct buf paths;

    if (!r->len)
        return;
    buf_init(&paths, v->arena, ACT_FILES_MAX * (size_t)1024);
    text_list_tell(&paths, r->paths, r->len);
    say(v, arena_printf(v->arena,
                        "An earlier run was cut short while it changed %s (%s, "
                        "%s): the old text is back.",
                        paths.text, act->what, act->id));
}

static void say_conflict(struct recovery *v, const struct act *act)
{
    say(v, arena_printf(v->arena,
                        "An earlier run was cut short (%s, %s), and since then "
                        "somebody has changed %s: it is left as it is. %s",
                        act->what, act->id, act->conflict,
                        act_conflict_text(v->arena, act)));
}

static void add_to_reload(struct recovery *v, const struct act *act)
{
    v->to_reload = arena_grow(v->arena, v->to_reload, v->to_reload_len,
                              sizeof(struct act *));
    v->to_reload[v->to_reload_len++] = arena_copy(v->arena, act, sizeof *act);
}

static void take_back(struct recovery *v, const struct act_folder *f,
                      const struct act_record *r)
{
    struct act_restored restored = { .paths = NULL };
    struct err err;
    bool good = act_restore_back(f, r, &restored, &err) &&
                (restored.conflict ||
                 act_marks_put_restored(f, r->reload_len > 0, &err));
    struct act act = act_read_from(f, r);

    if (!good)
        say(v, arena_printf(v->arena,
                            "An earlier run was cut short (%s, %s), and what "
                            "it changed cannot be taken back yet: %s.",
                            act.what, act.id, err.text));
    else if (act.state == ACT_CONFLICT)
        say_conflict(v, &act);
    else
        say_restored(v, &act, &restored);
    if (act.state == ACT_RESTORED)
        add_to_reload(v, &act);
}

static void recover_one(struct recovery *v, const char *id)
{
    struct act_folder f = { v->arena, NULL, -1 };
    struct act_record r;
    struct err err;

    if (!act_folder_open(v->arena, v->journal, id, &f, &err)) {
        cannot(v, id, &err);
        return;
    }
    if (!act_record_read(&f, id, &r, &err))
        cannot(v, id, &err);
    else if (act_marks_state(&f) == ACT_RESTORED) {
        struct act act = act_read_from(&f, &r);
        add_to_reload(v, &act);
    } else if (act_marks_is_open(&f))
        take_back(v, &f, &r);
    act_folder_close(&f);
}

/* Nothing was changed by then. */
static bool drop_unfinished(const struct act_folder *journal, struct err *err)
{
    const char *const *names = NULL;
    size_t len = 0, head = strlen(act_unfinished);

    if (!act_folder_names(journal, &names, &len, err))
        return false;
    for (size_t i = 0; i < len; i++) {
        struct err ignored;
        bool is_one = strncmp(names[i], act_unfinished, head) == 0 &&
                      act_record_is_id(names[i] + head);
        bool gone = is_one && act_folder_remove(journal, names[i], &ignored);
        (void)gone; /* it has no effect where it lies */
    }
    return true;
}

bool act_recover(const struct act_folder *journal,
                 struct journal_recovery *found, struct err *err)
{
    struct recovery v = { .journal = journal, .arena = journal->arena };
    const char *const *ids = NULL;
    size_t len = 0;

    if (!drop_unfinished(journal, err) ||
        !act_read_ids(journal, &ids, &len, err))
        return false;
    for (size_t i = len; i-- > 0;)
        recover_one(&v, ids[i]);
    *found = (struct journal_recovery){
        .said = v.said.text,
        .len = v.said.len,
        .to_reload = v.to_reload,
        .to_reload_len = v.to_reload_len,
    };
    return true;
}
