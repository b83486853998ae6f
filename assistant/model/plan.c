#include "model/plan.h"

#include <assert.h>

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
