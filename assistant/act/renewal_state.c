#include "act/renewal_state.h"

#include <string.h>

#include "base/clock.h"
#include "base/json_file.h"

static const char state_file[] = "renewal.json";

struct renewal renewal_read(const struct store *s, const char *name)
{
    const char *path = store_path(s, name, state_file);

    return renewal_from_json(s->arena, store_json(s, path), clock_now_s());
}

bool renewal_note_left(const struct store *s, const char *folder, bool to_run,
                       struct err *err)
{
    const struct renewal r = { .to_run = to_run, .to_look = true };

    return json_file_write(
        s->arena, arena_printf(s->arena, "%s/%s", folder, state_file),
        renewal_to_json(s->arena, &r), STORE_FILE_MAX, FILE_PRIVATE, err);
}

bool renewal_write(const struct store *s, const char *name,
                   const struct renewal *r, struct err *err)
{
    return store_write_json(s, name, state_file, renewal_to_json(s->arena, r),
                            err);
}
