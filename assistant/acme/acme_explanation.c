#include "acme/acme_explanation.h"

#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "base/text.h"
#include "messages/error_pattern_table.h"
#include "model/name.h"

/* Read once, when a CA first says no. What is built in can be read: "rules
 * lint" and the tests see to it. */
static const struct error_pattern_table *table(void)
{
    static struct arena *kept;
    static const struct error_pattern_table *loaded;
    struct err err = { ERR_NONE, "" };

    if (kept)
        return loaded;
    kept = arena_new();
    if (!error_pattern_table_load(kept, NULL, &loaded, &err)) {
        log_error(&err);
        abort();
    }
    return loaded;
}

static const char *todo_of(const struct meaning *m, const char *identifier)
{
    return m->look_address && identifier && name_is_ip(identifier)
               ? m->look_address
               : m->look;
}

struct acme_explanation acme_explanation_of(const struct acme_problem *p)
{
    const struct ca_problem said = { p->type, p->challenge, p->detail };
    const struct meaning *m = error_pattern_row_of_ca(table(), &said)->meaning;

    return (struct acme_explanation){ m->findings.text[0], m->means,
                                      todo_of(m, p->identifier), m->again };
}

enum acme_again acme_explanation_again(const struct acme_problem *p)
{
    enum acme_again worst = ACME_AGAIN_LATER;

    if (!p)
        return ACME_AGAIN_MENDED;
    if (!p->parts_len)
        return acme_explanation_of(p).again;
    for (size_t i = 0; i < p->parts_len; i++) {
        enum acme_again again = acme_explanation_of(&p->parts[i]).again;
        if (again > worst)
            worst = again;
    }
    return worst;
}

const char *acme_explanation_todo(const char *id, const char *identifier)
{
    const struct error_pattern_table *t = table();

    const struct meaning *also = NULL;

    for (size_t i = t->meanings_own; i < t->meanings_len; i++) {
        const struct meaning *m = t->meanings[i];
        if (strcmp(m->id, id) == 0 || strcmp(m->findings.text[0], id) == 0)
            return todo_of(m, identifier);
        if (text_is_among(id, m->findings.text, m->findings.len) && !also)
            also = m;
    }
    return also ? todo_of(also, identifier) : NULL;
}
