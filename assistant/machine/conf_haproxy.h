#ifndef CERTMEND_MACHINE_CONF_HAPROXY_H
#define CERTMEND_MACHINE_CONF_HAPROXY_H
/*
 * conf_haproxy - HAProxy: what stands behind "crt" and "crt-list" of a "bind"
 *
 * Certificate and key are one file, or FILE and FILE.key. Of a folder every
 * file is read, and none is named: no line is changed for one. Without filters
 * of a list it is the names in a certificate that say for whom it is. A port
 * without "ssl" in mode tcp shows the certificate of the server behind it.
 */
#include "machine/server_conf.h"

bool conf_haproxy_is_it(const struct listener *l);
MUST_CHECK bool conf_haproxy_read(struct arena *a, struct server_conf *conf,
                                  struct err *err);
MUST_CHECK bool conf_haproxy_edit(struct arena *a,
                                  const struct server_conf *conf,
                                  const struct conf_change *change,
                                  struct conf_edits *out, struct err *err);
const char *const *conf_haproxy_check(struct arena *a,
                                      const struct server_conf *conf);
const char *const *conf_haproxy_reload(struct arena *a,
                                       const struct server_conf *conf);

#endif
