#include "model/plan.h"

#include <assert.h>
#include <string.h>

const struct word actor_words[] = {
    { "user", ACTOR_USER },   { "you", ACTOR_YOU },
    { "dns", ACTOR_DNS },     { "provider", ACTOR_PROVIDER },
    { "local", ACTOR_LOCAL }, { NULL, ACTOR_COUNT },
};
static_assert(sizeof actor_words / sizeof *actor_words == ACTOR_COUNT + 1,
              "a word per actor");

const struct word brings_words[] = {
    { "nothing", BRINGS_NOTHING },
    { "certificate", BRINGS_CERTIFICATE },
    { NULL, BRINGS_COUNT },
};
static_assert(sizeof brings_words / sizeof *brings_words == BRINGS_COUNT + 1,
              "a word per thing brought");

const struct word risk_words[] = {
    { "none", RISK_NONE },
    { "reload", RISK_RELOAD },
    { "outage", RISK_OUTAGE },
    { NULL, RISK_COUNT },
};
static_assert(sizeof risk_words / sizeof *risk_words == RISK_COUNT + 1,
              "a word per risk");

const struct word proof_words[] = {
    { "none", PROOF_NONE },
    { "simulated", PROOF_SIMULATED },
    { "probed", PROOF_PROBED },
    { NULL, PROOF_COUNT },
};
static_assert(sizeof proof_words / sizeof *proof_words == PROOF_COUNT + 1,
              "a word per proof");

const struct word fix_kind_words[] = {
    { "hostname", FIX_HOSTNAME },
    { "port", FIX_PORT },
    { "security", FIX_SECURITY },
    { "input", FIX_INPUT },
    { "certificate", FIX_CERTIFICATE },
    { "renewal", FIX_RENEWAL },
    { "key", FIX_KEY },
    { "server", FIX_SERVER },
    { "record", FIX_RECORD },
    { "device", FIX_DEVICE },
    { "letter", FIX_LETTER },
    { "wait", FIX_WAIT },
    { NULL, FIX_COUNT },
};
static_assert(sizeof fix_kind_words / sizeof *fix_kind_words == FIX_COUNT + 1,
              "a word per kind");

const struct word prove_words[] = {
    { "none", PROVE_NOTHING },
    { "hostname", PROVE_HOSTNAME },
    { "port", PROVE_PORT },
    { "security", PROVE_SECURITY },
    { "input", PROVE_INPUT },
    { "certificate", PROVE_CERTIFICATE },
    { "full-chain", PROVE_FULL_CHAIN },
    { "shorter-chain", PROVE_SHORTER_CHAIN },
    { "deploy", PROVE_DEPLOY },
    { "machines", PROVE_MACHINES },
    { "reload", PROVE_RELOAD },
    { "caa", PROVE_CAA },
    { "tlsa", PROVE_TLSA },
    { "mta-sts", PROVE_MTA_STS },
    { "dns", PROVE_DNS },
    { "sni-map", PROVE_SNI_MAP },
    { "default", PROVE_DEFAULT },
    { "place", PROVE_PLACE },
    { NULL, PROVE_COUNT },
};
static_assert(sizeof prove_words / sizeof *prove_words == PROVE_COUNT + 1,
              "a word per procedure");

const struct word rank_by_words[] = {
    { "rank", RANK_BY_RANK },
    { "clears", RANK_BY_CLEARS },
    { "risk", RANK_BY_RISK },
    { NULL, RANK_BY_COUNT },
};
static_assert(sizeof rank_by_words / sizeof *rank_by_words == RANK_BY_COUNT + 1,
              "a word per order");

const struct word recipient_words[] = {
    { "provider", TO_PROVIDER }, { "it", TO_IT },    { "dns", TO_DNS },
    { "seller", TO_SELLER },     { NULL, TO_COUNT },
};
static_assert(sizeof recipient_words / sizeof *recipient_words == TO_COUNT + 1,
              "a word per recipient");

const struct word reach_words[] = {
    { "asked", REACH_ASKED },         { "published", REACH_PUBLISHED },
    { "spare", REACH_SPARE },         { "mail_host", REACH_MAIL_HOST },
    { "guess", REACH_GUESS },         { "filter", REACH_FILTER },
    { "exchanger", REACH_EXCHANGER }, { "backup", REACH_BACKUP },
    { "port_25", REACH_PORT_25 },     { "web", REACH_WEB },
    { "domain", REACH_DOMAIN },       { NULL, REACH_COUNT },
};
static_assert(sizeof reach_words / sizeof *reach_words == REACH_COUNT + 1,
              "a word for all who may be hit");

const struct fix_def *fix_defs_find(const struct fix_defs *all, const char *id)
{
    for (size_t i = 0; id && i < all->len; i++)
        if (strcmp(all->items[i].id, id) == 0)
            return &all->items[i];
    return NULL;
}

bool fix_def_is_for(const struct fix_def *def, enum recipient to)
{
    return def->recipients & 1u << to;
}

const struct finding *plan_part_of(const struct plan *p, size_t at)
{
    return p->part_of ? p->part_of[at] : NULL;
}
