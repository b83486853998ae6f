/*
 * gates_keys - what other people rely on: TLSA records and MTA-STS policies
 */
#include <string.h>

#include "check/policy.h"
#include "check/replacement.h"
#include "crypto/verification.h"
#include "facts/tlsa.h"
#include "model/service.h"
#include "prove/gates.h"

struct pins {
    bool any;           /* a record is published for what would change */
    bool key_fits;      /* ... and each goes on to fit the key there is */
    bool one_key;       /* all of them show the same key */
    const char *record; /* the first that does not */
    const struct cert *leaf;
};

static void pin(const struct trial *t, const struct cell *c,
                const struct tlsa_state *state, struct pins *pins)
{
    pins->any |= state->published;
    if (state->published && !state->key_fits && !pins->record)
        pins->record = tlsa_owner(t->arena, c->host, c->port);
    pins->key_fits &= !state->published || state->key_fits;
}

/* The same key by another name of the order. A record that does not fit what
 * is shown here is about another machine's, or was wrong before. */
static void pin_names(const struct trial *t, const struct cell *c,
                      const struct text_list *names, struct pins *pins)
{
    const uint16_t ports[] = { PORT_SMTP, c->port };

    for (size_t i = 0; i < names->len; i++)
        for (size_t k = 0; k < sizeof ports / sizeof *ports; k++) {
            struct cell its = *c;
            its.host = names->text[i];
            its.port = ports[k];
            struct tlsa_state state = tlsa_judge(t->survey, t->arena, &its);
            if (state.matched)
                pin(t, &its, &state, pins);
        }
}

static struct pins read_pins(const struct trial *t)
{
    const struct survey *s = t->survey;
    struct text_list names = replacement_names(s, t->arena);
    struct pins pins = { .key_fits = true, .one_key = true };

    for (size_t i = 0; i < s->cells_len; i++) {
        const struct cell *c = &s->cells[i];
        const struct cert *leaf = cell_leaf(s, c);
        if (!replacement_changes(s, c) || !leaf)
            continue;
        struct tlsa_state state = tlsa_judge(s, t->arena, c);
        if (pins.leaf &&
            strcmp(pins.leaf->spki_sha256_hex, leaf->spki_sha256_hex) != 0)
            pins.one_key = false;
        pins.leaf = pins.leaf ? pins.leaf : leaf;
        pin(t, c, &state, &pins);
        pin_names(t, c, &names, &pins);
    }
    return pins;
}

static bool may_keep(const struct trial *t, const struct fix *fix)
{
    return fix->def->kind != FIX_KEY && !finding_find(t->found, "key.small");
}

void gate_tlsa(const struct trial *t, struct fix *fix)
{
    struct pins pins = read_pins(t);

    if (!pins.any)
        return;
    if (!may_keep(t, fix)) {
        gates_add(t, fix, GATE_TLSA, false,
                  "TLSA records are published: that of the new key has to "
                  "stand beside them for twice their time to live before the "
                  "key is changed.");
        return;
    }
    if (!pins.one_key) {
        gates_add(t, fix, GATE_TLSA, false,
                  "TLSA records are published, and the ports show different "
                  "keys: publish the record of the new key at each first.");
        return;
    }
    gates_param(t, fix, "keep_key", json_bool(t->arena, true));
    if (pins.key_fits)
        gates_add(
            t, fix, GATE_TLSA, true,
            "As long as the key in use is kept, the published TLSA records go "
            "on to fit; the steps say how.");
    else
        gates_add(t, fix, GATE_TLSA, false,
                  arena_printf(t->arena,
                               "The TLSA record at %s would not fit the new "
                               "certificate: publish that of the key first, "
                               "and keep the key.",
                               pins.record));
}

static bool keeps_name(const struct trial *t, const struct fix *fix,
                       const char *host)
{
    const struct json *names = json_find(fix->params, "names");
    const char **list =
        arena_alloc(t->arena, names ? names->len + 1 : 1, sizeof *list);
    size_t len = 0;

    JSON_EACH (name, names) {
        if (name->text)
            list[len++] = name->text;
    }
    return verification_patterns(list, len, host);
}

/* RFC 8461 4.2: the exchanger's name has to stay on its certificate. */
void gate_sts(const struct trial *t, struct fix *fix)
{
    const struct survey *s = t->survey;

    for (size_t i = 0; i < s->cells_len; i++) {
        const struct cell *c = &s->cells[i];
        if (c->port != PORT_SMTP || !replacement_changes(s, c))
            continue;
        struct policy policy = policy_of(s, t->arena, c->host);
        if (!policy.domain || policy.sts.mode == STS_NONE)
            continue;
        bool open = keeps_name(t, fix, c->host);
        gates_add(t, fix, GATE_STS, open,
                  arena_printf(t->arena,
                               open ? "The MTA-STS policy of %s goes on to be "
                                      "kept: %s stays on the certificate."
                                    : "The MTA-STS policy of %s would be "
                                      "broken: %s is not on the certificate.",
                               policy.domain, c->host));
        return;
    }
}
