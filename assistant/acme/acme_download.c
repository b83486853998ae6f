#include "acme/acme_download.h"

#include <string.h>

#include "acme/acme_chain.h"
#include "acme/acme_link.h"
#include "acme/acme_session.h"
#include "base/log.h"
#include "crypto/cert_fit.h"

static const char downloading[] = "downloading the certificate";

struct download {
    struct acme *session;
    const struct acme_order_request *request;
    const char *url;
    acme_done *done;
    void *arg;
    struct acme_links others; /* chains, that were not looked at yet */
    size_t next;
    struct acme_issued issued; /* from the first chain */
};

static void fetch(struct download *d, const char *url, acme_answered *done)
{
    acme_request_send(d->session,
                      &(struct acme_request){
                          .what = downloading,
                          .url = url,
                          .auth = ACME_AUTH_ACCOUNT,
                          .accept = "application/pem-certificate-chain",
                          .done = done,
                          .arg = d,
                      });
}

static bool read_chain(struct download *d, const struct acme_response *answer,
                       struct cert_list *out, const char **why)
{
    const struct acme_chain_request request = {
        .names = d->request->names,
        .names_len = d->request->names_len,
        .csr = d->request->csr,
        .csr_len = d->request->csr_len,
    };

    return acme_chain_read(d->session->arena, answer->reply->body,
                           answer->reply->body_len, &request, out, why);
}

static void keep(struct download *d, const struct cert_list *chain)
{
    d->issued.chain = chain->items;
    d->issued.chain_len = chain->len;
    d->issued.chain_pem = x509_chain_pem(d->session->arena, chain, 0);
}

static void finish(struct download *d)
{
    const struct acme_result result = { .issued = &d->issued };

    d->done(d->arg, &result);
}

static void look_on(struct download *d);

/* A chain that is not usable is no loss: there is one already. */
static void came_other(void *arg, const struct acme_response *answer)
{
    struct download *d = arg;
    struct cert_list chain;
    const char *why = answer->why;

    if (answer->outcome != ACME_WORKED ||
        !read_chain(d, answer, &chain, &why)) {
        log_verbose("another chain is passed over: %s", why);
    } else if (acme_chain_names(&chain, d->request->chain)) {
        keep(d, &chain);
        finish(d);
        return;
    }
    look_on(d);
}

static void look_on(struct download *d)
{
    if (d->next < d->others.len) {
        fetch(d, d->others.urls[d->next++], came_other);
        return;
    }
    log_note("no chain of this CA names \"%s\"; the usual one is taken",
             d->request->chain);
    finish(d);
}

static void find_others(struct download *d, const struct http_reply *reply)
{
    d->others = (struct acme_links){ .arena = d->session->arena };
    for (size_t i = 0; i < reply->headers_len; i++)
        if (strcmp(reply->headers[i].name, "link") == 0)
            acme_link_add(&d->others, reply->headers[i].value, "alternate");
}

static void came(void *arg, const struct acme_response *answer)
{
    struct download *d = arg;
    struct acme *s = d->session;
    struct acme_result result = acme_request_result(s, answer);
    struct cert_list chain;
    const char *why = NULL;

    if (result.outcome == ACME_WORKED && !read_chain(d, answer, &chain, &why)) {
        result.outcome = ACME_BROKEN;
        result.why = arena_printf(s->arena,
                                  "%s: it is not what was ordered: "
                                  "%s.",
                                  downloading, why);
    }
    if (result.outcome != ACME_WORKED) {
        d->done(d->arg, &result);
        return;
    }
    d->issued.cert_url = d->url;
    keep(d, &chain);
    find_others(d, answer->reply);
    if (!d->request->chain || acme_chain_names(&chain, d->request->chain))
        finish(d);
    else
        look_on(d);
}

void acme_download(struct acme *s, const struct acme_order_request *request,
                   const char *url, acme_done *done, void *arg)
{
    struct download *d = arena_alloc(s->arena, 1, sizeof *d);

    *d = (struct download){
        .session = s, .request = request, .url = url, .done = done, .arg = arg
    };
    fetch(d, url, came);
}
