#ifndef CERTMEND_REPORT_REPORT_WORDS_H
#define CERTMEND_REPORT_REPORT_WORDS_H
/*
 * report_words - what every form of the report says in the same words
 *
 * For report/, guide/, page/ and run/ only. Texts are static or in the arena
 * given.
 */
#include "report/report.h"

/* The host, the address or the file that was asked about. */
const char *report_asked(const struct report *r);

/* "2 things are wrong with mail.example.com." */
const char *report_sentence(struct arena *a, const struct report *r);

/* Faults of that severity; one that shows in many ways is one. */
size_t report_count(const struct report *r, enum severity severity);

/* The worst fault, or NULL: there is none. */
const struct finding *report_gravest(const struct report *r);

/* The cell whose certificate is set against the name: one that does not fit,
 * else any that a problem was seen at; NULL: there is none. */
const struct cell *report_compared(const struct report *r);

/* What else a fault shows in, a line for each. */
struct text_list report_parts(struct arena *a, const struct report *r,
                              const struct finding *whole);

/* What costs confidence, and who is hit by it. */
const char *report_deduction(struct arena *a, const struct report *r,
                             const struct deduction *d);

/* "right certificate", "wrong name, expired", "no answer". */
const char *report_cell_words(struct arena *a, const struct survey *s,
                              const struct cell *c);

/* How a place of a mail domain was come by: "settings file". */
const char *report_cell_source(const struct survey *s, const struct cell *c);

/* ", 53 days left"; "": no certificate, or one that has ended. */
const char *report_cell_days(struct arena *a, const struct survey *s,
                             const struct cell *c);

/* The first name on a cell's leaf; NULL: no leaf, or no name on it. */
const char *report_leaf_name(const struct survey *s, const struct cell *c);

/* Where a finding was seen: addresses with ports, the file, or its subject. */
struct text_list report_where(struct arena *a, const struct survey *s,
                              const struct finding *f);

const char *report_day(struct arena *a, int64_t when_s); /* "2026-11-23" */

extern const char *const report_actors[]; /* by enum actor */
extern const char *const report_risks[];  /* by enum risk */

/* Behind the steps of a fix that asks for the server's software. */
extern const char report_general_steps[];
extern const char *const report_proofs[]; /* by enum proof_kind */

#endif
