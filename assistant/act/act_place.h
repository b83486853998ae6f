#ifndef CERTMEND_ACT_ACT_PLACE_H
#define CERTMEND_ACT_ACT_PLACE_H
/*
 * act_place - one file of this machine that is to be changed, and its folder
 *
 * The folder is reached from the root step by step, through no link, and only
 * where nobody but root, us, and the owner of the file can write to any of the
 * steps; then it is held open. All that follows is done in that folder, by
 * name.
 *
 * What the file is to become is prepared beside it, under a name that no
 * server's "include" takes, and that tells which act it belongs to: what lies
 * there is whole. What is not whole yet has another name.
 */
#include "base/arena.h"

#include <stdint.h>
#include <sys/stat.h>

struct act_place {
    const char *path;         /* of the file, for people */
    const char *name;         /* in the folder */
    const char *ready, *part; /* names beside it: whole, not whole yet */
    int folder;               /* negative: not open */
    bool has_owner; /* a step belongs to neither root nor us, but to: */
    uid_t owner;
};

/* What a name in the folder stands for. */
struct act_seen {
    bool is_there;
    const char *text; /* NUL-terminated */
    size_t len;
    struct stat st;
};

/* `file` counts the files of act `id`. */
MUST_CHECK bool act_place_open(struct arena *a, const char *path,
                               const char *id, size_t file,
                               struct act_place *out, struct err *err);
void act_place_close(struct act_place *p);

/* A name of that folder: `name`, `ready`. What is no regular file, or longer
 * than ACT_FILE_MAX, is an error. */
MUST_CHECK bool act_place_read(struct arena *a, const struct act_place *p,
                               const char *name, struct act_seen *out,
                               struct err *err);

/* False: it is not to be changed; one sentence without full stop, and it says
 * that nothing was done. */
MUST_CHECK bool act_place_may_change(const struct act_place *p,
                                     const struct act_seen *seen,
                                     struct err *err);

struct act_content {
    const char *text;
    size_t len;
    const struct timespec *mtime; /* NULL: now */
    mode_t mode;                  /* of a new file */
};

/* Puts it at `ready`, durable; owner, mode and extended attributes are those
 * of the file, where there is one. */
MUST_CHECK bool act_place_prepare(const struct act_place *p,
                                  const struct act_content *content,
                                  struct err *err);

/* Same bytes? NULL stands for no file. */
bool act_seen_is(const struct act_seen *seen, const char *text, size_t len);

/* Nobody changed bytes, owner or mode between the two. */
bool act_seen_same(const struct act_seen *one, const struct act_seen *other);

#endif
