#ifndef CERTMEND_ACT_ACT_RESTORE_H
#define CERTMEND_ACT_ACT_RESTORE_H
/*
 * act_restore - the files of an act: from their old bytes to the new, and back
 *
 * Back: a file that has its old bytes is left; one that has ours gets its old
 * bytes; one that has others is a conflict, and then none is touched. Bytes
 * and time of change are the old ones again; owner, mode and attributes are
 * those that the file has, which are the old ones unless somebody meant
 * otherwise.
 */
#include "act/act_record.h"

/* What the files are is filled in; what they are not may not be changed:
 * act_place_may_change(). */
MUST_CHECK bool act_restore_look(const struct act_folder *keep,
                                 struct act_record *r, struct err *err);

/* False: nothing was changed, or, with *is_left, has to be taken back. */
MUST_CHECK bool act_restore_apply(const struct act_folder *f,
                                  const struct act_record *r, bool *is_left,
                                  struct err *err);

struct act_restored {
    const char **paths; /* those that have their old bytes again */
    size_t len;
    const char *conflict; /* the first that has others; or NULL */
};

/* Marks in the folder `f` that it has begun, and a conflict; not its end. */
MUST_CHECK bool act_restore_back(const struct act_folder *f,
                                 const struct act_record *r,
                                 struct act_restored *out, struct err *err);

/* Does every file have our bytes? The first that has not goes into *other. */
MUST_CHECK bool act_restore_is_whole(struct arena *a,
                                     const struct act_record *r,
                                     const char **other, struct err *err);

#endif
