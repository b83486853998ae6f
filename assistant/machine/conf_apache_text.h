#ifndef CERTMEND_MACHINE_CONF_APACHE_TEXT_H
#define CERTMEND_MACHINE_CONF_APACHE_TEXT_H
/*
 * conf_apache_text - Apache's configuration: its virtual hosts, what each says
 * of TLS, and what is included under which condition
 *
 * Helper of machine/conf_apache.c. Where a condition or an include is known to
 * Apache alone, `unknown` or the value's own doubt says so.
 */
#include "base/text.h"
#include "machine/conf_text.h"

enum { APACHE_NESTING_MAX = 32, APACHE_HOSTS_MAX = 4000, APACHE_PAIRS_MAX = 4 };

struct apache_values {
    struct conf_value items[APACHE_PAIRS_MAX];
    size_t len;
};

struct apache_host {
    struct conf_span span; /* of "<VirtualHost"; .line 0: the main server */
    struct text_list addresses; /* "*:443" */
    struct text_list names;     /* ServerName, ServerAlias */
    const char *engine;         /* "on"; NULL: not said */
    struct apache_values certs, keys;
    struct conf_value chain;
    bool is_conditional; /* whether it counts is not known */
};

enum apache_holds { HOLDS_NO, HOLDS_YES, HOLDS_PERHAPS };

struct apache_block {
    const char *name; /* "VirtualHost" */
    enum apache_holds holds;
    bool is_foreign; /* what stands in it is none of ours */
};

struct apache_text {
    struct conf_walk walk;
    const char *root;          /* ServerRoot */
    struct text_list modules;  /* "ssl_module", and the name of its source */
    struct text_list defines;  /* names */
    struct text_list defined;  /* and their values */
    struct apache_host *hosts; /* the first is the main server */
    size_t hosts_len;
    size_t host; /* in which one is */
    struct apache_block nest[APACHE_NESTING_MAX];
    size_t nest_len;
    const char *unknown; /* one sentence with full stop; NULL: all was read */
};

/* Begins with the main server. */
void apache_text_init(struct arena *a, struct apache_text *t,
                      struct server_conf *conf, const char *root);
void apache_text_define(struct arena *a, struct apache_text *t,
                        const char *name, const char *value);

MUST_CHECK bool apache_text_read(struct arena *a, struct apache_text *t,
                                 const char *path, struct err *err);

#endif
