#ifndef CERTMEND_MACHINE_POSTFIX_SETTINGS_H
#define CERTMEND_MACHINE_POSTFIX_SETTINGS_H
/*
 * postfix_settings - what stands in main.cf and master.cf, and what of it is
 * in force for a service
 */
#include "machine/conf_text.h"

/* An entry of master.cf. */
struct postfix_service {
    const char *block;   /* "submission/inet", as postconf(1) calls it */
    const char *name;    /* "submission", "127.0.0.1:2525" */
    const char *type;    /* "inet" */
    const char *command; /* "smtpd" */
    size_t line;
    size_t end; /* in master.cf, behind its last byte */
};

struct postfix_settings {
    struct conf_settings all;
    struct postfix_service *services;
    size_t services_len;
    size_t main, master; /* their files */
    /* What postconf says, as it stands and expanded; none: it was not asked. */
    struct conf_settings said, said_expanded;
    const char *not_said; /* NULL, or why it says nothing: one sentence */
};

/* What a name stands for in a service, or of all ("" as block). */
struct postfix_value {
    const struct conf_setting *set; /* NULL: the program's own */
    const char *literal;
    const char *expanded; /* NULL: it cannot be told */
    const char *doubt;    /* NULL */
};

/* Reads both files of conf->dir. */
MUST_CHECK bool postfix_settings_read(struct arena *a, struct server_conf *conf,
                                      struct postfix_settings *out,
                                      struct err *err);

/* Asks postconf for the configuration in `dir`; what it says is kept in `s`. */
void postfix_settings_ask(struct arena *a, struct server_conf *conf,
                          const char *dir, struct postfix_settings *s);

/* A text with what its $names stand for there; NULL: that cannot be told. */
const char *postfix_settings_expand(struct arena *a,
                                    const struct postfix_settings *s,
                                    const char *block, const char *text);

struct postfix_value postfix_settings_value(struct arena *a,
                                            const struct server_conf *conf,
                                            const struct postfix_settings *s,
                                            const char *block,
                                            const char *name);

#endif
