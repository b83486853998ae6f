#ifndef CERTMEND_SERVE_SERVE_INSIDE_H
#define CERTMEND_SERVE_SERVE_INSIDE_H
/*
 * serve_inside - what the handlers of serve/ share
 *
 * A handler is given a struct page_call (serve/pages.h) whose session, form
 * token and look have been seen to, and answers with one of the page_reply_*
 * below, at once. It never waits: what takes time is a look, and a look has
 * an address ("/a/ID") where its answer is asked for.
 */
#include "net/signals.h"
#include "page/page_view.h"
#include "serve/looks.h"
#include "serve/pages.h"
#include "serve/serve.h"
#include "serve/sessions.h"

struct serve {
    struct arena *arena; /* as long as the service runs */
    const struct serve_options *options;
    struct loop *loop;
    struct web_server *web;
    struct evaluation evaluation; /* anchors and rules, for all looks */
    struct sessions sessions;
    struct looks looks;
    struct probe_shared *shared; /* who may connect now, of all looks */
    const char *cookie; /* its name: "cm_8080", with --public "__Host-cm" */
    struct timer tick;  /* what is old goes */
    struct signals signals;
    struct err err;
};

/* ---- answers ---- */

/* A page of templates/page/. `data` is copied before it returns; to it come the
 * keys that the frame wants. */
void page_reply(struct page_call *c, int status, const char *name,
                const char *title, const struct json *data);

/* The page "error" with {"kind": why}, which has the words: "session", "form",
 * "token", "unknown", "busy", "often", "empty", "failed". */
void page_reply_error(struct page_call *c, int status, const char *why);

/* 303: after a form, so that nothing is sent twice. `path` is ours. */
void page_reply_go(struct page_call *c, const char *path);

/* To be saved: {"json", "application/json", "certmend-report.json"}. */
void page_reply_file(struct page_call *c, const char *type, const char *name,
                     const char *bytes, size_t len);

/* The token of a form of this session: "look", "again", "order". */
const char *page_csrf(struct page_call *c, const char *form);

/* "mail.example.com": "?for=gmail" and the like, decoded; NULL: not there, or
 * it is more than letters, digits, "." and "-". */
const char *page_query(const struct page_call *c, const char *name);

/* ---- looks ---- */

/* Begins one, or lets it wait for its turn, and goes to its page; or says why
 * not (503, 429). Everything in `q` is copied. */
void page_begin_look(struct page_call *c, const struct look_request *q);

#endif
