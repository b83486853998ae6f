#include "crypto/x509_read.h"

#include <limits.h>
#include <string.h>

#include "base/base64.h"
#include "base/buf.h"
#include "crypto/handles.h"
#include "crypto/x509_cache.h"

enum { PEM_COLUMNS = 64, PEM_MAX = 1024 * 1024 };

static void add(struct arena *a, struct cert_list *list, const uint8_t *der,
                size_t len)
{
    list->items = arena_grow(a, list->items, list->len, sizeof *list->items);
    x509_read(a, der, len, CERT_SENT, &list->items[list->len++]);
}

/* The next PEM block. False: there is none, or it is damaged. */
static bool read_block(struct arena *a, BIO *in, struct cert_list *list)
{
    OWN(ssl_text) *label = NULL;
    OWN(ssl_text) *header = NULL;
    OWN(ssl_bytes) *bytes = NULL;
    long len = 0;

    if (!PEM_read_bio(in, &label, &header, &bytes, &len))
        return false;
    if (strcmp(label, PEM_STRING_X509) == 0 ||
        strcmp(label, PEM_STRING_X509_OLD) == 0)
        add(a, list, bytes, (size_t)len);
    OPENSSL_cleanse(bytes, (size_t)len); /* it may be a key */
    return true;
}

static bool read_pem(struct arena *a, BIO *in, const char *name,
                     struct cert_list *list, struct err *err)
{
    bool more = true;

    while (more)
        more = read_block(a, in, list);
    if (ERR_GET_REASON(ERR_peek_last_error()) != PEM_R_NO_START_LINE)
        return err_set(err, ERR_INPUT,
                       "%s: a PEM block in it is damaged (%s): copy it again "
                       "whole, from BEGIN to END",
                       name, ssl_why());
    ERR_clear_error();
    return true;
}

static bool is_der(const uint8_t *bytes, size_t len)
{
    OWN(X509) *x = x509_cache_get(bytes, len);

    ERR_clear_error();
    return x != NULL;
}

bool x509_read_file(struct arena *a, const char *text, size_t len,
                    const char *name, struct cert_list *out, struct err *err)
{
    struct cert_list list = { 0 };

    if (len > INT_MAX)
        return err_set(err, ERR_INPUT, "%s: too big for certificates", name);
    if (is_der((const uint8_t *)text, len))
        add(a, &list, (const uint8_t *)text, len);
    OWN(BIO) *in = BIO_new_mem_buf(text, (int)len);
    if (!in)
        return err_set(err, ERR_SYSTEM, "%s: %s", name, ssl_why());
    if (list.len == 0 && !read_pem(a, in, name, &list, err))
        return false;
    if (list.len == 0)
        return err_set(err, ERR_INPUT,
                       "%s: no certificate in it: PEM (\"-----BEGIN "
                       "CERTIFICATE-----\") or one DER was wanted",
                       name);
    *out = list;
    return true;
}

const char *x509_cert_pem(struct arena *a, const uint8_t *der, size_t len)
{
    const char *text = base64_text(a, der, len);
    struct buf out;

    buf_init(&out, a, PEM_MAX);
    buf_text(&out, "-----BEGIN CERTIFICATE-----\n");
    for (; *text; text += strnlen(text, PEM_COLUMNS))
        buf_printf(&out, "%.*s\n", (int)PEM_COLUMNS, text);
    buf_text(&out, "-----END CERTIFICATE-----\n");
    return out.text;
}

const char *x509_chain_pem(struct arena *a, const struct cert_list *chain,
                           size_t first)
{
    struct buf text;

    buf_init(&text, a, PEM_MAX);
    for (size_t i = first; i < chain->len; i++) {
        const struct cert *c = &chain->items[i].cert;
        buf_text(&text, x509_cert_pem(a, c->der, c->der_len));
    }
    return text.text;
}
