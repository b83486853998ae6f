#ifndef CERTMEND_MACHINE_POSTFIX_PLACES_H
#define CERTMEND_MACHINE_POSTFIX_PLACES_H
/*
 * postfix_places - which certificate Postfix shows on which port for which name
 *
 * Pure but for the maps of names, whose source texts are read.
 */
#include "machine/postfix_settings.h"

/* Adds them to conf->places: names of a service before the service. */
MUST_CHECK bool postfix_places(struct arena *a, struct server_conf *conf,
                               const struct postfix_settings *s,
                               struct err *err);

/* Whose "-o" count for a place: of its service, or of smtpd(8) behind
 * postscreen(8). */
const char *postfix_places_block(const struct postfix_settings *s,
                                 const struct tls_place *place);

#endif
