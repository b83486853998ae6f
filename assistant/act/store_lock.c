/*
 * store_lock - one at a time, and first what an earlier run has left is settled
 */
#include <sys/stat.h>
#include <unistd.h>

#include "act/store_adopt.h"
#include "act/store_look.h"
#include "act/store_pending.h"
#include "base/folder.h"

/* Who was let in to read may not write. */
static bool not_mine(const struct store *s, struct err *err)
{
    struct stat st;

    if (geteuid() != 0 && stat(s->dir, &st) == 0 && st.st_uid != geteuid())
        return err_set(err, ERR_INPUT,
                       "%s belongs to the user %s; run certmend as that user",
                       s->dir, folder_owner(s->arena, s->dir));
    return false;
}

bool store_lock(struct store *s, struct err *err)
{
    const char *path = arena_printf(s->arena, "%s/lock", s->dir);

    if (s->lock >= 0)
        return true;
    if (!folder_make(s->dir, FOLDER_PRIVATE, err) ||
        !folder_lock(s->arena, path, &s->lock, err))
        return not_mine(s, err) || err_add(err, "using the store");
    store_tidy(s->arena, s->dir);
    store_pending_sweep(s);
    store_adopt(s);
    return true;
}
