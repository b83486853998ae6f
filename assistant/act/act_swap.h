#ifndef CERTMEND_ACT_ACT_SWAP_H
#define CERTMEND_ACT_ACT_SWAP_H
/*
 * act_swap - files get other texts, all of them or none
 *
 * First everything is prepared; then all change in one burst, each in one step:
 * the new file and the old one exchange their names. Only then is what came out
 * compared with what was read: a person who saved in the last moment is found,
 * and every file gets back what it had. Where the file system cannot exchange
 * two names, the old one is compared just before it is replaced.
 */
#include "act/act_folder.h"
#include "act/act_place.h"

struct act_change {
    struct act_place place;
    size_t number;           /* among the files of the act */
    struct act_seen now;     /* what it is */
    struct act_content then; /* what it becomes; .text NULL: it goes */
    /* Set on the way. */
    bool is_done, is_exchanged;
};

struct act_swapped {
    const struct act_change *faster; /* somebody else changed that one in the
                                        meantime; or NULL */
    bool is_left; /* not every file got back what it had: for recovery */
};

/* False: no file is changed, unless out->is_left. A text that nobody has
 * otherwise goes into `keep`. */
MUST_CHECK bool act_swap(const struct act_folder *keep,
                         struct act_change *changes, size_t len,
                         struct act_swapped *out, struct err *err);

/* The texts between which an act moves a file; NULL: no file. */
struct act_texts {
    const char *before, *after;
    size_t before_len, after_len;
};

/* Clears away what an act that was cut short has left beside the file `number`:
 * ours goes, and somebody else's text gets its name back, or is kept. */
MUST_CHECK bool act_swap_settle(const struct act_folder *keep,
                                const struct act_place *p,
                                const struct act_texts *texts, size_t number,
                                struct err *err);

#endif
