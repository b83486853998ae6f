#ifndef CERTMEND_ADVISE_TOOL_H
#define CERTMEND_ADVISE_TOOL_H
/*
 * tool - what ordered the certificate in use, as far as anything tells
 *
 * Who has a tool keeps it: a second one beside it renews files that nobody
 * reads. The software that answers, or that the user names, may order by
 * itself; of everything else only the person knows.
 */
#include "advise/context.h"
#include "advise/text_source.h"

/*
 * For blanks, as "tool":
 *   known   the software at hand orders by itself, or is such a tool
 *   renews  ... and has words of its own for renewing
 *   alone   ... which are all that is to be done
 *   whole   what is ordered has every name of the certificate in use, so that
 *           it can take its place under its name
 *   made    the certificate in use did not sign itself: some tool or person
 *           got it from an authority
 *   name    what certbot and acme.sh call it: its first name without a star,
 *           or NAME
 * and as "kept" where a key that has to stay may be found:
 *   name, certbot, file    what certbot calls it, its file there, the likeliest
 *   by_certbot             nothing speaks against certbot
 */
void tool_put(const struct context *now, const struct text_source *from,
              const struct json *names, struct json *data);

/* The folder of certbot or acme.sh where the user named one; or NULL. */
const char *tool_files(const struct text_source *from);

/* What the certificate for `names`, or NULL for the one in use, is called. */
const char *tool_name(const struct context *now, const struct json *names);

#endif
