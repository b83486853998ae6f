#ifndef CERTMEND_ACT_ACT_ATTRIBUTES_H
#define CERTMEND_ACT_ACT_ATTRIBUTES_H
/*
 * act_attributes - whose a file is, what others may do with it, and what is
 * attached to it
 */
#include "base/err.h"

/* Owner, group, extended attributes (access lists and security labels are some
 * of them) and mode of `from` for `to`, both open. False: errno says which of
 * them could not be given. */
MUST_CHECK bool act_attributes_copy(int from, int to);

#endif
