#include "act/renewal_state.h"

#include <string.h>

#include "base/clock.h"
#include "base/file.h"

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
    struct buf text;

    buf_init(&text, s->arena, STORE_FILE_MAX);
    json_print(renewal_to_json(s->arena, &r), true, &text);
    return file_write(arena_printf(s->arena, "%s/%s", folder, state_file),
                      text.text, strlen(text.text), FILE_PRIVATE, err);
}

bool renewal_write(const struct store *s, const char *name,
                   const struct renewal *r, struct err *err)
{
    struct buf text;

    buf_init(&text, s->arena, STORE_FILE_MAX);
    json_print(renewal_to_json(s->arena, r), true, &text);
    return store_write(s, name, state_file, text.text, err);
}
