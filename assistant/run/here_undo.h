#ifndef CERTMEND_RUN_HERE_UNDO_H
#define CERTMEND_RUN_HERE_UNDO_H
/*
 * here_undo - before a server is told to read files that were put back
 *
 * What was changed back may be what was broken before: a key that belongs to
 * another certificate closes ports at the next reload. The files are back in
 * any case; whether the server is told is asked here. That a certificate is
 * over or another name's is no reason: it ran like that.
 */
#include "act/act_journal.h"
#include "run/pair_fit.h"

/* Adds to `broken` what keeps a server of this machine, one that reads any of
 * these files, from serving what it names. None running: nothing is. */
MUST_CHECK bool here_undo_fits(struct arena *a, const char *const *paths,
                               size_t len, struct text_list *broken,
                               struct err *err);

/* An act that is ACT_RESTORED: asks the above, has its server told, and calls
 * it ACT_UNDONE. Adds sentences for people; *told: it read them, or there is
 * nobody to tell. */
MUST_CHECK bool here_undo_reload(struct arena *a, struct journal *j,
                                 struct act *act, struct text_list *said,
                                 bool *told, struct err *err);

/* What journal_open() found: its sentences, and those acts' servers told. */
MUST_CHECK bool here_undo_recovered(struct arena *a, struct journal *j,
                                    const struct journal_recovery *found,
                                    struct text_list *said, struct err *err);

/* Before a machine is looked at: acts of runs that were cut short are taken
 * back. A journal that is not there stays so. */
MUST_CHECK bool here_undo_recover(struct arena *a, const char *folder,
                                  struct text_list *said, struct err *err);

#endif
