#ifndef CERTMEND_MACHINE_CONF_EXIM_ASK_H
#define CERTMEND_MACHINE_CONF_EXIM_ASK_H
/*
 * conf_exim_ask - what Exim says of the configuration it was started with
 *
 * Helper of machine/conf_exim.c. "-C" and "-D" of the running one are said
 * again. Not being told is an error: it has the program's own complaint.
 */
#include "base/text.h"
#include "machine/server_conf.h"

/* "" where it is empty. */
struct exim_answers {
    const char *config_file; /* absolute */
    const char *certificate, *privatekey;
    const char *user;
    const char *ports, *connect_ports, *advertise;
    const char *version;
};

MUST_CHECK bool exim_ask(struct arena *a, const struct server_conf *conf,
                         struct exim_answers *out, struct err *err);

/* The macros that come with the program. */
MUST_CHECK bool exim_ask_macros(struct arena *a, const struct server_conf *conf,
                                struct text_list *out, struct err *err);

/* NULL: it does not say. */
const char *exim_ask_pid_file(struct arena *a, const struct server_conf *conf);

/* The words that ask the program as it was started; NULL ends them. */
const char *const *exim_as_started(struct arena *a, const struct listener *l,
                                   const char *const *more);

#endif
