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
#include "serve/public_desk.h"
#include "serve/serve.h"
#include "serve/sessions.h"

struct serve {
    struct arena *arena; /* as long as the service runs */
    const struct serve_options *options;
    struct listen_place place;
    struct probe_options probe; /* of every look */
    struct loop *loop;
    struct web_server *web;
    struct evaluation evaluation; /* anchors and rules, for all looks */
    struct sessions sessions;
    struct looks looks;
    struct public_desk *desk;    /* NULL: for this machine only */
    struct probe_shared *shared; /* who may connect now, of all looks */
    const char *cookie; /* its name: "cm_8080", with --public "__Host-cm" */
    struct timer tick;  /* what is old goes */
    struct watch input; /* Enter: another start address */
    struct signals signals;
    struct err err;
};

/* ---- answers ---- */

/* A page of templates/page/. `data` goes into it: what the frame wants of every
 * page is added. */
void page_reply(struct page_call *c, int status, const char *name,
                struct json *data);

/* The page "error" with {"is": {why: true}}, which has the words. */
void page_reply_error(struct page_call *c, int status, const char *why);

/* 303: after a form, so that nothing is sent twice. `path` is ours. */
void page_reply_go(struct page_call *c, const char *path);

/* To be saved: "application/json", "certmend-report.json". */
void page_reply_file(struct page_call *c, const char *type, const char *name,
                     const char *bytes, size_t len);

/* The answer lets the browser know its session. */
void page_set_cookie(struct page_call *c);

/* The token of a form of this session: "look", "again", "order". */
const char *page_csrf(const struct page_call *c, const char *form);

/* "/a/ID" and what stands behind it: "/letter", "". Of one of several targets
 * "/a/ID.3". */
const char *page_at(const struct page_call *c, const char *behind);

/* The report that the path names; NULL: there is none, or not yet, or it names
 * several. */
const struct report *page_report(const struct page_call *c);

/* Our own failure, with why. */
void page_reply_failed(struct page_call *c, const struct err *err);

/* The chip of that id, of page_clients; NULL: none, and nothing else gets in.
 */
const char *page_chip(const char *id);

/* ---- looks ---- */

/* Begins one, or lets it wait for its turn, and goes to its page; or says why
 * not (503, 429). Everything in `q` is copied. */
void page_begin_look(struct page_call *c, const struct look_request *q);

/* ---- handlers, by room ---- */

/* serve/page_doors.c */
void page_open(struct page_call *c);
void page_file_css(struct page_call *c);
void page_file_js(struct page_call *c);
void page_file_icon(struct page_call *c);
void page_robots(struct page_call *c);
void page_about(struct page_call *c);

/* serve/page_look.c */
void page_start(struct page_call *c);
void page_look(struct page_call *c);
void page_look_answer(struct page_call *c);
void page_look_events(struct page_call *c);

/* serve/page_again.c */
void page_again(struct page_call *c);
/* A look that repeats another is done: what has changed. */
void page_again_news(const struct serve *s, struct serve_look *l);

/* serve/page_letter.c, page_order.c, page_files.c, page_table.c */
void page_letter(struct page_call *c);
void page_order(struct page_call *c);
void page_report_json(struct page_call *c);
void page_report_html(struct page_call *c);
void page_survey_json(struct page_call *c);
void page_table(struct page_call *c); /* of a look at several */
void page_table_csv(struct page_call *c);
void page_table_jsonl(struct page_call *c);

/* serve/page_request.c */
void page_request(struct page_call *c);
void page_request_make(struct page_call *c);
void page_request_file(struct page_call *c);

#endif
