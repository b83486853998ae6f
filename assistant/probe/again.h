#ifndef CERTMEND_PROBE_AGAIN_H
#define CERTMEND_PROBE_AGAIN_H
/*
 * again - the same port once more, as another client would meet it
 *
 * Without SNI, and with an RSA key alone where an ECDSA one was shown. Only
 * behind a look that has reached TLS; one after the other.
 */
#include "probe/look.h"

/* The further looks that `l`, which has just ended, calls for, in a row by
 * their `twin` and hung behind `l`; NULL: none. */
struct look *again(struct look *l);

/* The same address showed the same certificate to `other`, and the further
 * looks behind that one ask about the RSA key: once is enough. */
bool again_settles(const struct look *other, const struct look *l);

/* Does `l`, in the row that `first` began, tell anything new? */
bool again_is_news(const struct look *first, const struct look *l);

#endif
