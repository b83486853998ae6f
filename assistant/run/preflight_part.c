#include "run/preflight.h"

#include <assert.h>

const struct word preflight_grade_words[] = {
    { "ok", PREFLIGHT_OK },
    { "warn", PREFLIGHT_WARN },
    { "block", PREFLIGHT_BLOCK },
    { NULL, PREFLIGHT_GRADE_COUNT },
};
static_assert(sizeof preflight_grade_words / sizeof *preflight_grade_words ==
                  PREFLIGHT_GRADE_COUNT + 1,
              "a word per grade");

void preflight_add(struct preflight *f, struct preflight_part *part,
                   const struct preflight_item *item)
{
    part->items =
        arena_grow(f->arena, part->items, part->len, sizeof *part->items);
    part->items[part->len++] = *item;
}

enum preflight_grade preflight_part_worst(const struct preflight_part *part)
{
    enum preflight_grade worst = PREFLIGHT_OK;

    for (size_t i = 0; i < part->len; i++)
        if (part->items[i].grade > worst)
            worst = part->items[i].grade;
    return worst;
}
