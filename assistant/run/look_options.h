#ifndef CERTMEND_RUN_LOOK_OPTIONS_H
#define CERTMEND_RUN_LOOK_OPTIONS_H
/*
 * look_options - the options that every looking command has
 *
 * The contract's table. Text is shared with argv.
 */
#include "model/target.h"
#include "probe/probe.h"
#include "report/report.h"
#include "run/options.h"

enum format {
    FORMAT_TEXT,
    FORMAT_JSON,
    FORMAT_JSONL,
    FORMAT_HTML,
    FORMAT_NAGIOS,
    FORMAT_TABLE,
    FORMAT_CSV,
    FORMAT_OPENMETRICS,
    FORMAT_COUNT,
};

struct look_options {
    struct probe_options probe;
    enum format format;
    struct report_limits limits; /* of FORMAT_NAGIOS */
    const char *save;            /* where the survey goes, or NULL */
    const char *ca_file;         /* NULL: the system's roots */
    const char *rules;           /* folder; NULL: built in */
    const char *templates;       /* folder; NULL: built in */
    struct text_list software;   /* the server's, as the user says */
    const char *service;         /* row of services[], or NULL */
    const char *sni;             /* normal form, or NULL */
    const char *name;     /* as typed: a file may be held against anything */
    const char *expect;   /* the file of the certificate due, or NULL */
    const char *expected; /* its SHA-256, or NULL */
    struct target_expected expected_as;
    int64_t now_s; /* --now; 0: not given */
    uint16_t port; /* 0: not given */
    enum role role;
    bool role_given, no_sni, revocation, domain, quiet, verbose, no_color;
};

extern const struct option_row look_option_rows[]; /* `into`: look_options */

void look_options_init(struct look_options *o);

/* Options that make no sense together are ERR_USAGE. */
MUST_CHECK bool look_options_agree(const struct look_options *o,
                                   struct err *err);

/* Sets what the whole process shares: how much is logged, colour. */
void look_options_settle(const struct look_options *o);

/* What the options say about a target that has just been parsed. */
MUST_CHECK bool look_options_apply(struct arena *a,
                                   const struct look_options *o,
                                   struct target *t, struct err *err);

#endif
