#ifndef CERTMEND_MACHINE_CONF_STUNNEL_H
#define CERTMEND_MACHINE_CONF_STUNNEL_H
/*
 * conf_stunnel - stunnel: "cert" and "key" of each service that accepts TLS
 *
 * What stands before the first [service] counts for those that do not say
 * otherwise; a service with "sni" answers on its master's port to that name.
 * stunnel has no way to check its files, and cannot be asked what it uses.
 */
#include "machine/server_conf.h"

bool conf_stunnel_is_it(const struct listener *l);
MUST_CHECK bool conf_stunnel_read(struct arena *a, struct server_conf *conf,
                                  struct err *err);
MUST_CHECK bool conf_stunnel_edit(struct arena *a,
                                  const struct server_conf *conf,
                                  const struct conf_change *change,
                                  struct conf_edits *out, struct err *err);
const char *const *conf_stunnel_reload(struct arena *a,
                                       const struct server_conf *conf);

#endif
