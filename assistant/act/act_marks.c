#include "act/act_marks.h"

#include <assert.h>

const struct word act_state_words[] = {
    { "begun", ACT_BEGUN },       { "applied", ACT_APPLIED },
    { "reloaded", ACT_RELOADED }, { "kept", ACT_KEPT },
    { "conflict", ACT_CONFLICT }, { "restored", ACT_RESTORED },
    { "undone", ACT_UNDONE },     { NULL, ACT_BEGUN },
};
static_assert(sizeof act_state_words / sizeof *act_state_words ==
                  ACT_STATE_COUNT + 1,
              "a word for each state of an act");

const char act_mark_taking_back[] = "taking-back";
const char act_mark_conflict[] = "conflict";

static bool has(const struct act_folder *f, enum act_state state)
{
    return act_folder_has(f, table_text(act_state_words, (int)state));
}

/* The later ones outdo the earlier ones, in the order of the enum. */
enum act_state act_marks_state(const struct act_folder *f)
{
    for (int state = ACT_STATE_COUNT - 1; state > ACT_BEGUN; state--)
        if (has(f, (enum act_state)state))
            return (enum act_state)state;
    return ACT_BEGUN;
}

bool act_marks_is_open(const struct act_folder *f)
{
    enum act_state state = act_marks_state(f);

    return state <= ACT_RELOADED || state == ACT_RESTORED ||
           (state == ACT_KEPT && act_folder_has(f, act_mark_taking_back));
}

bool act_marks_put(const struct act_folder *f, enum act_state state,
                   struct err *err)
{
    return act_folder_put(f, table_text(act_state_words, (int)state), "", 0,
                          err);
}

bool act_marks_put_restored(const struct act_folder *f, bool has_reload,
                            struct err *err)
{
    bool was_there =
        has(f, ACT_APPLIED) || act_folder_has(f, act_mark_taking_back);

    return act_marks_put(f, has_reload && was_there ? ACT_RESTORED : ACT_UNDONE,
                         err);
}
