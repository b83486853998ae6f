#include "machine/conf_apache.h"
#include "machine/conf_dovecot.h"
#include "machine/conf_exim.h"
#include "machine/conf_haproxy.h"
#include "machine/conf_nginx.h"
#include "machine/conf_postfix.h"
#include "machine/conf_printed.h"
#include "machine/conf_stunnel.h"

/*
 * To add one: its row, and a file beside this with its is_it(), read() and the
 * rest.
 */
const struct server_kind server_kinds[] = {
    { .software = "dovecot",
      .is_it = conf_dovecot_is_it,
      .read = conf_dovecot_read,
      .edit = conf_dovecot_edit,
      .parse = conf_dovecot_parse,
      .holds = conf_dovecot_holds,
      .check = conf_dovecot_check,
      .reload = conf_dovecot_reload },
    { .software = "nginx",
      .is_it = conf_nginx_is_it,
      .read = conf_nginx_read,
      .edit = conf_nginx_edit,
      .parse = conf_nginx_parse,
      .holds = conf_nginx_holds,
      .check = conf_nginx_check,
      .reload = conf_nginx_reload },
    { .software = "postfix",
      .is_it = conf_postfix_is_it,
      .read = conf_postfix_read,
      .edit = conf_postfix_edit,
      .parse = conf_postfix_parse,
      .holds = conf_postfix_holds,
      .check = conf_postfix_check,
      .reload = conf_postfix_reload },
    { .software = "exim",
      .is_it = conf_exim_is_it,
      .read = conf_exim_read,
      .edit = conf_exim_edit,
      .check = conf_exim_check,
      .reload = conf_exim_reload },
    { .software = "apache",
      .is_it = conf_apache_is_it,
      .read = conf_apache_read,
      .edit = conf_apache_edit,
      .check = conf_apache_check,
      .reload = conf_apache_reload },
    { .software = "haproxy",
      .is_it = conf_haproxy_is_it,
      .read = conf_haproxy_read,
      .edit = conf_haproxy_edit,
      .check = conf_haproxy_check,
      .reload = conf_haproxy_reload },
    { .software = "stunnel",
      .is_it = conf_stunnel_is_it,
      .read = conf_stunnel_read,
      .edit = conf_stunnel_edit,
      .reload = conf_stunnel_reload },
    { .software = "courier",
      .is_it = conf_courier_is_it,
      .read = conf_courier_read,
      .reload = conf_courier_reload },
    { .software = "cyrus",
      .is_it = conf_cyrus_is_it,
      .read = conf_cyrus_read,
      .reload = conf_cyrus_reload },
    { .software = "opensmtpd",
      .is_it = conf_opensmtpd_is_it,
      .read = conf_opensmtpd_read,
      .reload = conf_opensmtpd_reload },
    { .software = "sendmail",
      .is_it = conf_sendmail_is_it,
      .read = conf_sendmail_read,
      .reload = conf_sendmail_reload },
    { .software = NULL },
};

const struct server_kind *server_kind_of(const struct listener *l)
{
    for (const struct server_kind *k = server_kinds; k->software; k++)
        if (l->pid && k->is_it(l))
            return k;
    return NULL;
}
