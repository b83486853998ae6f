#include "act/store_archive.h"

#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "base/folder.h"

struct store_archive store_archive_of(struct arena *a, const struct store *s,
                                      const char *name)
{
    return (struct store_archive){
        .arena = a,
        .dir = arena_printf(a, "%s/archive/%s", s->dir, name),
    };
}

const char *store_archive_path(const struct store_archive *archive,
                               long version)
{
    return arena_printf(archive->arena, "%s/%ld", archive->dir, version);
}

long store_archive_number(const char *name)
{
    size_t digits = strspn(name, "0123456789");

    return digits && digits < 10 && !name[digits] ? strtol(name, NULL, 10) : 0;
}

bool store_archive_open(struct store_archive *archive, struct err *err)
{
    const char *const *names = NULL;
    size_t len = 0;

    if (!folder_make(archive->dir, FOLDER_PRIVATE, err) ||
        !file_list(archive->arena, archive->dir, "", &names, &len, err))
        return false;
    folder_sweep(archive->dir);
    for (size_t i = 0; i < len; i++) {
        long version = store_archive_number(names[i]);
        const char *dot = strrchr(names[i], '.');
        if (version > archive->newest)
            archive->newest = version;
        if (dot && strcmp(dot, ".part") == 0 &&
            !folder_remove(
                arena_printf(archive->arena, "%s/%s", archive->dir, names[i]),
                err))
            return false;
    }
    return true;
}
