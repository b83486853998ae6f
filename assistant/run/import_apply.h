#ifndef CERTMEND_RUN_IMPORT_APPLY_H
#define CERTMEND_RUN_IMPORT_APPLY_H
/*
 * import_apply - carries a plan out: accounts, certificates, programs
 *
 * Each certificate comes whole or not at all; twice is as once. The other
 * client's files are read and not changed: that is import_handover.h's.
 */
#include "run/import_plan.h"

MUST_CHECK bool import_apply(struct import_plan *p, struct err *err);

#endif
