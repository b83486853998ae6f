#ifndef CERTMEND_FACTS_STS_H
#define CERTMEND_FACTS_STS_H
/*
 * sts - an MTA-STS policy as facts (RFC 8461)
 *
 * Pure: reads the _mta-sts TXT answer and the fetched policy file that a
 * survey holds.
 */
#include "model/survey.h"

enum sts_mode { STS_NONE, STS_TESTING, STS_ENFORCE, STS_MODE_COUNT };

struct sts_policy {
    bool published; /* a v=STSv1 TXT record is there (8461 3.1) */
    bool readable;  /* and the policy could be fetched and read (3.2) */
    enum sts_mode mode;
    int64_t max_age_s;
    struct text_list mx; /* patterns: a name, or "*.example.com" */
    const char *fault;   /* what is wrong with a policy that cannot be read */
};

/* The policy of a mail domain as far as the survey knows it. */
struct sts_policy sts_find(const struct survey *s, struct arena *a,
                           const char *domain);

/* Reads a policy file of `len` bytes: an enemy's text. */
void sts_read(struct arena *a, const uint8_t *body, size_t len,
              struct sts_policy *out);

/* 8461 4.1: an exact name, or "*." for exactly one label. */
bool sts_lists(const struct sts_policy *p, const char *mx_host);

const char *sts_record_owner(struct arena *a, const char *domain);
const char *sts_policy_url(struct arena *a, const char *domain);

#endif
