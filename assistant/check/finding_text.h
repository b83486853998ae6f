#ifndef CERTMEND_CHECK_FINDING_TEXT_H
#define CERTMEND_CHECK_FINDING_TEXT_H
/*
 * finding_text - the words and values that findings have in common
 *
 * Text for a person, in the arena given; pure.
 */
#include "check/group.h"

/* "mail.example.com:587", "mail.example.com (ports 465 and 587)", "the file
 * cert.pem". */
const char *finding_text_where(const struct group *g, struct arena *a);

/* "mail.example.com and 3 more names", "no name at all". */
const char *finding_text_names(struct arena *a, const struct cert *leaf);

/* What people call a certificate and who issued it: the CN, else all of it. */
const char *finding_text_subject(const struct cert *c);
const char *finding_text_issuer(const struct cert *c);

/* What to add to an SMTP server's refusal that is for now only (RFC 5321
 * 4.2.1: "421"), and whether it was asked twice; "" for any other. */
const char *finding_text_for_now(const struct group *g);

/* "192.0.2.1 and 192.0.2.2" */
const char *finding_text_addresses(const struct group *g, struct arena *a);

const char *finding_text_date(struct arena *a,
                              int64_t when_s); /* "2026-11-23" */

/* "3 days", "1 day", "less than a day". */
const char *finding_text_days(struct arena *a, int64_t span_s);

/* "a", "a and b", "a, b and c". */
const char *finding_text_list(struct arena *a, const char *const *words,
                              size_t len);

/* A finding with its cells and the values every rule may want: host, name,
 * address, port, ports, services, addresses; and of the leaf: certificate,
 * subject, issuer, not_before, not_after. */
struct finding *finding_text_add(struct findings *out,
                                 const struct finding_def *def,
                                 enum severity sev, const struct group *g,
                                 const char *detail);

#endif
