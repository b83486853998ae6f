#include "run/ca_choice.h"

#include "acme/acme_directory.h"
#include "facts/knowledge.h"

static const char *known(struct arena *a, const struct knowledge *k)
{
    struct buf list;

    buf_init(&list, a, 400);
    for (size_t i = 0; i < k->cas_len; i++)
        buf_printf(&list, "%s%s", i ? ", " : "", k->cas[i].id);
    return list.text;
}

bool ca_choose(struct arena *a, const char *text, const struct ca **out,
               struct err *err)
{
    const struct knowledge *k = knowledge_built_in();
    const struct ca *named = text ? knowledge_ca(k, text) : k->usual;

    if (!named && !acme_url_ok(text))
        return err_set(err, ERR_USAGE,
                       "a CA was wanted (%s, or the https URL of an ACME "
                       "directory), not \"%s\"",
                       known(a, k), text);
    if (!named) {
        struct ca *made = arena_alloc(a, 1, sizeof *made);
        *made = (struct ca){ .id = text,
                             .title = text,
                             .directory = text,
                             .names_max = CA_NAMES_USUAL };
        named = made;
    }
    *out = named;
    return true;
}
