#ifndef CERTMEND_ACME_ACME_DOWNLOAD_H
#define CERTMEND_ACME_ACME_DOWNLOAD_H
/*
 * acme_download - the certificate, checked, or one of its other chains (RFC
 * 8555 7.4.2)
 */
#include "acme/acme.h"

/* result.issued lacks order_url and replaced. Calls done exactly once. */
void acme_download(struct acme *s, const struct acme_order_request *request,
                   const char *url, acme_done *done, void *arg);

#endif
