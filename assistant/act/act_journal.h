#ifndef CERTMEND_ACT_ACT_JOURNAL_H
#define CERTMEND_ACT_ACT_JOURNAL_H
/*
 * act_journal - changes files of this machine so that it can be taken back
 *
 * One act is one folder in the journal: what each file was (bytes, owner, mode,
 * times), what it becomes, what is run, and marks of how far it went.
 * Everything lies on the disk before the first file is touched. Killed
 * anywhere, the next run restores each file, leaves it, or calls it a conflict;
 * it never leaves one in between, and never writes over what somebody else
 * wrote.
 *
 *   journal_open     lock; acts that were cut short are taken back
 *   act_begin        intent, before and after, durable
 *   act_apply        every file gets its new bytes, in one burst
 *   act_mark         ACT_RELOADED, ACT_KEPT; ACT_UNDONE behind ACT_RESTORED
 *   act_take_back    every file gets its old bytes, where it has ours
 *
 * Whoever reads a server's configuration again after its reload asks
 * act_is_whole(): an editor that was open all the time may have saved over it.
 */
#include "base/arena.h"
#include "base/table.h"

#include <stdint.h>

struct journal;

extern const char journal_default[]; /* "/var/lib/certmend/acts", mode 0700 */

/* Something has that name, or nobody tells us whether. */
bool journal_is_there(const char *folder);

enum act_state {
    ACT_BEGUN,    /* nothing was changed, or not all */
    ACT_APPLIED,  /* every file has its new bytes */
    ACT_RELOADED, /* and the server was told */
    ACT_KEPT,     /* and the look was better: done */
    ACT_CONFLICT, /* somebody else changed a file: nothing is touched */
    ACT_RESTORED, /* every file has its old bytes again; the server that may
                     have read ours is to be told: then act_mark(ACT_UNDONE) */
    ACT_UNDONE,   /* over */
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
                           certificate"; its first word becomes part of the id */
    const char *target; /* that was looked at: "mail.example.com"; or NULL */
    const struct act_file *files;
    size_t files_len;
    const char *const *check;  /* words, NULL ends; or NULL */
    const char *const *reload; /* words, NULL ends; or NULL */
};

struct act {
    const char *id; /* "20261128T201500Z-postfix-1": sorts by time */
    const char *folder;
    const char *what;
    const char *target; /* or NULL */
    int64_t at;
    enum act_state state;
    const char *const *paths; /* of its files */
    size_t paths_len;
    const char *const *check;  /* words, NULL ends; NULL: none */
    const char *const *reload; /* words, NULL ends; NULL: none */
    const char *conflict;      /* ACT_CONFLICT: the file; or NULL */
};

/* What recovery found, for people: one or more sentences each. */
struct journal_recovery {
    const char *const *said;
    size_t len;
    struct act *const *to_reload; /* ACT_RESTORED: their servers are told, then
                                     act_mark(ACT_UNDONE) */
    size_t to_reload_len;
};

/* Opens the folder, made where it is missing, and takes the lock: another
 * certmend at work is an error that names its process. Then recovery; what
 * cannot be recovered is said, and keeps nobody from anything else. */
MUST_CHECK bool journal_open(struct arena *a, const char *folder,
                             struct journal **out,
                             struct journal_recovery *found, struct err *err);
void journal_close(struct journal *j); /* NULL is fine */

/* Oldest first. A folder that is no act is left out and told of in the log. */
MUST_CHECK bool journal_list(struct journal *j, struct act *const **acts,
                             size_t *len, struct err *err);

/* The same without lock and recovery, for a look; a journal that is not there
 * has no acts. */
MUST_CHECK bool journal_look(struct arena *a, const char *folder,
                             struct act *const **acts, size_t *len,
                             struct err *err);

/* Nothing of the machine's own is changed yet. */
MUST_CHECK bool act_begin(struct journal *j, const struct act_intent *intent,
                          struct act *out, struct err *err);

/* False: every file has its old bytes, and act->state is ACT_UNDONE; where even
 * that failed it is not, the error says so, and the next journal_open() tries
 * again. */
MUST_CHECK bool act_apply(struct journal *j, struct act *act, struct err *err);
MUST_CHECK bool act_mark(struct journal *j, struct act *act,
                         enum act_state state, struct err *err);

/* Does every file still have our bytes? The first that has not goes into
 * *other. */
MUST_CHECK bool act_is_whole(struct journal *j, const struct act *act,
                             const char **other, struct err *err);

/* Also of one that was kept. A file that holds neither its old bytes nor ours
 * makes it ACT_CONFLICT: nothing is touched, and the act's folder has all three
 * texts. Else it is ACT_RESTORED, or ACT_UNDONE where no server has to be told.
 * A newer act of the same file that stands is an error naming it. */
MUST_CHECK bool act_take_back(struct journal *j, struct act *act,
                              struct err *err);

/* Where the texts of an act that is ACT_CONFLICT lie, for people. */
const char *act_conflict_text(struct arena *a, const struct act *act);

#endif
