#ifndef CERTMEND_ACT_ACT_JOURNAL_H
#define CERTMEND_ACT_ACT_JOURNAL_H
/*
 * act_journal - changes files of this machine so that it can be taken back
 *
 * One act is one folder in the journal: what each file was (bytes, owner, mode,
 * extended attributes, times), what it becomes, what is run, and marks of how
 * far it went. Everything lies on the disk before the first file is touched.
 * Killed anywhere, the next run restores each file, leaves it, or calls it a
 * conflict; it never leaves one in between, and never writes over what somebody
 * else wrote.
 *
 *   journal_open     lock; acts that were cut short are taken back
 *   act_begin        intent, before and after, durable
 *   act_apply        every file gets its new bytes, in one burst
 *   act_mark         ACT_RELOADED, ACT_KEPT
 *   act_take_back    every file gets its old bytes, where it has ours
 *
 * Default folder: /var/lib/certmend/acts, mode 0700.
 */
#include "base/arena.h"
#include "base/table.h"

#include <stdint.h>

struct journal;

enum act_state {
    ACT_BEGUN,    /* nothing was changed, or not all */
    ACT_APPLIED,  /* every file has its new bytes */
    ACT_RELOADED, /* and the server was told */
    ACT_KEPT,     /* and the look was better: done */
    ACT_UNDONE,   /* every file has its old bytes again */
    ACT_CONFLICT, /* somebody else changed a file: nothing is touched */
    ACT_STATE_COUNT,
};

extern const struct word act_state_words[];

struct act_file {
    const char *path;  /* absolute, behind all links; on our own root */
    const char *after; /* the new bytes */
    size_t after_len;
    const char *before; /* as the caller read them; a file that has others by
                           now is an error and nothing is touched; NULL: the
                           file must not exist */
    size_t before_len;
    uint32_t mode; /* of a new file */
};

struct act_intent {
    const char *what;   /* one line for people: "Postfix: names the new
                           certificate" */
    const char *target; /* that was looked at: "mail.example.com" */
    const struct act_file *files;
    size_t files_len;
    const char *const *check;  /* words, NULL ends; or NULL */
    const char *const *reload; /* words, NULL ends; or NULL */
};

struct act {
    const char *id; /* "20261128T201500Z-postfix-1": sorts by time */
    const char *folder;
    const char *what;
    const char *target;
    enum act_state state;
    const char *const *paths; /* of its files */
    size_t paths_len;
    const char *const *check;
    const char *const *reload;
    const char *conflict; /* ACT_CONFLICT: the file; or NULL */
};

/* What recovery found, for people: one sentence each. */
struct journal_recovery {
    const char *const *said;
    size_t len;
    const struct act *const *to_reload; /* restored: their servers are told */
    size_t to_reload_len;
};

/* Opens the folder, made where it is missing, and takes the lock: another
 * certmend at work is an error that names its process. Then recovery. */
MUST_CHECK bool journal_open(struct arena *a, const char *folder,
                             struct journal **out,
                             struct journal_recovery *found, struct err *err);
void journal_close(struct journal *j);

/* Oldest first. A folder that is no act is left out and told of in the log. */
MUST_CHECK bool journal_list(struct journal *j, const struct act **acts,
                             size_t *len, struct err *err);

MUST_CHECK bool act_begin(struct journal *j, const struct act_intent *intent,
                          struct act *out, struct err *err);
MUST_CHECK bool act_apply(struct journal *j, struct act *act, struct err *err);
MUST_CHECK bool act_mark(struct journal *j, struct act *act,
                         enum act_state state, struct err *err);

/* Also of one that was kept. A file that holds neither its old bytes nor ours
 * makes it ACT_CONFLICT: nothing is touched, and the act's folder has both
 * texts. A newer act of the same file that stands is an error naming it. */
MUST_CHECK bool act_take_back(struct journal *j, struct act *act,
                              struct err *err);

#endif
