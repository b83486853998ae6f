#ifndef CERTMEND_CRYPTO_ANCHORS_H
#define CERTMEND_CRYPTO_ANCHORS_H
/*
 * anchors - the roots we trust
 *
 * The system's are looked up one at a time by subject hash (OpenSSL's hashed
 * folder), never by parsing the whole bundle: 30 ms a run. Owned by the
 * caller; used by any number of verdicts.
 */
#include "model/survey.h"

struct anchors;

/*
 * `ca_file`: trust the self-signed certificates in it and nothing else; other
 * certificates there help to build chains. NULL: the system's.
 */
MUST_CHECK bool anchors_new(const char *ca_file, struct anchors **out,
                            struct err *err);

/* The roots kept in a survey, for judging it again elsewhere. */
MUST_CHECK bool anchors_from_survey(const struct survey *s,
                                    struct anchors **out, struct err *err);

/* The same anchors and one more root. `base` must outlive the result. */
MUST_CHECK bool anchors_with(struct anchors *base, const struct cert *root,
                             struct anchors **out, struct err *err);

void anchors_free(struct anchors *a); /* NULL is fine */

#endif
