#ifndef CERTMEND_MACHINE_NGINX_PLACES_H
#define CERTMEND_MACHINE_NGINX_PLACES_H
/*
 * nginx_places - which certificate nginx shows on which port for which name
 *
 * For each "listen" of a server of http, mail and stream: one place for each of
 * its names, and one more where it is the server for all other names. Two
 * certificates, for two kinds of keys, are two places.
 */
#include "machine/nginx_settings.h"

/* Where a place comes from. */
struct nginx_server {
    long server, listen; /* indices of directives; listen -1: it has none */
};

/* Adds them to conf->places, and as many rows to *servers. */
MUST_CHECK bool nginx_places(struct arena *a, struct server_conf *conf,
                             const struct nginx_settings *s,
                             const struct nginx_server **servers,
                             struct err *err);

#endif
