#ifndef CERTMEND_SERVE_PUBLIC_DESK_H
#define CERTMEND_SERVE_PUBLIC_DESK_H
/*
 * public_desk - with --public: what may be looked at, for whom, how often
 *
 * Between the page and the looks. Nothing of what was asked is written down:
 * counters of what was done go to the log once an hour, and no names.
 */
#include "model/public_address.h"
#include "serve/pages.h"
#include "serve/serve.h"

struct look_request;
struct public_desk;

/* What --allow and --deny say is no block or domain: ERR_USAGE. */
MUST_CHECK bool public_desk_open(struct arena *a, const struct serve_options *o,
                                 struct public_desk **out, struct err *err);

/* May it begin now? False: it was answered: too often, or with the last answer
 * there is. */
bool public_desk_lets(struct page_call *c, const struct look_request *q);

/* It has begun. */
void public_desk_count(struct page_call *c, const struct look_request *q);

/* Where this look may go. Lives in its arena. */
const struct public_address_rule *public_desk_rule(struct public_desk *d,
                                                   struct serve_look *l);

/* For an answer that is shown in place of another look: minutes until there may
 * be one. */
int public_desk_minutes(const struct public_desk *d, struct arena *a,
                        const struct text_list *targets);

/* Once in a while: tells the log how much was done. */
void public_desk_tick(struct public_desk *d, int64_t now_ms);

#endif
