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

/* What the server shows is files and a reload. */
static bool installs(const struct fix *fix)
{
    switch (fix->def->prove) {
    case PROVE_CERTIFICATE:
    case PROVE_FULL_CHAIN:
    case PROVE_DEPLOY:
    case PROVE_RELOAD:
    case PROVE_SNI_MAP:
    case PROVE_DEFAULT:
        return reloads(fix);
    default:
        return false;
    }
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
      "issue\", or none)", false, false, orders },
    { ACT_SHOW, "apply", NULL,
      "I install it on this machine: what changes is shown first", false, true,
      installs },
    { ACT_REQUEST, "request", NULL,
      "I make the key and the request (CSR) for an authority of your choice",
      false, false, orders },
    { ACT_RUN, "run", "COMMAND", "I run the command that you name", true,
      false, reloads },
    { ACT_LETTER, "letter", NULL, "I write the letter to whoever runs the server",
      false, false, always },
    { .kind = ACT_NONE },
};
/* clang-format on */

bool action_is_offered(const struct action_row *row, const struct fix *fix,
                       bool here)
{
    return (here || !row->here) && row->applies(fix);
}

const struct action_row *action_find(const struct fix *fix, bool here,
                                     const char *word)
{
    for (const struct action_row *row = act_rows; row->word; row++)
        if (fix && strcmp(row->word, word) == 0 &&
            action_is_offered(row, fix, here))
            return row;
    return NULL;
}
