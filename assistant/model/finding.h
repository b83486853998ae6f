#ifndef CERTMEND_MODEL_FINDING_H
#define CERTMEND_MODEL_FINDING_H
/*
 * finding - a check's opinion about a survey
 *
 * A finding_def is declared by the check that can report it, so the catalogue
 * of all findings is the sum of the checks and is never kept by hand.
 */
#include "base/json.h"
#include "base/table.h"
#include "model/survey.h"

enum severity { SEV_INFO, SEV_WARNING, SEV_ERROR, SEV_COUNT };

extern const struct word severity_words[]; /* "info", "warning", "error" */

struct finding_def {
    const char *id;     /* "name.wildcard_depth"; never reused */
    const char *title;  /* one sentence for the user, no full stop */
    const char *why;    /* why it matters, one sentence with full stop */
    const char *source; /* where it is written: "RFC 9525 6.3" */
};

struct finding {
    const struct finding_def *def; /* never NULL */
    enum severity severity;
    const size_t *cells; /* indices into survey.cells; where it was seen */
    size_t cells_len;
    const char *subject; /* what it is about when no cell is: a DNS name */
    const char *detail;  /* what was seen, one sentence with full stop */
    struct json *params; /* an object: values for rules and templates */
};

struct findings {
    struct arena *arena;
    struct finding *items;
    size_t len;
};

/* Appends a finding; everything it is given is copied. The pointer is good
 * until the next finding_add(). */
struct finding *finding_add(struct findings *out, const struct finding_def *def,
                            enum severity sev, const char *detail_fmt, ...)
    PRINTF_LIKE(4, 5);
void finding_cell(struct findings *out, struct finding *f, size_t cell);
void finding_text(struct findings *out, struct finding *f, const char *name,
                  const char *value); /* NULL is left out */
void finding_number(struct findings *out, struct finding *f, const char *name,
                    double value);
void finding_list(struct findings *out, struct finding *f, const char *name,
                  const char *const *values, size_t len);

const struct finding *finding_find(const struct findings *all, const char *id);

/* Worst severity; SEV_COUNT when there is none. */
enum severity findings_worst(const struct findings *all);

/* The same of those that speak of one cell. */
enum severity findings_worst_of(const struct findings *all, size_t cell);

/* Worst first, then in the order of the checks. */
void findings_sort(struct findings *all);

#endif
