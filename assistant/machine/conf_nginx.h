#ifndef CERTMEND_MACHINE_CONF_NGINX_H
#define CERTMEND_MACHINE_CONF_NGINX_H
/*
 * conf_nginx - nginx.conf and what it includes: its http, mail and stream
 * servers
 *
 * nginx cannot be asked for one value: "nginx -T" says which files it reads,
 * and where these are others than were found here, nothing is edited.
 */
#include "machine/conf_text.h"

bool conf_nginx_is_it(const struct listener *l);
MUST_CHECK bool conf_nginx_read(struct arena *a, struct server_conf *conf,
                                struct err *err);
MUST_CHECK bool conf_nginx_edit(struct arena *a, const struct server_conf *conf,
                                const struct conf_change *change,
                                struct conf_edits *out, struct err *err);
MUST_CHECK bool conf_nginx_parse(struct arena *a, struct server_conf *conf,
                                 struct conf_settings *all, struct err *err);
MUST_CHECK bool conf_nginx_holds(struct arena *a,
                                 const struct conf_trial *trial,
                                 const struct conf_scratch *scratch,
                                 bool *was_asked, struct err *err);
const char *const *conf_nginx_check(struct arena *a,
                                    const struct server_conf *conf);
const char *const *conf_nginx_reload(struct arena *a,
                                     const struct server_conf *conf);

#endif
