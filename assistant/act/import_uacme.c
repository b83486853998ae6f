/*
 * import_uacme - DIR/NAME/cert.pem, DIR/private/NAME/key.pem, the account's key
 * in DIR/private/key.pem
 */
#include "act/import.h"
#include "base/file.h"

static void read_lineage(struct arena *a, const char *dir, const char *name,
                         struct import_source *out)
{
    struct import_lineage *to = import_add(a, out);
    struct import_old *old = arena_alloc(a, 3, sizeof *old);

    to->name = name;
    to->chain = arena_printf(a, "%s/%s/cert.pem", dir, name);
    to->from = to->chain;
    to->key = arena_printf(a, "%s/private/%s/key.pem", dir, name);
    old[0] = (struct import_old){ to->key, "privkey.pem" };
    old[1] = (struct import_old){ to->chain, "fullchain.pem" };
    to->old = old;
    to->account_key = arena_printf(a, "%s/private/key.pem", dir);
    /* Its own habit: the key that is there is used again. */
    to->keep_key = true;
    import_unwritten(a, "uacme", to);
}

bool import_uacme(struct arena *a, const char *dir, struct import_source *out,
                  struct err *err)
{
    const char *const *names = NULL;
    size_t len = 0;

    if (!file_list(a, arena_printf(a, "%s/private", dir), "", &names, &len,
                   err))
        return err_add(err, "%s is no folder of uacme's, or not yours to read",
                       dir);
    for (size_t i = 0; i < len; i++)
        if (file_exists(
                arena_printf(a, "%s/private/%s/key.pem", dir, names[i])))
            read_lineage(a, dir, names[i], out);
    return true;
}
