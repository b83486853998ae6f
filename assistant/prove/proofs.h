#ifndef CERTMEND_PROVE_PROOFS_H
#define CERTMEND_PROVE_PROOFS_H
/*
 * proofs - one function per way to prove a fix
 *
 * Each sets fix->proof, proof_detail and clears; *holds false drops the fix.
 * false: we failed.
 *
 * To add one: its word in model/plan.c, what it has to be told in
 * advise/rules_fix.c, and its row in proofs[] of prove/prove.c. A fix that is
 * proven like another needs none: its file says "prove".
 */
#include "prove/simulate.h"

typedef bool prove_fix(const struct trial *t, struct fix *fix, bool *holds,
                       struct err *err);

/* Looked at in a further pass: prove/prove_endpoint.c */
prove_fix prove_hostname, prove_port, prove_mode, prove_input, prove_place;

/* The checks run again: prove/prove_certificate.c */
prove_fix prove_new_certificate, prove_full_chain, prove_shorter_chain,
    prove_deploy, prove_reload, prove_machines;

/* The DNS or a policy says otherwise: prove/prove_dns.c */
prove_fix prove_caa, prove_tlsa, prove_mta_sts, prove_dns;

/* The table of names: prove/prove_sni.c */
prove_fix prove_sni_map, prove_default;

/* Says that it cannot be proven from here. */
prove_fix prove_nothing;

#endif
