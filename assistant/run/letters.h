#ifndef CERTMEND_RUN_LETTERS_H
#define CERTMEND_RUN_LETTERS_H
/*
 * letters - one letter to each provider, about all of its servers
 *
 * Reports go in one by one, fresh or saved. Who runs a server is told by
 * report/provider.h; servers at one address have the same provider. Nothing
 * that is there is overwritten, and nothing is written where one letter could
 * not be.
 */
#include "run/exit_status.h"
#include "run/letter.h"

struct letters_item;

struct letters {
    struct arena *arena;
    const char *templates;     /* a folder; NULL: built in */
    const struct rules *rules; /* NULL until needed */
    struct letters_item *items;
    size_t len;
    struct text_list not_theirs; /* targets with faults that are not theirs */
    enum exit_status status;     /* of what was added */
};

/* `line`: a line of "check --format jsonl"; it may be gone afterwards. */
MUST_CHECK bool letters_add(struct letters *l, const struct json *line,
                            struct err *err);

/* All of a file of such lines. */
MUST_CHECK bool letters_add_lines(struct letters *l, const char *path,
                                  struct err *err);

/* Makes the folder and writes PROVIDER.txt for each; `told` gets a line for
 * each. */
MUST_CHECK bool letters_write(struct letters *l, const char *dir,
                              struct buf *told, struct err *err);

#endif
