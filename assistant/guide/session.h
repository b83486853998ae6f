#ifndef CERTMEND_GUIDE_SESSION_H
#define CERTMEND_GUIDE_SESSION_H
/*
 * session - the guided repair, a state machine without I/O
 *
 * Three questions, a look, one verdict, one fix, step by step, and a look
 * again. Whoever drives it shows a turn's text, does what the turn wants and
 * tells what came of it, until a turn wants nothing more:
 *
 *     session_begin() or session_resume()
 *     WANT_ANSWER -> session_answer()
 *     WANT_LOOK   -> session_seen()
 *     WANT_WORDS  -> session_reworded()
 *     WANT_ACT    -> session_did()
 *     WANT_END
 *
 * Everything lives in `arena`; reports that were handed in have to outlive the
 * session. What is kept between two runs goes through JSON
 * (guide/session_json.h) and holds no text that was pasted.
 *
 * A function that returns false found a text in templates/ that is broken.
 */
#include "base/table.h"
#include "guide/actions.h"
#include "guide/pasted_error.h"
#include "report/report.h"

enum who {
    WHO_UNKNOWN,
    WHO_ME,
    WHO_PROVIDER,
    WHO_COMPANY,
    WHO_USER,
    WHO_COUNT
};

enum phase {
    PHASE_ERROR,    /* which message was met */
    PHASE_SERVER,   /* which server was typed */
    PHASE_ADDRESS,  /* nobody knows it: whose mail address leads there */
    PHASE_WHO,      /* who runs it */
    PHASE_FIX,      /* the verdict stands; which fix */
    PHASE_SOFTWARE, /* which program serves there */
    PHASE_STEP,     /* a fix is being carried out */
    PHASE_COMMAND,  /* which command reloads the service */
    PHASE_CONFIRM,  /* certmend may do something: yes or no */
    PHASE_OVER,
    PHASE_COUNT,
};

enum ending {
    ENDING_LEFT, /* put aside; it can be resumed */
    ENDING_MENDED,
    ENDING_NOTHING,  /* nothing was wrong */
    ENDING_UNSEEN,   /* cannot be reached from here */
    ENDING_WAITING,  /* done, and caches have to run out */
    ENDING_PROVIDER, /* somebody else has to act */
    ENDING_COUNT,
};

enum look_for {
    LOOK_FIRST,
    LOOK_RESUMED, /* go on where it was */
    LOOK_STEP,    /* a step was done: go on to the next */
    LOOK_ONLY,    /* the same, staying where it is */
    LOOK_WHOLE,   /* every port, when the one asked for is right */
};

struct session {
    struct arena *arena;
    const char *templates;     /* a folder, or NULL: built in */
    const struct rules *rules; /* to explain fixes by; may be NULL */
    int number;                /* under which it is kept; 0: it is not */
    int64_t begun_at;          /* Unix seconds */
    enum phase phase, behind;  /* behind: where PHASE_CONFIRM came from */
    enum who who;
    enum ending ending;
    const char *client;       /* a folder of templates/software/, or NULL */
    const char *program;      /* what people call it, or NULL */
    bool pasted;              /* an error message was given */
    bool here;                /* certmend runs on the mail server itself: the
                                 person said so */
    const char *target;       /* words for target_parse(), or NULL */
    const char *hint;         /* a server found in the message, likewise */
    bool guessed;             /* the hint is what was mistyped, put right */
    const char *software;     /* of the server, "postfix,dovecot"; "": asked
                                 for in vain; NULL: not asked for */
    const char *fix_id;       /* chosen, or NULL */
    size_t step;              /* of its steps, from 0 */
    size_t tries;             /* looks again in vain */
    size_t misses;            /* answers in a row that were not understood */
    bool green;               /* what the fix is about is right by now */
    const char *letter;       /* file of the letter, or NULL */
    struct text_list options; /* of the command line: how to look; only kept */
    /* from here on not kept */
    enum look_for looking;
    struct action action;        /* PHASE_CONFIRM */
    const struct report *report; /* what the fix was chosen on */
    const struct fix *fix;       /* in report->plan, or NULL */
};

/* WANT_WORDS: the report the fix is of, once more, for session->software. */
enum want { WANT_ANSWER, WANT_LOOK, WANT_WORDS, WANT_ACT, WANT_END };

struct turn {
    enum want want;
    const char *text;     /* to be shown; ends with a newline, or is "" */
    bool free_text;       /* WANT_ANSWER: several lines may be pasted */
    bool confirms;        /* WANT_ANSWER: yes or no, before something changes */
    const char *target;   /* WANT_LOOK: words for target_parse() */
    struct action action; /* WANT_ACT */
};

extern const struct word phase_words[];
extern const struct word who_words[];
extern const struct word ending_words[];

/* target: words for target_parse(), or NULL: it is asked for. */
MUST_CHECK bool session_begin(struct session *s, struct arena *a,
                              const char *templates, const char *target,
                              struct turn *out, struct err *err);

/* Goes on with what session_from_json() gave. */
MUST_CHECK bool session_resume(struct session *s, struct turn *out,
                               struct err *err);

MUST_CHECK bool session_answer(struct session *s, const char *typed,
                               struct turn *out, struct err *err);

/* The look is over. */
MUST_CHECK bool session_seen(struct session *s, const struct report *r,
                             struct turn *out, struct err *err);

/* What was seen before, in the words of the software. */
MUST_CHECK bool session_reworded(struct session *s, const struct report *r,
                                 struct turn *out, struct err *err);

/* What came of an act. */
struct action_result {
    bool worked;
    const char *said; /* one sentence or more, for the person */
    const char *file; /* what was written, or NULL */
};
MUST_CHECK bool session_did(struct session *s,
                            const struct action_result *result,
                            struct turn *out, struct err *err);

/* "step 2 of 4: Reload the mail service ..."; for a list of sessions. */
const char *session_where(struct arena *a, const struct session *s);

#endif
