#include "acme/acme_chain.h"

#include <string.h>

#include "crypto/cert_fit.h"

static const char *fault_of(struct arena *a, const struct cert_list *chain,
                            const struct acme_chain_request *request)
{
    const struct cert *leaf = &chain->items[0].cert;

    if (chain->len > ACME_CHAIN_MAX)
        return "the chain is longer than any";
    const char *why =
        cert_fit_chain(a, chain, request->names, request->names_len);
    if (why)
        return why;
    if (!cert_fit_request(leaf->der, leaf->der_len, request->csr,
                          request->csr_len))
        return "the certificate is for another key";
    return NULL;
}

bool acme_chain_read(struct arena *a, const uint8_t *body, size_t len,
                     const struct acme_chain_request *request,
                     struct cert_list *out, const char **why)
{
    struct cert_list chain = { 0 };
    struct err err;

    if (!x509_read_file(a, (const char *)body, len, "the answer", &chain,
                        &err)) {
        *why = arena_text(a, err.text);
        return false;
    }
    *why = fault_of(a, &chain, request);
    if (*why)
        return false;
    *out = chain;
    return true;
}

static bool is_called(const char *cn, const char *name)
{
    return cn && strcmp(cn, name) == 0;
}

bool acme_chain_names(const struct cert_list *chain, const char *name)
{
    for (size_t i = 0; i < chain->len; i++) {
        const struct cert *c = &chain->items[i].cert;
        if (is_called(c->issuer_cn, name) ||
            (i && is_called(c->subject_cn, name)))
            return true;
    }
    return false;
}
