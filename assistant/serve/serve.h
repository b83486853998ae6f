#ifndef CERTMEND_SERVE_SERVE_H
#define CERTMEND_SERVE_SERVE_H
/*
 * serve - `certmend serve`: the same in a browser
 *
 * One process, one loop: the web server, its sessions and all looks. A page is
 * a template filled with data, a look is a run/target_run on a probe of this
 * loop, so a slow server keeps nobody waiting but who asked for it.
 */
#include "net/web_server.h"
#include "run/look_options.h"

struct serve_options {
    const struct look_options *look;
    const char *listen; /* "ADDR:PORT"; NULL: 127.0.0.1, any port */
    bool no_browser;
    const char *public_name; /* with --public; NULL: for this machine only */
    const char *proxy;       /* the address of the reverse proxy, or NULL */
    struct text_list deny;   /* domains and CIDR blocks never looked at */
    struct text_list allow;  /* CIDR blocks that may be, public or not */
    /* Tells the person who started it: the address to open. */
    bool (*say)(const char *text, size_t len, struct err *err);
};

/* Until a signal ends it. False: it could not begin, or go on. */
MUST_CHECK bool serve_run(struct arena *a, const struct serve_options *o,
                          struct err *err);

#endif
