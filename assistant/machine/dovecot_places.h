#ifndef CERTMEND_MACHINE_DOVECOT_PLACES_H
#define CERTMEND_MACHINE_DOVECOT_PLACES_H
/*
 * dovecot_places - which certificate Dovecot shows on which port for which name
 *
 * Of settings that could count, the innermost is taken, of two like it the
 * last; doveconf(1) is asked whether it is that one.
 */
#include "machine/dovecot_settings.h"

/* Adds them to conf->places. `asked`: the configuration that doveconf is asked
 * of; NULL: it is not asked. */
MUST_CHECK bool dovecot_places(struct arena *a, struct server_conf *conf,
                               const struct dovecot_settings *s,
                               const char *asked, struct err *err);

/* "ssl_cert" or "ssl_server_cert_file"; its key's. */
const char *dovecot_places_cert(const struct dovecot_settings *s);
const char *dovecot_places_key(const struct dovecot_settings *s);

/* The setting `ssl` that counts for a place; NULL: none is set. */
const struct conf_setting *dovecot_places_switch(
    struct arena *a, const struct dovecot_settings *s,
    const struct tls_place *place);

#endif
