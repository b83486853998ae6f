#ifndef CERTMEND_CHECK_CHECK_H
#define CERTMEND_CHECK_CHECK_H
/*
 * check - one question asked of a survey
 *
 * A check is a pure function: same survey, same findings. It opens no file,
 * asks no clock (s->judged_at is now) and never sees OpenSSL: names and trust
 * are in each cell's verdict, dates are judged here.
 *
 * To add one: write check/chk_<name>.c defining `const struct check
 * chk_<name>`, add its row in check/checks.c, and give each finding a
 * scenario and an innocent twin.
 */
#include "model/finding.h"

#define CHECK_BIT(find) (1u << (find)) /* its place in finds[] */

struct check {
    const char *name;                /* the <name> of chk_<name>.c */
    const char *about;               /* the question, in one sentence */
    const struct finding_def *finds; /* all it can report; NULL id ends */
    unsigned mended; /* those that a new certificate mends, of an authority
                        that everybody trusts: CHECK_BIT() for each */
    void (*run)(const struct survey *s, struct findings *out);
};

/* Every check; NULL ends the list. */
extern const struct check *const all_checks[];

/* Runs them all and sorts what they found, worst first. */
void check_all(const struct survey *s, struct findings *out);

const struct finding_def *check_find_def(const char *id); /* NULL: unknown */

/* A new certificate mends it, whatever else does. */
bool check_is_mended(const struct finding_def *def);

#endif
