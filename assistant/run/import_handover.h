#ifndef CERTMEND_RUN_IMPORT_HANDOVER_H
#define CERTMEND_RUN_IMPORT_HANDOVER_H
/*
 * import_handover - two clients never renew the same certificate
 *
 * What renews it today is named: timers, lines of crontabs, and which servers'
 * settings name the other client's files. Told to, certificates that have come
 * are taken out of the other client's list, its links lead to ours, and when
 * none is left its timer is switched off.
 *
 * Safe comes first: one whose files a server still reads, and that are no
 * links to ours, stays on that list; so does one whose key others may read,
 * since they may not read ours.
 */
#include "run/import_plan.h"

/* The settings of servers on this machine that name files of the items. */
void import_handover_look(struct import_plan *p);

/* Timers that are on and lines of crontabs, each a half sentence. */
MUST_CHECK bool import_handover_runs(struct import_plan *p,
                                     struct text_list *out, struct err *err);

/* What came, or is here, is handed over; p->notes says what was done. */
MUST_CHECK bool import_handover(struct import_plan *p, struct err *err);

/* One that came is not handed over: something renews it twice. */
bool import_handover_is_open(const struct import_plan *p);

#endif
