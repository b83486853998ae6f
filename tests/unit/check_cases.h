#ifndef CERTMEND_TESTS_CHECK_CASES_H
#define CERTMEND_TESTS_CHECK_CASES_H
/*
 * check_cases - for every finding a survey that shows it and one that does not
 *
 * Walked by test_check_cases.c, which fails when a finding has no case.
 */
#include "model/finding.h"
#include "survey_builder.h"

#define HOST "mail.example.com"
#define ADDR "192.0.2.1"

struct check_case {
    const char *finding;
    enum severity severity;
    const char *what;
    struct survey *(*shows)(struct arena *a);
    struct survey *(*innocent)(struct arena *a); /* no error, no warning */
    bool twin_may; /* the twin has faults of its own, just not this one */
};

/* Each ends with a case without finding. */
extern const struct check_case cases_name[], cases_trust[], cases_port[],
    cases_host[], cases_dns[], cases_gates[], cases_ordered[], cases_domain[];

/* mail.example.com at 192.0.2.1, one certificate on 465, 587 and 993. */
struct survey *with_cert(struct arena *a, const char *host,
                         struct built_cert cert);
/* The same on one port that was asked for. */
struct survey *with_port(struct arena *a, uint16_t port,
                         struct built_cert cert);
struct survey *healthy(struct arena *a);

/* The healthy host, and one more cell on `port` that is told what to be. */
struct cell *healthy_and(struct arena *a, uint16_t port, struct survey **out);

#endif
