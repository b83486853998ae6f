#ifndef CERTMEND_BASE_FOLDER_H
#define CERTMEND_BASE_FOLDER_H
/*
 * folder - folders made, emptied and locked, links that change in one step
 *
 * What is done here is on disk when the function returns: the folder that
 * holds the changed name has been flushed. Errors name the path and what the
 * system said.
 */
#include "base/arena.h"

enum folder_mode {
    FOLDER_PUBLIC,  /* 0755 whatever the umask */
    FOLDER_PRIVATE, /* 0700 */
};

/* The folder and those above it; what is there already stays as it is. */
MUST_CHECK bool folder_make(const char *path, enum folder_mode mode,
                            struct err *err);

/* Renames; the new name may not be taken. */
MUST_CHECK bool folder_move(const char *from, const char *to, struct err *err);

/* Each gets the name of the other, in one step; both are there. Some file
 * systems cannot: then nothing has changed. */
MUST_CHECK bool folder_exchange(const char *one, const char *other,
                                struct err *err);

/* Lets the symbolic link `path` lead to `to`; nobody ever sees it missing. What
 * is no link is left alone, and an error. */
MUST_CHECK bool folder_link(const char *to, const char *path, struct err *err);

/* Where a symbolic link leads to; NULL: `path` is none. */
const char *folder_link_read(struct arena *a, const char *path);

/* The user whose it is, by name or by number; NULL: it is not there. */
const char *folder_owner(struct arena *a, const char *path);

/* Takes away the folder and the files in it; folders in it are an error. */
MUST_CHECK bool folder_remove(const char *path, struct err *err);

/* Takes away one file; one that is not there is fine. */
MUST_CHECK bool folder_drop(const char *path, struct err *err);

/* Takes away the temporary files of file_write() that a run which was cut
 * short has left here. Only for who holds the lock. */
void folder_sweep(const char *path);

/*
 * Waits for nobody: a lock that another process holds is an ERR_INPUT that
 * says which one. The file stays; the lock ends with folder_unlock() or with
 * the process.
 */
MUST_CHECK bool folder_lock(struct arena *a, const char *path, int *out,
                            struct err *err);
void folder_unlock(int lock); /* negative is fine */

#endif
