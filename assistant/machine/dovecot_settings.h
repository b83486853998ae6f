#ifndef CERTMEND_MACHINE_DOVECOT_SETTINGS_H
#define CERTMEND_MACHINE_DOVECOT_SETTINGS_H
/*
 * dovecot_settings - what stands in Dovecot's files, block by block
 *
 * The block of a setting is those it stands in, the outermost first, each
 * behind a DOVECOT_BLOCK: "\x1fprotocol imap". An "ssl_server" block of 2.4 is
 * none: "cert_file" in it is "ssl_server_cert_file".
 */
#include "base/buf.h"
#include "machine/conf_text.h"

#define DOVECOT_BLOCK '\x1f'

enum { DOVECOT_FLAT_MAX = 8 * 1024 * 1024 };

struct dovecot_settings {
    struct conf_settings all;
    bool is_24;      /* it has a dovecot_config_version of 2.4 or newer */
    struct buf flat; /* the same with all that is included in its place */
};

/* Reads `first` and what it includes; errors name file and line. */
MUST_CHECK bool dovecot_settings_read(struct arena *a, struct server_conf *conf,
                                      const char *first,
                                      struct dovecot_settings *out,
                                      struct err *err);

#endif
