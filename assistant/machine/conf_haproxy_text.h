#ifndef CERTMEND_MACHINE_CONF_HAPROXY_TEXT_H
#define CERTMEND_MACHINE_CONF_HAPROXY_TEXT_H
/*
 * conf_haproxy_text - HAProxy's configuration as lines of words, and what of it
 * says who listens with which certificate
 *
 * Helper of machine/conf_haproxy.c.
 */
#include "base/text.h"
#include "machine/conf_text.h"

struct haproxy_word {
    const char *text;      /* without quotes and backslashes */
    struct conf_span span; /* of what stands there, quotes around it not in it
                            */
    bool is_plain;         /* the bytes of the span are the text */
    bool has_variable;     /* "$X": only HAProxy knows */
};

struct haproxy_line {
    struct haproxy_word *words;
    size_t len;
    bool is_broken; /* a quote is not closed */
};

/* HAProxy's configuration manual, 2.2: quotes and backslashes. `span` lies in
 * one line. */
struct haproxy_line haproxy_words(struct arena *a,
                                  const struct server_conf *conf,
                                  struct conf_span span);

/* Of a "bind": one file, folder or list. */
struct haproxy_cert {
    struct haproxy_word word;
    bool is_list;     /* of "crt-list" */
    const char *base; /* "crt-base" at that place; or NULL */
};

struct haproxy_bind {
    struct haproxy_word where;
    struct haproxy_cert *certs;
    size_t certs_len;
    bool is_tls, is_strict; /* "ssl", "strict-sni" */
    bool is_conditional;    /* between .if and .endif */
    size_t section;
};

struct haproxy_section {
    const char *kind, *name; /* "frontend", "mail" */
    bool is_http;
    const char *backend;      /* "default_backend" */
    struct text_list servers; /* their addresses */
};

struct haproxy_text {
    struct conf_walk walk;
    struct haproxy_section *sections;
    size_t sections_len;
    struct haproxy_bind *binds;
    size_t binds_len;
    const char *crt_base;
    bool defaults_http;
    size_t conditions; /* that are open */
};

/* The files that it was started with. */
MUST_CHECK bool haproxy_files(struct arena *a, const struct server_conf *conf,
                              struct text_list *out, struct err *err);

/* "haproxy -c" of the same files. */
const char *const *haproxy_check_words(struct arena *a,
                                       const struct listener *l);

MUST_CHECK bool haproxy_text_read(struct arena *a, struct haproxy_text *t,
                                  const char *path, struct err *err);

#endif
