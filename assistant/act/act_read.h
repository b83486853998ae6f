#ifndef CERTMEND_ACT_ACT_READ_H
#define CERTMEND_ACT_ACT_READ_H
/*
 * act_read - the acts of a journal, as they lie there
 */
#include "act/act_folder.h"
#include "act/act_journal.h"
#include "act/act_record.h"

extern const char act_unfinished[]; /* before the id of one that is being
                                       written down: ".new-" */
extern const char act_broken[];     /* before one that was put aside:
                                       "broken-" */

/* Of what looks like an act, oldest first. */
MUST_CHECK bool act_read_ids(const struct act_folder *journal,
                             const char *const **ids, size_t *len,
                             struct err *err);

/* From its open folder and its record. */
struct act act_read_from(const struct act_folder *f,
                         const struct act_record *r);

MUST_CHECK bool act_read_one(const struct act_folder *journal, const char *id,
                             struct act *out, struct err *err);

/* Oldest first; what cannot be read is told of in the log. */
MUST_CHECK bool act_read_all(const struct act_folder *journal,
                             struct act *const **acts, size_t *len,
                             struct err *err);

#endif
