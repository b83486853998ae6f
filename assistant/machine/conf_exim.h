#ifndef CERTMEND_MACHINE_CONF_EXIM_H
#define CERTMEND_MACHINE_CONF_EXIM_H
/*
 * conf_exim - Exim: tls_certificate and tls_privatekey, one pair for all ports
 *
 * On Debian the files are read that update-exim4.conf(8) makes the real
 * configuration of: conf.d/main, or exim4.conf.localmacros and
 * exim4.conf.template. Where Debian's MAIN_TLS_CERTIFICATE and its like are not
 * set, an edit sets them, beside MAIN_TLS_ENABLE; their value has is_default
 * and in its span, of no length, that place. Nothing that the program makes
 * itself is edited.
 */
#include "machine/conf_text.h"

bool conf_exim_is_it(const struct listener *l);
MUST_CHECK bool conf_exim_read(struct arena *a, struct server_conf *conf,
                               struct err *err);
MUST_CHECK bool conf_exim_edit(struct arena *a, const struct server_conf *conf,
                               const struct conf_change *change,
                               struct conf_edits *out, struct err *err);
const char *const *conf_exim_check(struct arena *a,
                                   const struct server_conf *conf);
const char *const *conf_exim_reload(struct arena *a,
                                    const struct server_conf *conf);

#endif
