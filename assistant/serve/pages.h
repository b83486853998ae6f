#ifndef CERTMEND_SERVE_PAGES_H
#define CERTMEND_SERVE_PAGES_H
/*
 * pages - what the browser may ask for, and who answers it
 *
 * The router refuses by default: a row says what it lets in. To add a page: a
 * row in pages.c, its handler, and its template in templates/page/.
 */
#include "net/web_server.h"

struct serve;         /* serve/serve_inside.h */
struct serve_session; /* who asks */
struct serve_look;    /* one question, under way or answered: "/a/ID" */

struct page_call {
    struct serve *serve;
    struct serve_session *session; /* NULL: a row that needs none */
    struct serve_look *look; /* of "/a/ID..."; NULL: the path names none */
    const char *id; /* what stands in the path in place of ID; or NULL */
    /* "/a/ID.3": the third target of a look at several; part is then 2. Of a
     * look at one that has no such end, part is 0, and is_part is set too. */
    size_t part;
    bool is_part;
    struct web_exchange *exchange;
    const struct web_request *request;
    const char *set_cookie; /* of a session that has just begun; or NULL */
};

struct page_row {
    enum web_method method;
    const char *path;     /* "/", "/a/ID", "/a/ID/letter": ID is 32 digits,
                             behind "/a/" also with ".3" */
    bool takes_query;     /* else a query is a 404 */
    bool needs_session;   /* else it is answered to anybody */
    const char *form;     /* the CSRF token's form name; of every POST */
    bool not_with_public; /* 404 there */
    void (*answer)(struct page_call *c);
};

extern const struct page_row page_rows[]; /* ends with path NULL */

/* The row and, through it, the session, the token and the look; else 403, 404
 * or a page that says to open the address that the terminal shows. */
void pages_answer(void *serve, struct web_exchange *x,
                  const struct web_request *q);

#endif
