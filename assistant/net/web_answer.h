#ifndef CERTMEND_NET_WEB_ANSWER_H
#define CERTMEND_NET_WEB_ANSWER_H
/*
 * web_answer - an answer with all its headers, through evhttp
 *
 * Nothing else of certmend's sends a page, so that none goes out without the
 * headers that hold a browser back. The request is evhttp's from then on.
 */
#include "net/web_server.h"

struct evhttp_request; /* libevent's */

/* What is sent is copied. An answer that cannot be sent as it is (a line end
 * in a header) is an empty 500. */
void web_answer_send(struct evhttp_request *request,
                     const struct web_answer *w);

/* Words of ours, and the end of the connection. */
void web_answer_refuse(struct evhttp_request *request, int status,
                       const char *words);

void web_answer_begin_events(struct evhttp_request *request);

#endif
