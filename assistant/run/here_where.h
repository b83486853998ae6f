#ifndef CERTMEND_RUN_HERE_WHERE_H
#define CERTMEND_RUN_HERE_WHERE_H
/*
 * here_where - which places are this machine's, and who listens at them
 *
 * Helper of run/here_look.c.
 */
#include "base/text.h"
#include "machine/listener.h"
#include "model/target.h"
#include "net/connect_to.h"

struct here_where {
    struct text_list addresses; /* of this machine */
};

MUST_CHECK bool here_where_read(struct arena *a, struct here_where *out,
                                struct err *err);
bool here_where_is_own(const struct here_where *w, const char *address);

/* What to tell where no address is ours. */
const char *here_where_not(struct arena *a, const struct target *t);

/* "0.0.0.0", "::" */
bool here_where_is_any(const char *address);

/* NULL: nobody listens there. */
const struct listener *here_where_listener(const struct listeners *all,
                                           const struct connect_place *where);

#endif
