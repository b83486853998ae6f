#ifndef CERTMEND_MACHINE_CONF_PRINTED_H
#define CERTMEND_MACHINE_CONF_PRINTED_H
/*
 * conf_printed - Courier, Cyrus, OpenSMTPD and Sendmail: which certificate they
 * name, and where; never edited
 *
 * Each has its own reason, which is `print_only`.
 */
#include "machine/server_conf.h"

bool conf_courier_is_it(const struct listener *l);
MUST_CHECK bool conf_courier_read(struct arena *a, struct server_conf *conf,
                                  struct err *err);
const char *const *conf_courier_reload(struct arena *a,
                                       const struct server_conf *conf);

bool conf_cyrus_is_it(const struct listener *l);
MUST_CHECK bool conf_cyrus_read(struct arena *a, struct server_conf *conf,
                                struct err *err);
const char *const *conf_cyrus_reload(struct arena *a,
                                     const struct server_conf *conf);

bool conf_opensmtpd_is_it(const struct listener *l);
MUST_CHECK bool conf_opensmtpd_read(struct arena *a, struct server_conf *conf,
                                    struct err *err);
const char *const *conf_opensmtpd_reload(struct arena *a,
                                         const struct server_conf *conf);

bool conf_sendmail_is_it(const struct listener *l);
MUST_CHECK bool conf_sendmail_read(struct arena *a, struct server_conf *conf,
                                   struct err *err);
const char *const *conf_sendmail_reload(struct arena *a,
                                        const struct server_conf *conf);

#endif
