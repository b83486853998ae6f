#ifndef CERTMEND_REPORT_PROVIDER_H
#define CERTMEND_REPORT_PROVIDER_H
/*
 * provider - who runs the machine that a report is about
 *
 * From a report in JSON, fresh or saved. Nobody says it for certain; what the
 * machine calls itself does best: the provider's name for it that a fix has
 * found, the host of another domain that serves it, or a certificate that is
 * the provider's own. Where nothing tells, machines are told apart by their
 * address.
 */
#include "model/plan.h"

struct provider {
    const char *domain;  /* registrable, A-labels; NULL: nobody knows */
    const char *address; /* of the machine, in normal form; NULL: none seen */
};

/* `fixes`: what each fix in it is. */
struct provider provider_of(struct arena *a, const struct json *report,
                            const struct fix_defs *fixes);

#endif
