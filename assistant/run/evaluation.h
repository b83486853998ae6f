#ifndef CERTMEND_RUN_EVALUATION_H
#define CERTMEND_RUN_EVALUATION_H
/*
 * evaluation - a survey becomes a report: verdict, checks, rules, proofs
 *
 * The part of a run that needs no network; check, judge, csr --from and the
 * guided session share it. Rules are loaded when the first fault asks for
 * them: a healthy look never pays for them.
 */
#include "advise/advise.h"
#include "crypto/anchors.h"
#include "report/fleet_report.h"
#include "report/report.h"
#include "run/look_options.h"

struct evaluation {
    struct arena *arena; /* for the rules; outlives every survey */
    const struct look_options *options;
    struct anchors *anchors;           /* owned; see evaluation_close() */
    const struct rules *rules;         /* NULL until needed */
    const struct knowledge *knowledge; /* with --rules; else NULL */
};

/* Loads the anchors, and a rule table given by the user (so that its faults
 * are told at once). */
MUST_CHECK bool evaluation_open(struct arena *a, const struct look_options *o,
                                struct evaluation *out, struct err *err);
void evaluation_close(struct evaluation *j);

/* Verdict and checks only: what a further pass is decided on. */
MUST_CHECK bool evaluation_findings(struct evaluation *j, struct survey *s,
                                    struct findings **out, struct err *err);

/* The rest: rules, proofs and words for what evaluation_findings() found on the
 * same survey. The report lives in the survey's arena. */
MUST_CHECK bool evaluation_survey(struct evaluation *j, struct survey *s,
                                  const struct findings *found,
                                  struct report *out, struct err *err);

/* Both, for a survey read from a file: without --ca-file the anchors saved
 * with it are trusted, so the report is the one given when it was taken. */
MUST_CHECK bool evaluation_saved(struct evaluation *j, struct survey *s,
                                 struct report *out, struct err *err);

/* Appends a report in the format asked for; one line for FORMAT_JSONL.
 * ERR_INPUT: a template of the user's is at fault. */
MUST_CHECK bool evaluation_render(struct arena *a, const struct look_options *o,
                                  const struct report *r, struct buf *out,
                                  struct err *err);

/* Many as one document; the format is one of those that make one. */
bool evaluation_is_fleet(enum format format);
MUST_CHECK bool evaluation_render_fleet(struct arena *a,
                                        const struct look_options *o,
                                        const struct fleet_rows *rows,
                                        struct buf *out, struct err *err);

/* EXIT_CLEAN, EXIT_FAULTS or EXIT_UNSEEN (run/exit_status.h); for FORMAT_NAGIOS
 * what a plugin says: 1 warning, 2 critical, 3 unknown. */
int evaluation_status(const struct look_options *o, const struct report *r);

#endif
