#ifndef CERTMEND_PAGE_PAGE_SILENT_H
#define CERTMEND_PAGE_PAGE_SILENT_H
/*
 * page_silent - ports that answered a look, and do not answer the next one
 *
 * A service that does not come up again after its certificate was changed looks
 * mended, as no fault shows there. Nothing is known of it. Pure.
 */
#include "report/report.h"

/* "993"; of hosts that the later look has met, too. */
struct text_list page_silent_ports(struct arena *a, const struct survey *before,
                                   const struct survey *now);

/* It was found at one of them: nobody knows whether it is gone. */
bool page_silent_hides(const struct report *before, const struct survey *now,
                       const struct finding_def *def);

#endif
