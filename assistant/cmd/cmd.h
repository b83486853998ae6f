#ifndef CERTMEND_CMD_CMD_H
#define CERTMEND_CMD_CMD_H
/*
 * cmd - the verbs
 *
 * Each command is one file cmd_<verb>.c: it parses its options, calls, prints
 * the result on standard output and answers with an exit status. Whatever goes
 * wrong on our side is put into *err and becomes status 2.
 *
 * To add one: cmd_<verb>.c and its row in commands.c.
 */
#include "base/arena.h"
#include "run/exit_status.h"

struct command {
    const char *name;
    const char *usage; /* "match NAME PATTERN..." */
    const char *about; /* one line */
    /* argv[0] is the verb; EXIT_FAILED with *err set, or a status. */
    enum exit_status (*run)(struct arena *a, char **argv, struct err *err);
};

extern const struct command commands[]; /* a row without a name ends it */

extern const char certmend_version[];

/* Runs the verb argv[1], or "check" when that is no verb. */
enum exit_status command_run(char **argv);

/* command_print.c: writes a finished text to standard output; ERR_SYSTEM when
 * it cannot. */
MUST_CHECK bool command_print(const char *text, size_t len, struct err *err);

/* Rows of commands.c. */
enum exit_status cmd_check(struct arena *a, char **argv, struct err *err);
enum exit_status cmd_fix(struct arena *a, char **argv, struct err *err);
enum exit_status cmd_judge(struct arena *a, char **argv, struct err *err);
enum exit_status cmd_match(struct arena *a, char **argv, struct err *err);
enum exit_status cmd_csr(struct arena *a, char **argv, struct err *err);
enum exit_status cmd_issue(struct arena *a, char **argv, struct err *err);
enum exit_status cmd_renew(struct arena *a, char **argv, struct err *err);
enum exit_status cmd_import(struct arena *a, char **argv, struct err *err);
enum exit_status cmd_preflight(struct arena *a, char **argv, struct err *err);
enum exit_status cmd_acme(struct arena *a, char **argv, struct err *err);
enum exit_status cmd_error(struct arena *a, char **argv, struct err *err);
enum exit_status cmd_watch(struct arena *a, char **argv, struct err *err);
enum exit_status cmd_explain(struct arena *a, char **argv, struct err *err);
enum exit_status cmd_rules(struct arena *a, char **argv, struct err *err);
enum exit_status cmd_undo(struct arena *a, char **argv, struct err *err);
enum exit_status cmd_serve(struct arena *a, char **argv, struct err *err);
enum exit_status cmd_ticket(struct arena *a, char **argv, struct err *err);

#endif
