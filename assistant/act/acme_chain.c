#include "act/acme_chain.h"

#include <string.h>
#include <strings.h>

#include "base/base64.h"
#include "base/buf.h"
#include "crypto/acme_cert_fit.h"
#include "crypto/x509_read.h"
#include "model/name.h"

enum { PEM_WIDTH = 64, PEM_MAX = 512 * 1024 };

static bool has(const struct names_list *list, const char *name)
{
    for (size_t i = 0; i < list->len; i++)
        if (strcasecmp(list->text[i], name) == 0)
            return true;
    return false;
}

static bool is_ordered(const struct acme_chain_wish *wish, const char *name)
{
    for (size_t i = 0; i < wish->names_len; i++)
        if (strcasecmp(wish->names[i], name) == 0)
            return true;
    return false;
}

/* The first name that is in the one and not in the other; NULL: none. */
static const char *unordered(const struct acme_chain_wish *wish,
                             const struct names_list *list)
{
    for (size_t i = 0; i < list->len; i++)
        if (!is_ordered(wish, list->text[i]))
            return list->text[i];
    return NULL;
}

static const char *missing(const struct acme_chain_wish *wish,
                           const struct cert *leaf)
{
    for (size_t i = 0; i < wish->names_len; i++) {
        const char *name = wish->names[i];
        bool is_ip = name_is_ip(name);
        if (!has(is_ip ? &leaf->ip_names : &leaf->dns_names, name))
            return name;
    }
    return NULL;
}

static const char *misfit_of_names(struct arena *a,
                                   const struct acme_chain_wish *wish,
                                   const struct cert *leaf)
{
    const char *name = missing(wish, leaf);

    if (name)
        return arena_printf(a, "the certificate lacks the name %s", name);
    name = unordered(wish, &leaf->dns_names);
    if (!name)
        name = unordered(wish, &leaf->ip_names);
    if (name)
        return arena_printf(a,
                            "the certificate has a name that nobody "
                            "ordered, %s",
                            name);
    return NULL;
}

static const char *misfit_of_order(struct arena *a,
                                   const struct acme_chain *chain)
{
    for (size_t i = 0; i + 1 < chain->len; i++) {
        const struct cert *c = &chain->certs[i].cert;
        const struct cert *above = &chain->certs[i + 1].cert;
        if (!acme_cert_signed_by(c->der, c->der_len, above->der,
                                 above->der_len))
            return arena_printf(a,
                                "certificate %zu of the chain was not signed "
                                "by the one behind it",
                                i + 1);
    }
    return NULL;
}

static const char *misfit(struct arena *a, const struct acme_chain *chain,
                          const struct acme_chain_wish *wish)
{
    const struct cert *leaf = &chain->certs[0].cert;

    for (size_t i = 0; i < chain->len; i++)
        if (chain->certs[i].malformed)
            return arena_printf(a,
                                "certificate %zu of the chain cannot be "
                                "read",
                                i + 1);
    if (!acme_cert_fits(leaf->der, leaf->der_len, wish->csr, wish->csr_len))
        return "the certificate is for another key";
    const char *why = misfit_of_names(a, wish, leaf);
    return why ? why : misfit_of_order(a, chain);
}

bool acme_chain_read(struct arena *a, const uint8_t *body, size_t len,
                     const struct acme_chain_wish *wish, struct acme_chain *out,
                     const char **why)
{
    struct cert_list certs = { 0 };
    struct err err;

    if (!x509_read_file(a, (const char *)body, len, "the answer", &certs,
                        &err)) {
        *why = arena_text(a, err.text);
        return false;
    }
    struct acme_chain chain = { certs.items, certs.len };
    *why = chain.len > ACME_CHAIN_MAX ? "the chain is longer than any"
                                      : misfit(a, &chain, wish);
    if (*why)
        return false;
    *out = chain;
    return true;
}

static bool is_called(const char *cn, const char *name)
{
    return cn && strcmp(cn, name) == 0;
}

bool acme_chain_names(const struct acme_chain *chain, const char *name)
{
    for (size_t i = 0; i < chain->len; i++) {
        const struct cert *c = &chain->certs[i].cert;
        if (is_called(c->issuer_cn, name) ||
            (i && is_called(c->subject_cn, name)))
            return true;
    }
    return false;
}

const char *acme_chain_pem(struct arena *a, const struct acme_chain *chain)
{
    struct buf text;

    buf_init(&text, a, PEM_MAX);
    for (size_t i = 0; i < chain->len; i++) {
        const struct cert *c = &chain->certs[i].cert;
        const char *line = base64_text(a, c->der, c->der_len);
        buf_text(&text, "-----BEGIN CERTIFICATE-----\n");
        for (size_t left = strlen(line); left;) {
            size_t width = left < PEM_WIDTH ? left : PEM_WIDTH;
            buf_bytes(&text, line, width);
            buf_char(&text, '\n');
            line += width;
            left -= width;
        }
        buf_text(&text, "-----END CERTIFICATE-----\n");
    }
    return text.text;
}
