#ifndef CERTMEND_ACT_STORE_ARCHIVE_H
#define CERTMEND_ACT_STORE_ARCHIVE_H
/*
 * store_archive - the versions of one certificate: DIR/archive/NAME/1, 2, ...
 */
#include "act/store.h"

struct store_archive {
    struct arena *arena;
    const char *dir; /* DIR/archive/NAME */
    long newest;     /* 0: none yet; known once it is open */
};

/* Nothing is looked at yet. */
struct store_archive store_archive_of(struct arena *a, const struct store *s,
                                      const char *name);

/* Makes the folder, finds the newest, and takes away what a run that was cut
 * short has left. Wants store_lock(). */
MUST_CHECK bool store_archive_open(struct store_archive *archive,
                                   struct err *err);

const char *store_archive_path(const struct store_archive *archive,
                               long version);

/* 0: not the name of a version. */
long store_archive_number(const char *name);

#endif
