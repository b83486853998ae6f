#ifndef CERTMEND_FACTS_CAA_H
#define CERTMEND_FACTS_CAA_H
/*
 * caa - which authorities may issue for a name (RFC 8659, RFC 8657)
 *
 * Pure: reads the CAA answers that a survey holds, climbing from the name to
 * its parents as an authority does. Judged in this one place only.
 */
#include "model/survey.h"

enum caa_ruling {
    CAA_ALLOWED,
    CAA_FORBIDDEN, /* the set names other authorities, or none */
    CAA_CRITICAL,  /* an unknown tag is marked critical (8659 4.5) */
    CAA_BY_PARAMS, /* allowed, but not this way: accounturi or
                      validationmethods (RFC 8657) */
    CAA_FAILED,    /* a look-up failed: an authority must refuse */
    CAA_UNKNOWN,   /* the questions were not asked */
    CAA_RULING_COUNT,
};

struct caa_question {
    const char *name;    /* normal form; a wildcard keeps its "*." */
    const char *ca;      /* "letsencrypt.org" */
    const char *method;  /* "http-01", or NULL: any would do */
    const char *account; /* ACME account URL, or NULL: not known yet */
};

struct caa_answer {
    enum caa_ruling ruling;
    const char *zone;   /* owner of the relevant set, or NULL: none found */
    const char *tag;    /* "issue" or "issuewild", what was decisive */
    const char *record; /* the decisive record as published, or NULL */
    struct text_list authorities; /* those that are named */
};

struct caa_answer caa_judge(const struct survey *s, struct arena *a,
                            const struct caa_question *q);

/* The owner names to ask for CAA: the name without "*." and its parents up to
 * the top level domain. */
struct text_list caa_owners(struct arena *a, const char *name);

#endif
