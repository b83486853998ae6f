#ifndef CERTMEND_RUN_HERE_CHANGE_H
#define CERTMEND_RUN_HERE_CHANGE_H
/*
 * here_change - what would be done about one server of this machine
 *
 * Made by run/here_plan.c, carried out by run/here_apply.c. No file in it:
 * the server only has to read again what is there already, the cheapest edit
 * being none.
 */
#include "act/act_journal.h"
#include "machine/server_conf.h"
#include "run/pair_fit.h"
#include "run/wire_look.h"

/* What a place is to name, and does once its configuration is read again. */
struct here_goal {
    const struct tls_place *place; /* as it was */
    struct pair_files files;
    const char *name; /* it is new there, and has to be right for this name;
                         NULL: it was there before */
};

struct here_change {
    const struct server_conf *conf;
    const char *server; /* for people: "Postfix" */
    const char *what;   /* one line: "Postfix: names the certificate in ..." */
    const char *print_only; /* why it is told and not done; NULL: it can be
                               done. One sentence with full stop */
    const struct act_file *files; /* with their new bytes */
    size_t files_len;
    const char *const *check;  /* words, NULL ends; or NULL */
    const char *const *reload; /* words, NULL ends; NULL: there is none */
    const struct here_goal *goals;
    size_t goals_len;
    struct wire_change wire;
};

/* The diffs, and what is run. Ends with a newline. */
void here_change_show(const struct here_change *c, struct buf *out);

/* A command as it would be typed. */
const char *here_command(struct arena *a, const char *const *argv);

#endif
