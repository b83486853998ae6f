#ifndef CERTMEND_RUN_HERE_LOOK_H
#define CERTMEND_RUN_HERE_LOOK_H
/*
 * here_look - what stands behind a target's ports on this very machine: which
 * program, which certificate file its configuration names and on which line,
 * what is in it, and how that differs from what was seen from outside
 *
 * Reads, and changes nothing. Only what is this machine's is read: places at
 * its own addresses, or to which --connect-to leads.
 *
 * Who changes something (fix --here) takes each finding whose kind
 * here_kind_is_wrong() and whose `why_not` is NULL:
 *   needs_reload: kind->reload() of confs[conf].conf, nothing else;
 *   wanted_cert there: a conf_change for each of `places`, to wanted_cert and
 *   wanted_key, then edit, check, reload;
 *   neither: a certificate has to be ordered, or a person has to look.
 * `cells` are to be looked at afterwards; the others must not have changed.
 * The configurations stay open until here_close(): read anew before an edit.
 */
#include "machine/server_conf.h"
#include "report/report.h"
#include "run/evaluation.h"

enum here_kind {
    HERE_RIGHT,          /* nothing is to be changed */
    HERE_NEEDS_RELOAD,   /* the file is right, the program shows another */
    HERE_MAP_STALE,      /* the file is right, the table made of it is not */
    HERE_NAMES_OTHER,    /* one that fits lies elsewhere on this machine */
    HERE_OVERRIDDEN,     /* so, and another line names it and loses */
    HERE_NO_TLS,         /* it is not switched on */
    HERE_NOT_THERE,      /* the file that is named, or a certificate in it */
    HERE_NOT_READABLE,   /* by the service's user */
    HERE_KEY_DIFFERS,    /* key and certificate are no pair */
    HERE_CHAIN_MISSING,  /* the file holds the leaf alone */
    HERE_FILE_IS_SAME,   /* no file here is any better: order one */
    HERE_NEXT_IS_WORSE,  /* all is well until it is reloaded */
    HERE_PRINTED_ONLY,   /* set up somewhere else: why_not says where */
    HERE_NOT_UNDERSTOOD, /* the configuration, or who listens */
    HERE_NOT_ROOT,       /* who listens takes root to see */
    HERE_NO_LISTENER,    /* nobody listens on that port */
    HERE_KIND_COUNT,
};

extern const struct word here_kind_words[]; /* "needs_reload", ... */

/* Something is the matter there, and it was seen. */
bool here_kind_is_wrong(enum here_kind kind);

/* A configuration that was read, or why not. */
struct here_conf {
    const struct listener *listener;
    struct server_conf conf; /* .kind NULL: it was not read */
    const char *why_not;     /* half a sentence, with file and line where it was
                                a line; NULL: it was read */
};

struct here_finding {
    enum here_kind kind;
    const char *text;      /* what was seen, why, what to do: sentences */
    const uint16_t *ports; /* as they were looked at; ascending */
    size_t ports_len;
    const size_t *cells; /* indices into survey.cells */
    size_t cells_len;
    const char *software;            /* "postfix", or NULL */
    size_t conf;                     /* index into confs; SIZE_MAX: none */
    const struct tls_place **places; /* of that conf */
    size_t places_len;
    const char *setting; /* "smtpd_tls_cert_file", or NULL */
    const char *file;    /* the configuration's that says so; NULL: none does */
    size_t line;         /* from 1; 0: none */
    const char *names;   /* the certificate file that is named, or NULL */
    const struct cert *holds; /* the first certificate in it, or NULL */
    const struct cert *shown; /* on the wire, or NULL */
    const char *wanted_cert;  /* a file of this machine that fits: leaf first,
                                 chain behind; or NULL */
    const char *wanted_key;   /* its key's file; with wanted_cert */
    const char *why;          /* what is wrong with what is named: half a
                                 sentence about "it"; or NULL */
    const struct stock_cert *wanted; /* what is in wanted_cert, or NULL */
    const char *loses;   /* HERE_OVERRIDDEN: "main.cf:12", which names a better
                            one; else NULL */
    bool key_is_wrong;   /* the key is to blame, not the certificate */
    bool locked;         /* HERE_NOT_READABLE: the key is in a passphrase */
    const char *reload;  /* a command line for people; or NULL */
    const char *why_not; /* nothing is to be changed by a program: one sentence;
                            NULL: it may be */
};

struct here_report {
    bool is_here;            /* a place of the target is this machine's */
    const char *not_here;    /* one or two sentences, where it is not */
    struct here_conf *confs; /* never moved */
    size_t confs_len;
    struct here_finding *findings; /* as many as there are things to do */
    size_t findings_len;
    struct listeners listeners;
};

/* `r` has just been looked at; `proc` is "/proc". Wants here_close() when true.
 */
MUST_CHECK bool here_look(struct arena *a, struct evaluation *j,
                          const struct report *r, const char *proc,
                          struct here_report *out, struct err *err);
void here_close(struct here_report *h);

#endif
