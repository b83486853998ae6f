#ifndef CERTMEND_FACTS_CA_H
#define CERTMEND_FACTS_CA_H
/*
 * ca - what is known of a CA: how it is reached, what it allows
 *
 * Of a CA given by its URL little is known: it is taken to be as most are.
 *
 * To add one: a file in rules/authorities/.
 */
#include "base/json.h"
#include "base/table.h"
#include "facts/calendar.h"

/* On one certificate, of the CAs that say nothing else. */
enum { CA_NAMES_USUAL = 100 };

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

struct ca_profile {
    const char *name;
    const char *dated; /* its rows in the calendar: "letsencrypt.classic" */
    int64_t names_max; /* 0: as without a profile */
    bool addresses;    /* IP addresses are certified by it (RFC 8738) */
};

struct ca {
    const char *id;        /* "letsencrypt", or the URL that was given */
    const char *title;     /* for people */
    const char *directory; /* URL */
    const char *staging;   /* id of the one to try on first, or NULL */
    struct text_list caa;  /* what CAA records call it; none: unknown */
    bool wants_eab;
    const struct limit *limits; /* none are known for a URL */
    size_t limits_len;
    int64_t names_max;       /* on one certificate */
    int64_t labels_max;      /* of a name; 0: as many as fit */
    const int64_t *rsa_bits; /* sizes of keys; none: unknown */
    size_t rsa_bits_len;
    struct text_list curves;           /* "P-256" */
    const char *profile;               /* where none is chosen, or NULL */
    const struct ca_profile *profiles; /* that are to be known here */
    size_t profiles_len;
};

/* Reads a file of rules/authorities/; its dates are appended to `dates`. `path`
 * begins every error. */
MUST_CHECK bool ca_read(struct arena *a, const struct json *j, const char *path,
                        struct calendar *dates, struct ca *out,
                        struct err *err);

/* NULL: the one where none is chosen. NULL is given back where it is not
 * known. */
const struct ca_profile *ca_profile_find(const struct ca *of, const char *name);

/* How many names fit on a certificate of this profile, NULL: none chosen. */
size_t ca_names_max(const struct ca *of, const char *profile);

/* The profile that addresses need there; NULL: none is known. */
const char *ca_address_profile(const struct ca *of);

/* The fewest that fit on one of any profile. */
size_t ca_names_min(const struct ca *of);

/* What it limits so; NULL: nothing is known of it. */
const struct limit *ca_limit(const struct ca *of, enum limit_of what,
                             enum limit_per per);

#endif
