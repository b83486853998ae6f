#ifndef CERTMEND_ADVISE_RULES_H
#define CERTMEND_ADVISE_RULES_H
/*
 * rules - the decision table as it stands in memory
 *
 * For advise/ alone; the others see advise/advise.h. One rule_file per file
 * rules/<finding-id>.json:
 *
 *   { "finding": "name.mismatch.sibling",
 *     "info_too": true,              optional: the rows hold for an info too,
 *                                    where something else is wrong
 *     "because_of": ["name.*"],      optional: told with such a finding that
 *                                    shows at the same places; "*": with any
 *     "once_for": ["host"],          optional: those alike in these params are
 *                                    told once; "host": where it shows, too
 *     "why_none": "said where there is nothing to do; then rows may be empty",
 *     "rows": [ {
 *       "id":   "sibling.use-hostname",            unique in the whole table
 *       "when": { "candidate.found": true,         all must hold; a literal,
 *                 "asked.role": ["mua", "https"],  any of a list,
 *                 "names.count": {"min": 4} },     or a range, both ends in
 *       "fix":  "use-hostname",                    a file in rules/fixes/
 *       "with": { "port": "candidate.port",        a word of advise/facts.c,
 *                 "keep_key": {"is": false},       a literal,
 *                 "request": {"text": "..."} },    a text with blanks
 *       "why":  "{{candidate.hostname}} is ...",   for the person
 *       "rank": 15,                                smaller is offered first
 *       "since": "2026-03-15", "until": "...",     optional; "until" is the
 *       "refs": ["RFC 7817 3"] } ] }               first day it no longer holds
 *
 * and one fix_def per rules/fixes/<fix-id>.json:
 *
 *   { "fix": "use-hostname", "title": "...",
 *     "kind": "hostname",            what it changes: fix_kind_words
 *     "actor": "user", "effort": "2 minutes", "risk": "none",
 *     "needs": ["hostname", "port"],
 *     "prove": "hostname",           how it is proven: prove_words
 *     "brings": "certificate",       optional: it orders one for its "names"
 *     "recipients": ["provider"],    optional: whose letter may ask for it
 *     "once": true,      optional: a plan holds it once, whatever its blanks
 *     "gathers": "request",  optional: "requests" has that of every fault
 *     "next_time": true }            optional: its last step is about that
 *
 * and, where the folder lacks them the built-in ones:
 *
 *   judging.json   { "confidence": { "harm": { "error": 80, "warning": 20 },
 *                                    "who": { "asked": 100, ... },
 *                                    "one_place": 60, "further": 10,
 *                                    "beside": ["port.divergent"] },
 *                    "order": ["rank", "clears", "risk"] }
 *   gates.json     { "gates": [ { "id": "names-that-go", "about": "..." } ] }
 */
#include "advise/advise.h"
#include "advise/facts.h"

struct condition {
    const struct fact *fact;
    const struct json *want; /* literal, array or {"min", "max"} */
};

struct filling { /* one of the three is not NULL */
    const char *param;
    const struct fact *fact;
    const struct json *literal;
    const char *text; /* a template */
};

struct rule_row {
    const char *id;
    struct condition *when;
    size_t when_len;
    const struct fix_def *fix;
    struct filling *with;
    size_t with_len;
    const char *why; /* a template */
    int rank;
    int64_t since, until; /* Unix seconds, UTC; holds in [since, until) */
    const struct json *refs;
    const char *path; /* "rules/x.json: rows[2]", for messages */
};

struct rule_file {
    const char *finding;
    const char *why_none; /* or NULL */
    bool info_too;
    const char *const *because_of; /* patterns of ids */
    size_t because_of_len;
    const char *const *once_for; /* params */
    size_t once_for_len;
    struct rule_row *rows;
    size_t rows_len;
};

struct gate_text {
    const char *id, *about;
};

struct rules {
    struct rule_file *files;
    size_t files_len;
    struct fix_defs fixes;
    struct judging judging;
    struct gate_text *gates;
    size_t gates_len;
};

const struct rule_file *rules_find(const struct rules *r, const char *finding);

/* Read one file's document. `path` begins every error. */
MUST_CHECK bool rules_read_fix(struct arena *a, const struct json *j,
                               const char *path, struct fix_def *out,
                               struct err *err);
MUST_CHECK bool rules_read_judging(const struct json *j, const char *path,
                                   struct judging *out, struct err *err);
MUST_CHECK bool rules_read_gates(struct arena *a, const struct json *j,
                                 const char *path, struct rules *r,
                                 struct err *err);
MUST_CHECK bool rules_read_file(struct arena *a, const struct rules *r,
                                const struct json *j, const char *path,
                                struct rule_file *out, struct err *err);

#endif
