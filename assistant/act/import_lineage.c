#include "act/import.h"

#include <string.h>

struct import_lineage *import_add(struct arena *a, struct import_source *s)
{
    s->all = arena_grow(a, s->all, s->len, sizeof *s->all);
    s->all[s->len] = (struct import_lineage){ .name = NULL };
    return &s->all[s->len++];
}

const struct import_script *import_script(struct arena *a, const char *file,
                                          const char *about, const char *body)
{
    struct import_script *made = arena_alloc(a, 1, sizeof *made);

    *made = (struct import_script){
        .about = about,
        .file = file,
        .text = arena_printf(
            a, "#!/bin/sh\n# Taken over by \"certmend import\": %s\n%s\n",
            arena_printable(a, about, strlen(about)), body),
    };
    return made;
}

void import_unwritten(struct arena *a, const char *tool,
                      struct import_lineage *to)
{
    to->proof_missing = arena_printf(
        a,
        "%s does not write down how names are proven: give --webroot DIR, "
        "--dns-hook PROGRAM, or --listen ADDR:PORT where nothing else answers "
        "on port 80",
        tool);
    text_list_add(a, &to->notes,
                  arena_printf(a,
                               "%s does not write down what is run afterwards: "
                               "give it with --deploy-hook PROGRAM or --reload "
                               "SERVER",
                               tool));
}

void import_four_files(struct arena *a, const char *folder,
                       struct import_lineage *to)
{
    static const char *const files[] = { "privkey.pem", "cert.pem", "chain.pem",
                                         "fullchain.pem" };
    struct import_old *old = arena_alloc(a, 5, sizeof *old);

    for (size_t i = 0; i < 4; i++)
        old[i] =
            (struct import_old){ arena_printf(a, "%s/%s", folder, files[i]),
                                 files[i] };
    to->old = old;
    to->key = old[0].path;
    to->chain = old[3].path;
}
