#ifndef CERTMEND_MACHINE_CONF_APACHE_H
#define CERTMEND_MACHINE_CONF_APACHE_H
/*
 * conf_apache - Apache 2.4: SSLCertificateFile and its like, by port and name
 *
 * What its own dump of virtual hosts and certificates does not have, or has
 * beyond what was understood, is not edited. A key that does not fit ends
 * Apache at a reload, and its own check does not see it: who edits has tried
 * the pair before.
 */
#include "machine/server_conf.h"

bool conf_apache_is_it(const struct listener *l);
MUST_CHECK bool conf_apache_read(struct arena *a, struct server_conf *conf,
                                 struct err *err);
MUST_CHECK bool conf_apache_edit(struct arena *a,
                                 const struct server_conf *conf,
                                 const struct conf_change *change,
                                 struct conf_edits *out, struct err *err);
const char *const *conf_apache_check(struct arena *a,
                                     const struct server_conf *conf);
const char *const *conf_apache_reload(struct arena *a,
                                      const struct server_conf *conf);

#endif
