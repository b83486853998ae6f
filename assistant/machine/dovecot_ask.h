#ifndef CERTMEND_MACHINE_DOVECOT_ASK_H
#define CERTMEND_MACHINE_DOVECOT_ASK_H
/*
 * dovecot_ask - what doveconf(1) says is in force for a protocol and a name
 *
 * The text of a private key is never asked for: only the name of its file.
 */
#include "machine/dovecot_settings.h"

struct dovecot_answer {
    const char *protocol; /* "": for all alike */
    const char *name;     /* of local_name; "": none */
    const char *cert;     /* as doveconf prints it; "": not set */
    const char *key;      /* NULL: it was not asked for */
    const char *failure;  /* NULL; else one sentence */
};

struct dovecot_asking {
    const char *first; /* of which configuration; NULL: nobody is asked */
    bool is_24;
    struct dovecot_answer *items; /* each is asked once */
    size_t len;
};

const struct dovecot_answer *dovecot_ask(struct arena *a,
                                         const struct server_conf *conf,
                                         struct dovecot_asking *asking,
                                         const char *protocol, const char *name,
                                         bool with_key);

#endif
