#ifndef CERTMEND_ACT_ACT_RECOVER_H
#define CERTMEND_ACT_ACT_RECOVER_H
/*
 * act_recover - acts that were cut short are taken back, the newest first
 *
 * For who holds the lock. What was only being written down goes away; what is
 * damaged is put aside under another name. One that cannot be recovered keeps
 * none of the others from it.
 */
#include "act/act_folder.h"
#include "act/act_journal.h"

MUST_CHECK bool act_recover(const struct act_folder *journal,
                            struct journal_recovery *found, struct err *err);

#endif
