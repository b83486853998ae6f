#ifndef CERTMEND_RUN_ISSUE_REQUEST_H
#define CERTMEND_RUN_ISSUE_REQUEST_H
/*
 * issue_request - a certificate from a CA: the plan, and where it is wished,
 * the order
 *
 * What "certmend issue" reads from its command line and the guided session
 * from its plan; one engine carries out both. What it
 * does is told by say() while it is done.
 */
#include "run/exit_status.h"
#include "run/issue_options.h"

struct issue_request {
    struct issue_options how;  /* first: its rows count from here; apply and
                                  rehearse say what is done */
    struct wanted_names names; /* all of them; there is no limit but the CA's */
    struct wanted_names
        more; /* beside those of the certificate that is there */
    struct wanted_names less;   /* of those, the ones that may go */
    struct wanted_names agreed; /* and those that may where nobody wants them */
    bool force; /* a new one, though a fresh one for the same is there */
    /* SHA-256 of certificates that will not do, as served: none of these counts
     * as fresh. */
    const char *const *unfit;
    size_t unfit_len;
    bool wants_json;
    /* What is to be shown, as it comes up; false: it could not be shown. */
    bool (*say)(const char *text, size_t len, struct err *err);
    bool *is_live; /* set once the certificate is, whatever its servers show; or
                      NULL */
};

/* --add, --drop and --force, into a struct issue_request. */
extern const struct option_row issue_name_rows[];

/* The names among the words and those of --from join what is there. */
MUST_CHECK bool issue_request_names(struct arena *a,
                                    const struct text_list *words,
                                    struct issue_request *r, struct err *err);

/* The plan alone, as JSON ("certmend.issue/1" without its orders), with
 * "ca_title" and "staging_title": nothing is asked of the network, nothing is
 * said, and nothing changes. */
MUST_CHECK bool issue_request_plan(struct arena *a,
                                   const struct issue_request *r,
                                   struct json **out, struct err *err);

/* contract: 0 issued or shown, 1 the CA or the pre-flight said no, or a port
 * shows another certificate than the one issued, 2 our own
 * failure, 3 no CA there. */
enum exit_status issue_request(struct arena *a, const struct issue_request *r,
                               struct err *err);

#endif
