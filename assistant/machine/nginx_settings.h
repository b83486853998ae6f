#ifndef CERTMEND_MACHINE_NGINX_SETTINGS_H
#define CERTMEND_MACHINE_NGINX_SETTINGS_H
/*
 * nginx_settings - the directives of nginx.conf and of what it includes, in the
 * blocks that they stand in
 */
#include "base/buf.h"
#include "machine/nginx_words.h"

enum {
    NGINX_FLAT_MAX = 8 * 1024 * 1024,
    NGINX_DIRECTIVES_MAX = 200 * 1000,
    NGINX_NONE = -1, /* of no block */
};

struct nginx_directive {
    const struct nginx_word *words; /* its name first */
    size_t len;
    long parent;    /* index of the block's directive, or NGINX_NONE */
    size_t end;     /* in its last word's file, behind ; or { */
    size_t ordinal; /* how many blocks were opened before it */
};

struct nginx_settings {
    struct nginx_directive *items;
    size_t len;
    struct conf_settings all; /* each word behind a name is one */
    struct buf flat; /* the same with all that is included in its place */
};

MUST_CHECK bool nginx_settings_read(struct arena *a, struct server_conf *conf,
                                    const char *first,
                                    struct nginx_settings *out,
                                    struct err *err);

/* The next one of that name in that block, after index `from` (-1 at first);
 * -1: none. */
long nginx_settings_find(const struct nginx_settings *s, long block,
                         const char *name, long from);

#endif
