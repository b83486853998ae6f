#ifndef CERTMEND_ACME_CA_H
#define CERTMEND_ACME_CA_H
/*
 * ca - the CAs that have a name here, and what they allow
 *
 * Of a CA given by its URL little is known: it is taken to be as most are.
 *
 * To add one: a file in rules/authorities/.
 */
#include "base/json.h"
#include "base/table.h"

enum limit_of { LIMIT_CERTIFICATE, LIMIT_ORDER, LIMIT_FAILURE, LIMIT_OF_COUNT };
enum limit_per { PER_DOMAIN, PER_SET, PER_ACCOUNT, PER_NAME, LIMIT_PER_COUNT };

extern const struct word limit_of_words[];  /* "certificate", ... */
extern const struct word limit_per_words[]; /* "domain", ... */

/* So many in a window; it fills up again evenly over the window. */
struct limit {
    enum limit_of of;
    enum limit_per per;
    int64_t most;
    int64_t window_s;
};

struct authority_profile {
    const char *name;
    int64_t names_max; /* 0: as without a profile */
    bool addresses;    /* IP addresses are certified by it (RFC 8738) */
};

struct ca {
    const char *id;        /* "letsencrypt", or the URL that was given */
    const char *title;     /* for people */
    const char *directory; /* URL */
    const char *staging;   /* id of the one to try on first, or NULL */
    const char *const *caa;
    size_t caa_len;
    bool wants_eab;
    const struct limit *limits; /* none are known for a URL */
    size_t limits_len;
    int64_t names_max;                        /* on one certificate */
    const struct authority_profile *profiles; /* that are to be known here */
    size_t profiles_len;
};

/* How many names fit on a certificate of this profile, NULL: none chosen. */
size_t authority_names_max(const struct ca *of, const char *profile);

/* The profile that addresses need there; NULL: none is known. */
const char *authority_address_profile(const struct ca *of);

/* The name of a row, or an https URL. */
MUST_CHECK bool ca_find(struct arena *a, const char *text,
                        const struct ca **out, struct err *err);

#endif
