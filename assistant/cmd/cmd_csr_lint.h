#ifndef CERTMEND_CMD_CMD_CSR_LINT_H
#define CERTMEND_CMD_CMD_CSR_LINT_H
/*
 * cmd_csr_lint - "certmend csr lint FILE": judge a request somebody else made
 */
#include "cmd/cmd.h"

enum exit_status cmd_csr_lint(struct arena *a, char **argv, struct err *err);

#endif
