#ifndef CERTMEND_MACHINE_CONF_DOVECOT_H
#define CERTMEND_MACHINE_CONF_DOVECOT_H
/*
 * conf_dovecot - dovecot.conf and what it includes, of 2.3 and of 2.4
 *
 * 2.3 says "ssl_cert = </path", 2.4 "ssl_server_cert_file = /path" (or
 * "cert_file" in an "ssl_server" block) below a dovecot_config_version. Which
 * of several lines counts for a protocol and a name is asked of doveconf(1).
 */
#include "machine/conf_text.h"

bool conf_dovecot_is_it(const struct listener *l);
MUST_CHECK bool conf_dovecot_read(struct arena *a, struct server_conf *conf,
                                  struct err *err);
MUST_CHECK bool conf_dovecot_edit(struct arena *a,
                                  const struct server_conf *conf,
                                  const struct conf_change *change,
                                  struct conf_edits *out, struct err *err);
MUST_CHECK bool conf_dovecot_parse(struct arena *a, struct server_conf *conf,
                                   struct conf_settings *all, struct err *err);
MUST_CHECK bool conf_dovecot_holds(struct arena *a,
                                   const struct conf_trial *trial,
                                   const struct conf_scratch *scratch,
                                   bool *was_asked, struct err *err);
const char *const *conf_dovecot_check(struct arena *a,
                                      const struct server_conf *conf);
const char *const *conf_dovecot_reload(struct arena *a,
                                       const struct server_conf *conf);

#endif
