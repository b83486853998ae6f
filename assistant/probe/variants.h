#ifndef CERTMEND_PROBE_VARIANTS_H
#define CERTMEND_PROBE_VARIANTS_H
/*
 * variants - the same port once more, as another client would meet it
 *
 * Without SNI, and with an RSA key alone where an ECDSA one was shown. Only
 * behind a scan that has reached TLS; one after the other.
 */
#include "probe/scan.h"

/* The further scans that `l`, which has just ended, calls for, in a row by
 * their `variant` and hung behind `l`; NULL: none. */
struct scan *variants(struct scan *l);

/* The same address showed the same certificate to `other`, and the further
 * scans behind that one ask about the RSA key: once is enough. */
bool variants_settle(const struct scan *other, const struct scan *l);

/* Does `l`, in the row that `first` began, tell anything new? That it found out
 * nothing is new, too. */
bool variants_is_news(const struct scan *first, const struct scan *l);

#endif
