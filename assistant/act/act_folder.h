#ifndef CERTMEND_ACT_ACT_FOLDER_H
#define CERTMEND_ACT_ACT_FOLDER_H
/*
 * act_folder - a folder of the journal, and files in it that nobody else has
 * written
 *
 * Held open, so that what is done in it is done there whatever happens to its
 * name. The folder and each file that is read belong to us, with no rights for
 * others; a link, a pipe or a file with a second name is none of ours. What is
 * written is on the disk when the function returns, but for its name, which
 * act_folder_flush() sees to. ERR_INPUT: it is not as we write it; ERR_SYSTEM:
 * the machine said no.
 */
#include "base/arena.h"

struct act_folder {
    struct arena *arena;
    const char *path; /* for people */
    int fd;           /* negative: not open */
};

/* `in` NULL: `name` is a path. */
MUST_CHECK bool act_folder_open(struct arena *a, const struct act_folder *in,
                                const char *name, struct act_folder *out,
                                struct err *err);
void act_folder_close(struct act_folder *f);

/* Makes it; one that is there is an error. */
MUST_CHECK bool act_folder_make(const struct act_folder *in, const char *name,
                                struct act_folder *out, struct err *err);
MUST_CHECK bool act_folder_flush(const struct act_folder *f, struct err *err);

/* Takes away a folder in it, and the files in that. */
MUST_CHECK bool act_folder_remove(const struct act_folder *in, const char *name,
                                  struct err *err);

/* The new name may not be taken. Durable. */
MUST_CHECK bool act_folder_rename(const struct act_folder *in, const char *from,
                                  const char *to, struct err *err);

/* The names in it, sorted, those with a dot in front too. */
MUST_CHECK bool act_folder_names(const struct act_folder *f,
                                 const char *const **names, size_t *len,
                                 struct err *err);

bool act_folder_has(const struct act_folder *f, const char *name);

/* At most `max` bytes; a NUL follows the last and is not counted. */
MUST_CHECK bool act_folder_read(const struct act_folder *f, const char *name,
                                size_t max, const char **text, size_t *len,
                                struct err *err);

/* A new file. */
MUST_CHECK bool act_folder_write(const struct act_folder *f, const char *name,
                                 const void *bytes, size_t len,
                                 struct err *err);

/* A new file or another text of it, whole or not at all. Durable. */
MUST_CHECK bool act_folder_put(const struct act_folder *f, const char *name,
                               const void *bytes, size_t len, struct err *err);

/* One that is not there is fine. Durable. */
MUST_CHECK bool act_folder_drop(const struct act_folder *f, const char *name,
                                struct err *err);

#endif
