#ifndef CERTMEND_RUN_WIRE_LOOK_H
#define CERTMEND_RUN_WIRE_LOOK_H
/*
 * wire_look - what a change is to bring on the wire, and what it brought
 *
 * A reload that ends with status 0 proves nothing. So the certificate that is
 * to be shown is put into a copy of what was seen, the checks are run on that,
 * and what they then still find is all that may be found once it is done.
 */
#include "crypto/x509_read.h"
#include "run/target_run.h"

enum { WIRE_STEP_MS = 100, WIRE_LIMIT_MS = 10 * 1000 };

/* One look of a survey, and the certificate that it has to meet from then on.
 */
struct wire_place {
    size_t cell;                   /* of the survey */
    const struct cert_list *chain; /* leaf first */
};

struct wire_change {
    const struct survey *survey; /* before it */
    const struct findings *found;
    const struct wire_place *places;
    size_t places_len;
    /* Further ports of the same server, which are not in the survey. */
    const uint16_t *others;
    size_t others_len;
};

struct wire_expected {
    const struct survey *survey; /* the copy */
    struct findings found;
    struct text_list clears; /* ids of findings that are gone */
    struct text_list adds; /* sentences: it would do harm; none: all is well */
};

/* Pure but for the anchors. */
MUST_CHECK bool wire_expect(struct evaluation *j, const struct wire_change *c,
                            struct wire_expected *out, struct err *err);

/* Looks at the places each WIRE_STEP_MS until each shows its certificate;
 * *missing: how many do not after `limit_ms`. */
MUST_CHECK bool wire_wait(struct evaluation *j, const struct wire_change *c,
                          int64_t limit_ms, size_t *missing, struct err *err);

/* How the other ports of that server are: a survey for each. */
MUST_CHECK bool wire_others(struct arena *a, struct evaluation *j,
                            const struct wire_change *c,
                            const struct survey *const **out, struct err *err);

/* Sentences: what is not as it was to be, none where all of it is. */
struct text_list wire_worse(struct arena *a, const struct wire_change *c,
                            const struct wire_expected *expected,
                            const struct report *now);

/* The same of the other ports: they show what they showed, or what was to be
 * shown. */
void wire_worse_others(struct arena *a, const struct wire_change *c,
                       const struct survey *const *before,
                       const struct survey *const *now, struct text_list *out);

#endif
