#ifndef CERTMEND_ACT_RENEWAL_H
#define CERTMEND_ACT_RENEWAL_H
/*
 * renewal - when a certificate is to be renewed; pure
 *
 * When its CA says so (RFC 9773): at a second in the suggested window that is
 * picked once, so that not everybody comes at the same time. Else with a third
 * of its life left, or half of it when it lives less than ten days. After a
 * failure: in a minute, ten, a hundred, then daily; daily at once where this CA
 * will never do it, and not within an hour where it has trouble of its own. No
 * pause is longer than a day or an eighth of the time that is left, whatever
 * the CA asks for; in the last hours, and after the end, hourly.
 */
#include "acme/acme_ari.h"
#include "acme/acme_problem.h"

struct renewal {
    bool has_ari;
    struct acme_ari ari;
    int64_t failures;        /* since the last certificate */
    int64_t next_try;        /* Unix seconds; 0: no failure yet */
    const char *const *told; /* lines: why the last try failed */
    size_t told_len;
    bool to_run;  /* what is to be run with it has failed, or was cut short */
    bool to_look; /* not every port showed it */
};

/* Unix seconds. A window that has passed is now; one that leads beyond the
 * certificate's end is none. */
int64_t renewal_moment(const struct renewal *r, const struct cert *c,
                       int64_t now_s);

/* It is late: the moment has come, a try has failed, and the next is still to
 * come. */
bool renewal_is_late(const struct renewal *r, const struct cert *c,
                     int64_t now_s);

/* Is there something to ask the CA? Also where the time to ask again is further
 * away than it ever is: this clock or that of the last run is wrong. */
bool renewal_wants_ari(const struct renewal *r, int64_t now_s);

/* `c` is the certificate that is live; `no`: what the CA said, or NULL. */
void renewal_failed(struct renewal *r, const struct cert *c, int64_t now_s,
                    const struct acme_problem *no);

/* renewal.json. What cannot be read is as if it were not there, and so is a
 * next try further away than any pause: a clock that was ahead wrote it. */
struct json *renewal_to_json(struct arena *a, const struct renewal *r);
struct renewal renewal_from_json(struct arena *a, const struct json *j,
                                 int64_t now_s);

#endif
