#ifndef CERTMEND_PROVE_RECORDS_H
#define CERTMEND_PROVE_RECORDS_H
/*
 * records - a copy of a survey in which the DNS or a policy says otherwise
 *
 * The answers of the survey itself are never touched.
 */
#include "prove/simulate.h"

/* `text` joins the answer of `name`; what reads `without` goes, NULL: none. */
void records_put(struct survey *copy, const char *name, enum dns_type type,
                 const char *text, const char *without);

/* The answer of `name` becomes "no such records". */
void records_clear(struct survey *copy, const char *name, enum dns_type type);

/* The address goes out of the answer; looks at it count no longer. */
void records_drop_address(struct survey *copy, const char *name,
                          const char *address);

/* An alias among the MX records gives way to the host it leads to. */
void records_replace_host(struct survey *copy, const char *name,
                          enum dns_type type, const char *wrong,
                          const char *right);

/* The file at `url` reads `body` from now on. */
void records_serve(struct survey *copy, const char *url, const char *body);

/* TLSA records of the leaf now shown stand at every port that has some. */
void records_publish_key(struct survey *copy, const struct cert *leaf);

#endif
