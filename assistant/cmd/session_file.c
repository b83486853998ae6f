#include "cmd/session_file.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/folder.h"
#include "base/json_file.h"
#include "guide/session_json.h"

enum { SESSION_MAX = 64 * 1024, NUMBER_MAX = 999999, CLAIMS_MAX = 20 };

static const char ending[] = ".json";

bool session_file_folder(struct arena *a, const char **dir, struct err *err)
{
    const char *state = getenv("XDG_STATE_HOME");
    const char *home = getenv("HOME");
    const char *path = NULL;

    /* XDG Base Directory: a path that is not absolute is passed over */
    if (state && *state == '/')
        path = arena_printf(a, "%s/certmend/sessions", state);
    else if (home && *home == '/')
        path = arena_printf(a, "%s/.local/state/certmend/sessions", home);
    if (!path)
        return err_set(err, ERR_SYSTEM, "there is no home folder");
    if (!folder_make(path, FOLDER_PRIVATE, err))
        return false;
    *dir = path;
    return true;
}

static const char *path_of(struct arena *a, const char *dir, int number)
{
    return arena_printf(a, "%s/%d%s", dir, number, ending);
}

static bool write_to(const char *dir, const struct session *s,
                     enum file_mode mode, struct err *err)
{
    return json_file_write(s->arena, path_of(s->arena, dir, s->number),
                           session_to_json(s->arena, s), SESSION_MAX, mode,
                           err);
}

bool session_file_save(const char *dir, const struct session *s,
                       struct err *err)
{
    return write_to(dir, s, FILE_PRIVATE, err);
}

static int compare(const void *a, const void *b)
{
    const int *left = a, *right = b;

    return (*left > *right) - (*left < *right);
}

bool session_file_list(struct arena *a, const char *dir, int **numbers,
                       size_t *len, struct err *err)
{
    const char *const *names = NULL;
    size_t names_len = 0, n = 0;

    if (!file_list(a, dir, ending, &names, &names_len, err))
        return false;
    int *list = arena_alloc(a, names_len + 1, sizeof *list);
    for (size_t i = 0; i < names_len; i++) {
        char *end = NULL;
        long number = strtol(names[i], &end, 10);
        if (number > 0 && number <= NUMBER_MAX && strcmp(end, ending) == 0)
            list[n++] = (int)number;
    }
    qsort(list, n, sizeof *list, compare);
    *numbers = list;
    *len = n;
    return true;
}

bool session_file_claim(const char *dir, struct session *s, struct err *err)
{
    int *numbers = NULL;
    size_t len = 0;

    if (!session_file_list(s->arena, dir, &numbers, &len, err))
        return false;
    s->number = len ? numbers[len - 1] : 0;
    /* Another one may claim the same number at the same time. */
    for (int i = 0; i < CLAIMS_MAX; i++) {
        s->number++;
        if (write_to(dir, s, FILE_PRIVATE_NEW, err))
            return true;
        if (!file_exists(path_of(s->arena, dir, s->number)))
            break;
    }
    s->number = 0;
    return false;
}

void session_file_drop(const char *dir, const struct session *s)
{
    (void)unlink(path_of(s->arena, dir, s->number));
}

bool session_file_load(struct arena *a, const char *dir, int number,
                       struct session *out, struct err *err)
{
    const char *path = path_of(a, dir, number);
    struct json *doc = NULL;
    struct session s;

    if (!file_exists(path))
        return err_set(err, ERR_USAGE,
                       "going on with session %d: there is none of that "
                       "number; certmend fix --list shows them",
                       number);
    if (!json_file_read(a, path, SESSION_MAX, &doc, err) ||
        !session_from_json(a, doc, path, &s, err))
        return err_add(err, "going on with session %d", number);
    s.number = number;
    *out = s;
    return true;
}
