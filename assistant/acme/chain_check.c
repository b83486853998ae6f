#include "acme/chain_check.h"

#include <strings.h>

#include "base/buf.h"
#include "crypto/acme_cert_fit.h"
#include "crypto/key_match.h"

enum { CHAIN_PEM_MAX = 1024 * 1024 };

static bool is_listed(const char *const *list, size_t len, const char *name)
{
    for (size_t i = 0; i < len; i++)
        if (strcasecmp(list[i], name) == 0)
            return true;
    return false;
}

static bool has(const struct text_list *list, const char *name)
{
    return is_listed(list->text, list->len, name);
}

static const char *misfit_of_names(struct arena *a, const struct cert *leaf,
                                   const char *const *names, size_t len)
{
    const struct text_list *kinds[] = { &leaf->dns_names, &leaf->ip_names };

    for (size_t i = 0; i < len; i++)
        if (!has(kinds[0], names[i]) && !has(kinds[1], names[i]))
            return arena_printf(a, "the certificate lacks the name %s",
                                names[i]);
    for (size_t k = 0; k < 2; k++)
        for (size_t i = 0; i < kinds[k]->len; i++)
            if (!is_listed(names, len, kinds[k]->text[i]))
                return arena_printf(a,
                                    "the certificate has a name that nobody "
                                    "ordered, %s",
                                    kinds[k]->text[i]);
    return NULL;
}

static const char *misfit_of_order(struct arena *a,
                                   const struct cert_list *chain)
{
    for (size_t i = 0; i + 1 < chain->len; i++) {
        const struct cert *c = &chain->items[i].cert;
        const struct cert *above = &chain->items[i + 1].cert;
        if (!acme_cert_signed_by(c->der, c->der_len, above->der,
                                 above->der_len))
            return arena_printf(a,
                                "certificate %zu of the chain was not signed "
                                "by the one behind it",
                                i + 1);
    }
    return NULL;
}

const char *chain_misfit(struct arena *a, const struct cert_list *chain,
                         const char *const *names, size_t names_len)
{
    for (size_t i = 0; i < chain->len; i++)
        if (chain->items[i].malformed)
            return arena_printf(
                a, "certificate %zu of the chain cannot be read", i + 1);
    const char *why =
        misfit_of_names(a, &chain->items[0].cert, names, names_len);
    return why ? why : misfit_of_order(a, chain);
}

const char *chain_pem(struct arena *a, const struct cert_list *chain,
                      size_t first)
{
    struct buf text;

    buf_init(&text, a, CHAIN_PEM_MAX);
    for (size_t i = first; i < chain->len; i++) {
        const struct cert *c = &chain->items[i].cert;
        buf_text(&text, key_match_cert_pem(a, c->der, c->der_len));
    }
    return text.text;
}
