#ifndef CERTMEND_NET_WEB_GATE_H
#define CERTMEND_NET_WEB_GATE_H
/*
 * web_gate - may this request come in?
 *
 * Pure: the parts of a request go in, what is wrong with them comes out. It
 * trusts nothing that evhttp lets through: a Host of somebody else's (a name
 * that was made to point here), a form that another page sent, two lines where
 * one is meant, a way that is not written plainly.
 */
#include "net/web_server.h"

struct web_gate_line { /* of the header */
    const char *name, *value;
};

struct web_gate_request {
    const char *method; /* "GET" */
    const char *target; /* as it stands in the first line */
    const struct web_gate_line *lines;
    size_t len;
    const char *peer; /* address of who is connected, in canonical text */
};

struct web_gate_rules {
    struct text_list hosts; /* "127.0.0.1:8080", lower case */
    const char *origin;     /* NULL: "http://" and the host that was asked */
    const char *proxy;      /* canonical address, or NULL */
};

struct web_gate_pass { /* what is known of a request that may come in */
    enum web_method method;
    const char *path, *query; /* as in struct web_request */
    const char *cookie, *accept_language, *client;
};

struct web_gate_refusal {
    int status;
    const char *words; /* for the person; repeat nothing of the request */
};

/* NULL: it may come in, and *pass is filled in. */
const struct web_gate_refusal *web_gate_judge(struct arena *a,
                                              const struct web_gate_rules *r,
                                              const struct web_gate_request *q,
                                              struct web_gate_pass *pass);

#endif
