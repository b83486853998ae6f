#ifndef CERTMEND_RUN_HERE_APPLY_H
#define CERTMEND_RUN_HERE_APPLY_H
/*
 * here_apply - changes a server of this machine, proves it, or takes it back
 *
 *   own check -> shown -> a yes -> journal -> files -> the software's own check
 *   -> read back -> reload -> a look at all ports -> kept, or all back
 *
 * Nothing is changed that was not shown, and nothing without a yes. What lies
 * outside (programs, the network, the person) is handed in, so that a test can
 * play it.
 */
#include "machine/ask_program.h"
#include "run/here_change.h"

struct here_world {
    void *arg;
    /* Is it fit to be read by the server? Sentences why not. */
    bool (*fits)(void *arg, const struct here_change *c, struct text_list * not,
                 struct err *err);
    /* And what it was before, once it is back? */
    bool (*fits_back)(void *arg, const struct here_change *c,
                      struct text_list * not, struct err *err);
    bool (*run)(void *arg, struct arena *a, const struct here_change *c,
                const char *const *argv, struct program_answer *out,
                struct err *err);
    /* The configuration, read anew: NULL, or the sentence that says where it
     * does not say what was meant. */
    bool (*read_back)(void *arg, struct arena *a, const struct here_change *c,
                      const char **why, struct err *err);
    /* After a reload: waits for the certificates, looks at everything, and
     * lists what is not as it was to be. `back`: as it was before, that is. */
    bool (*look)(void *arg, struct arena *a, const struct here_change *c,
                 bool back, struct text_list *worse, struct err *err);
    bool (*say)(void *arg, const char *text, struct err *err);
    /* A yes or a no; *asked false: nobody is there to say one. */
    bool (*agree)(void *arg, bool *yes, bool *asked, struct err *err);
};

enum here_outcome {
    HERE_KEPT,     /* changed, and seen on the wire */
    HERE_BACK,     /* changed, no better, and everything is as before */
    HERE_PRINTED,  /* told only: it is not ours to change */
    HERE_REFUSED,  /* its own check says no; nothing was touched */
    HERE_DECLINED, /* the person said no, or nobody was there to say yes */
    HERE_DRY,      /* --dry-run */
    HERE_WORSE,    /* it could not all be taken back: somebody has to look */
    HERE_OUTCOME_COUNT,
};

extern const struct word here_outcome_words[];

struct here_result {
    enum here_outcome outcome;
    const char *act;      /* id in the journal; NULL: no file was changed */
    const char *said;     /* one sentence or more, for people */
    struct text_list why; /* sentences: what was worse, what does not fit */
};

struct here_job {
    struct arena *arena;
    const struct here_world *world;
    const char *journal; /* folder; NULL: the usual one */
    bool dry_run;
    bool is_shown; /* the person has seen this very change already */
};

/* An error says that nothing was changed, or that act_journal.h will see to it
 * at its next run. */
MUST_CHECK bool here_apply(const struct here_job *job,
                           const struct here_change *c, struct here_result *out,
                           struct err *err);

#endif
