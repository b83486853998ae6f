#ifndef CERTMEND_ADVISE_FACTS_H
#define CERTMEND_ADVISE_FACTS_H
/*
 * facts - the closed vocabulary that rules may speak
 *
 * A fact is read from the survey and, where it is about one, from a finding.
 * NULL means unknown, and no condition holds on the unknown, not even `false`.
 *
 * To add one: a row in facts[], its reading in facts_survey.c or
 * facts_finding.c.
 */
#include "advise/context.h"

struct fact {
    const char *word; /* "candidate.hostname" */
    enum json_type type;
    const char *about;         /* one sentence for rule writers */
    const char *const *values; /* all it can be, NULL ends; or NULL: open */
    /* read from a finding of the survey, or, where that does not say or there
     * is none, from the survey; one may be NULL */
    const struct json *(*of_survey)(const struct context *now);
    const struct json *(*of_finding)(const struct context *now,
                                     const struct finding *f);
};

extern const struct fact facts[]; /* a NULL word ends it */

const struct fact *facts_find(const char *word); /* NULL: no such word */

/* NULL: unknown. `f` may be NULL; what is about a finding is unknown then. */
const struct json *facts_value(const struct fact *fact,
                               const struct context *now,
                               const struct finding *f);

/* "a, b": texts and numbers of a list. */
const char *facts_joined(struct arena *a, const struct json *list);

/*
 * All facts as nested objects, for the blanks of templates: {{asked.host}}.
 * A list also gets a joined text: {{names.san_plan_list}} is "a, b".
 */
struct json *facts_context(const struct context *now, const struct finding *f);

#endif
