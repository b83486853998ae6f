#ifndef CERTMEND_RUN_IMPORT_TELL_H
#define CERTMEND_RUN_IMPORT_TELL_H
/*
 * import_tell - a plan of import, and what came of it, as text and as
 * "certmend.import/1"
 *
 * What stands in the other client's files is made printable here.
 */
#include "run/import_plan.h"

/* `runs`: what runs the other client today. */
void import_tell_plan(const struct import_plan *p, const struct text_list *runs,
                      struct buf *out);
void import_tell_done(const struct import_plan *p, struct buf *out);

struct json *import_json(const struct import_plan *p,
                         const struct text_list *runs);

#endif
