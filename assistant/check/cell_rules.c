#include "check/cell_rules.h"

#include "check/finding_text.h"

static void ask_one(const struct survey *s, const struct cell_rule *q,
                    struct findings *out)
{
    const bool *holds = group_test(s, out->arena, q->holds);

    for (size_t i = 0; i < s->cells_len; i++) {
        struct group g = group_from(s, out->arena, i, holds, q->same);
        if (!g.len)
            continue;
        struct finding *f =
            finding_text_add(out, q->def, group_worst(&g, q->severity), &g,
                             q->detail(&g, out->arena));
        if (q->params)
            q->params(&g, out, f);
    }
}

void cell_rules_apply(const struct survey *s, const struct cell_rule *questions,
                      size_t len, struct findings *out)
{
    for (size_t i = 0; i < len; i++)
        ask_one(s, &questions[i], out);
}
