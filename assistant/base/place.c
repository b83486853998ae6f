#include "base/place.h"

#include <string.h>

#include "base/folder.h"

static const char default_prefix[] = "/usr/local";
static const char bin[] = "/bin/";

/* The path goes into commands that people copy. */
static bool is_plain(const char *path)
{
    return !path[strspn(path, "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
                              "abcdefghijklmnopqrstuvwxyz0123456789/._+-")];
}

/* For a program at `program`; NULL: nobody knows where. */
static const char *hooks_of(struct arena *a, const char *program)
{
    const char *prefix = default_prefix;
    const char *name = program ? strrchr(program, '/') : NULL;
    size_t above = name ? (size_t)(name + 1 - program) : 0;
    size_t tail = sizeof bin - 1;
    if (above > tail && strncmp(program + above - tail, bin, tail) == 0 &&
        is_plain(program))
        prefix = arena_text_n(a, program, above - tail);
    return arena_printf(a, "%s/share/certmend/hooks", prefix);
}

const char *place_hooks(struct arena *a)
{
    return hooks_of(a, folder_link_read(a, "/proc/self/exe"));
}
