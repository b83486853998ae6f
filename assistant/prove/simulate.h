#ifndef CERTMEND_PROVE_SIMULATE_H
#define CERTMEND_PROVE_SIMULATE_H
/*
 * simulate - what the checks would say if a fix had been carried out
 *
 * A copy of the survey is changed and judged again by the same verdict and
 * the same checks. The survey itself is never touched.
 */
#include "crypto/anchors.h"
#include "crypto/test_cert.h"
#include "model/plan.h"

/* What a proof has to go by. */
struct trial {
    const struct survey *survey;
    const struct findings *found;
    struct anchors *trust;
    struct arena *arena;
};

struct survey *simulate_copy(const struct survey *s);

/* A certificate as the usual CA gives them on the day of judging; its names are
 * the caller's. */
struct test_cert_request simulate_request(const struct trial *t);

/* Gives a cell of the copy another chain. `chain` is copied. */
void simulate_chain(struct survey *copy, size_t cell, const size_t *chain,
                    size_t len);

/* What the checks find in the copy; `root` as below. */
MUST_CHECK bool simulate_look(const struct trial *t, struct survey *copy,
                              const struct cert *root, struct findings *after,
                              struct err *err);

/* No error or warning is among them that was not there before. */
bool simulate_adds_nothing(const struct findings *before,
                           const struct findings *after);

/*
 * Judges the copy; `root` is trusted besides, NULL: none. Fills fix->clears
 * with the ids that are gone for good; *holds says that one of its causes is
 * among them and that no error or warning came up.
 */
MUST_CHECK bool simulate_judge(const struct trial *t, struct survey *copy,
                               const struct cert *root, struct fix *fix,
                               bool *holds, struct err *err);

#endif
