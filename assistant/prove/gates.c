#include "prove/gates.h"

#include <string.h>

#include "base/text.h"

/* The challenge before the records: CAA may allow one way of proof only. */
static gate *const gates[] = {
    gate_challenge, gate_caa, gate_bogus, gate_tlsa, gate_sts, gate_rate,
};

bool gates_apply(const struct fix *fix)
{
    return fix->def->brings == BRINGS_CERTIFICATE;
}

bool gates_pass(const struct trial *t, struct fix *fix)
{
    if (!gate_names(t, fix))
        return false;
    for (size_t i = 0; i < sizeof gates / sizeof *gates; i++)
        gates[i](t, fix);
    return true;
}

static bool is_cause(const struct fix *fix, const char *id)
{
    return text_is_among(id, fix->causes, fix->causes_len);
}

bool gates_opened_by(const struct fix *fix, const struct fix *opener)
{
    for (size_t i = 0; i < fix->gates_len; i++)
        if (!fix->gates[i].open && is_cause(opener, fix->gates[i].id))
            return true;
    return false;
}

bool gates_are_its_cause(const struct fix *fix)
{
    const char *const kinds[] = { "acme.", "http01.", "dns01.",
                                  gate_ids[GATE_TLSA] };

    for (size_t i = 0; i < fix->causes_len; i++) {
        bool gated = false;
        for (size_t k = 0; k < sizeof kinds / sizeof *kinds; k++)
            gated = gated ||
                    strncmp(fix->causes[i], kinds[k], strlen(kinds[k])) == 0;
        if (!gated)
            return false;
    }
    return true;
}
