#ifndef CERTMEND_MACHINE_CONF_POSTFIX_H
#define CERTMEND_MACHINE_CONF_POSTFIX_H
/*
 * conf_postfix - main.cf and master.cf: which certificate smtpd(8) shows on
 * which port
 *
 * A service's own "-o" stands over main.cf; the last of two in one file counts;
 * smtpd_tls_chain_files stands over smtpd_tls_cert_file and its kin. What is in
 * force is asked of postconf(1), with and without expansion.
 */
#include "machine/conf_text.h"

bool conf_postfix_is_it(const struct listener *l);
MUST_CHECK bool conf_postfix_read(struct arena *a, struct server_conf *conf,
                                  struct err *err);
MUST_CHECK bool conf_postfix_edit(struct arena *a,
                                  const struct server_conf *conf,
                                  const struct conf_change *change,
                                  struct conf_edits *out, struct err *err);
MUST_CHECK bool conf_postfix_parse(struct arena *a, struct server_conf *conf,
                                   struct conf_settings *all, struct err *err);
MUST_CHECK bool conf_postfix_holds(struct arena *a,
                                   const struct conf_trial *trial,
                                   const struct conf_scratch *scratch,
                                   bool *was_asked, struct err *err);
const char *const *conf_postfix_check(struct arena *a,
                                      const struct server_conf *conf);
const char *const *conf_postfix_reload(struct arena *a,
                                       const struct server_conf *conf);

#endif
