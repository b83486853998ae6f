#ifndef CERTMEND_ACME_ACME_NEW_ORDER_H
#define CERTMEND_ACME_ACME_NEW_ORDER_H
/*
 * acme_new_order - what an order says (RFC 8555 7.4, RFC 8738 3, RFC 9773 5)
 */
#include "acme/acme.h"
#include "base/json.h"

/* `replaces` is left out where it is false. */
const struct json *acme_new_order(struct arena *a,
                                  const struct acme_order_request *request,
                                  bool replaces);

/* Why these CA cannot serve the request; NULL: it may. */
const struct acme_problem *acme_new_order_problem(
    struct arena *a, const struct acme_directory *d,
    const struct acme_order_request *request);

#endif
