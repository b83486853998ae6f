#include "guide/actions.h"

#include <string.h>

static bool is_by(const struct fix *fix, enum actor actor)
{
    return fix->def->actor == actor;
}

static bool orders(const struct fix *fix)
{
    return is_by(fix, ACTOR_YOU) && json_find(fix->params, "names") &&
           fix->def->brings == BRINGS_CERTIFICATE;
}

static bool reloads(const struct fix *fix)
{
    return is_by(fix, ACTOR_YOU) && fix->def->risk == RISK_RELOAD;
}

static bool always(const struct fix *fix)
{
    (void)fix;
    return true;
}

/* clang-format off */
const struct action_row act_rows[] = {
    { ACT_ORDER, "order", "OPTIONS",
      "I order the certificate from an authority (options as of \"certmend "
      "issue\", or none)", false, orders },
    { ACT_REQUEST, "request", NULL,
      "I make the key and the request (CSR) for an authority of your choice",
      false, orders },
    { ACT_RUN, "run", "COMMAND", "I run the command that you name", true,
      reloads },
    { ACT_LETTER, "letter", NULL, "I write the letter to whoever runs the server",
      false, always },
    { .kind = ACT_NONE },
};
/* clang-format on */

const struct action_row *action_find(const struct fix *fix, const char *word)
{
    for (const struct action_row *row = act_rows; row->word; row++)
        if (fix && strcmp(row->word, word) == 0 && row->applies(fix))
            return row;
    return NULL;
}
