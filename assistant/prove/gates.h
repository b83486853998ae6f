#ifndef CERTMEND_PROVE_GATES_H
#define CERTMEND_PROVE_GATES_H
/*
 * gates - what has to be true before a certificate may be changed
 *
 * Every fix that brings a new certificate passes them: names that can be
 * certified, CAA, a challenge that can be met, published TLSA records, the
 * domain's MTA-STS policy. A gate that is shut stays in the fix with what
 * opens it; where another way through is known (keep the key, prove by DNS)
 * the fix takes it.
 *
 * To add one: its id here and in gates_add.c, what it stands for in
 * rules/gates.json, a function and its row in gates[] of gates.c.
 */
#include "prove/simulate.h"

enum gate_id {
    GATE_NAMES,
    GATE_CAA_FORBIDS,
    GATE_CAA_CRITICAL,
    GATE_CAA_PARAMS,
    GATE_CAA_LOOKUP_FAILS,
    GATE_WILDCARD,
    GATE_HTTP01_UNREACHABLE,
    GATE_HTTP01_ELSEWHERE,
    GATE_HTTP01_BAD_REDIRECT,
    GATE_HTTP01_CATCHALL,
    GATE_HTTP01_V6_BROKEN,
    GATE_BOGUS,
    GATE_TLSA,
    GATE_STS,
    GATE_RATE,
    GATE_COUNT,
};

extern const char *const gate_ids[GATE_COUNT]; /* "names-that-go", ... */

/* The fix brings a new certificate. */
bool gates_apply(const struct fix *fix);

/* Sets fix->gates and corrects names, challenge and keep_key. False: nothing
 * of it can be had, so it is not offered. */
bool gates_pass(const struct trial *t, struct fix *fix);

/* prove/gates_moved.c: the fix shows a certificate that there is in further
 * places, as in `copy`. Sets fix->gates where somebody would lose by it. */
void gates_moved(const struct trial *t, struct fix *fix,
                 const struct survey *copy);

/* Likewise where it takes the place of the one shown by default, or of the
 * entry for one name. */
void gates_default(const struct trial *t, struct fix *fix,
                   const struct survey *copy);
void gates_entry(const struct trial *t, struct fix *fix,
                 const struct survey *copy);

/* Some gate of `fix` is shut that `opener` opens. */
bool gates_opened_by(const struct fix *fix, const struct fix *opener);

/* Chosen for nothing but a gate: no use without the certificate behind it. */
bool gates_are_its_cause(const struct fix *fix);

/* ---- for the gates alone ---- */

typedef void gate(const struct trial *t, struct fix *fix);

/* prove/gates_names.c: corrects the names, and says which of those that are
 * served today would go. False: none can be had. */
bool gate_names(const struct trial *t, struct fix *fix);

/* prove/gates_proof.c, prove/gates_keys.c */
gate gate_caa, gate_challenge, gate_bogus, gate_rate, gate_tlsa, gate_sts;

/* prove/gates_add.c */
void gates_add(const struct trial *t, struct fix *fix, enum gate_id id,
               bool open, const char *detail);

/* Gives a parameter another value; it is moved to the end. */
void gates_param(const struct trial *t, struct fix *fix, const char *key,
                 const struct json *value);

#endif
