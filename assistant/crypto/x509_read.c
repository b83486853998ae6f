#include "crypto/x509_read.h"

#include <openssl/core_names.h>
#include <string.h>
#include <time.h>

#include "crypto/handles.h"
#include "crypto/x509_cache.h"
#include "crypto/x509_ext.h"

static const char *digest_hex(struct arena *a, const EVP_MD *md,
                              const uint8_t *bytes, size_t len)
{
    unsigned char digest[EVP_MAX_MD_SIZE];
    unsigned digest_len = 0;

    EVP_Digest(bytes, len, digest, &digest_len, md, NULL);
    return hex_text(a, digest, digest_len);
}

/* RFC 2253 order and quoting, but letters beyond ASCII as UTF-8. */
static const char *name_text(struct arena *a, const X509_NAME *name)
{
    OWN(BIO) *out = BIO_new(BIO_s_mem());
    char *text = NULL;

    if (!out || X509_NAME_print_ex(out, name, 0,
                                   XN_FLAG_RFC2253 & ~ASN1_STRFLGS_ESC_MSB) < 0)
        return "";
    long len = BIO_get_mem_data(out, &text);
    return arena_printable(a, text, (size_t)len);
}

static const char *last_cn(struct arena *a, const X509_NAME *name)
{
    int last = -1;

    for (int i = -1;
         (i = X509_NAME_get_index_by_NID(name, NID_commonName, i)) >= 0;)
        last = i;
    const X509_NAME_ENTRY *entry = X509_NAME_get_entry(name, last);
    if (!entry)
        return NULL;
    OWN(ssl_bytes) *utf8 = NULL;
    int len = ASN1_STRING_to_UTF8(&utf8, X509_NAME_ENTRY_get_data(entry));
    return len < 0 ? NULL : arena_printable(a, utf8, (size_t)len);
}

static const char *serial_text(struct arena *a, const ASN1_INTEGER *serial)
{
    const char *hex = hex_text(a, ASN1_STRING_get0_data(serial),
                               (size_t)ASN1_STRING_length(serial));
    bool negative = ASN1_STRING_type(serial) == V_ASN1_NEG_INTEGER;

    return negative ? arena_printf(a, "-%s", hex) : hex;
}

/* RFC 5280 4.1.2.5: YYMMDDHHMMSSZ or YYYYMMDDHHMMSSZ and nothing else. */
static bool read_time(const ASN1_TIME *when, int64_t *out)
{
    struct tm tm = { 0 };
    int len = ASN1_STRING_length(when);
    int due = ASN1_STRING_type(when) == V_ASN1_UTCTIME ? 13 : 15;

    if (len != due || ASN1_STRING_get0_data(when)[len - 1] != 'Z' ||
        !ASN1_TIME_to_tm(when, &tm))
        return false;
    *out = timegm(&tm);
    return true;
}

static const char *curve_text(struct arena *a, const EVP_PKEY *key)
{
    char name[64] = "";

    if (!EVP_PKEY_get_group_name(key, name, sizeof name, NULL))
        return "unnamed";
    const char *nist = EC_curve_nid2nist(OBJ_txt2nid(name));
    return nist ? nist : arena_text(a, name);
}

static void read_spki(struct arena *a, const X509 *x, struct cert *out)
{
    OWN(ssl_bytes) *spki = NULL;
    int len = i2d_X509_PUBKEY(X509_get_X509_PUBKEY(x), &spki);

    if (len <= 0)
        return;
    out->spki_len = (size_t)len;
    out->spki = arena_copy(a, spki, out->spki_len);
    out->spki_sha256_hex = digest_hex(a, EVP_sha256(), spki, out->spki_len);
    out->spki_sha512_hex = digest_hex(a, EVP_sha512(), spki, out->spki_len);
}

static int exponent_bits(const EVP_PKEY *key)
{
    OWN(BIGNUM) *exponent = NULL;

    return EVP_PKEY_get_bn_param(key, OSSL_PKEY_PARAM_RSA_E, &exponent)
               ? BN_num_bits(exponent)
               : 0;
}

static void read_key(struct arena *a, X509 *x, struct cert *out)
{
    static const struct {
        int id;
        enum key_type type;
    } kinds[] = {
        { EVP_PKEY_RSA, KEY_RSA },     { EVP_PKEY_RSA_PSS, KEY_RSA },
        { EVP_PKEY_EC, KEY_EC },       { EVP_PKEY_ED25519, KEY_ED25519 },
        { EVP_PKEY_ED448, KEY_ED448 },
    };
    const EVP_PKEY *key = X509_get0_pubkey(x);

    if (!key)
        return;
    out->key_bits = EVP_PKEY_get_bits(key);
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
        if (EVP_PKEY_get_base_id(key) == kinds[i].id)
            out->key_type = kinds[i].type;
    out->pss_key = EVP_PKEY_get_base_id(key) == EVP_PKEY_RSA_PSS;
    if (out->key_type == KEY_EC)
        out->curve = curve_text(a, key);
    if (out->key_type == KEY_RSA)
        out->exponent_bits = exponent_bits(key);
}

static const char *signature_text(struct arena *a, const X509 *x)
{
    char text[80] = "";
    const ASN1_OBJECT *algorithm = NULL;

    X509_ALGOR_get0(&algorithm, NULL, NULL, X509_get0_tbs_sigalg(x));
    OBJ_obj2txt(text, sizeof text, algorithm, 0);
    return arena_printable(a, text, strlen(text));
}

static bool read_facts(struct arena *a, X509 *x, struct cert *out)
{
    const X509_NAME *subject = X509_get_subject_name(x);
    const X509_NAME *issuer = X509_get_issuer_name(x);

    if (!read_time(X509_get0_notBefore(x), &out->not_before) ||
        !read_time(X509_get0_notAfter(x), &out->not_after) ||
        !x509_ext_read(a, x, out))
        return false;
    long version = X509_get_version(x);
    if (version != X509_VERSION_3 && X509_get_ext_count(x) > 0)
        out->old_version = (int)version + 1;
    out->subject = name_text(a, subject);
    out->issuer = name_text(a, issuer);
    out->subject_cn = last_cn(a, subject);
    out->issuer_cn = last_cn(a, issuer);
    out->serial_hex = serial_text(a, X509_get0_serialNumber(x));
    out->signature = signature_text(a, x);
    out->self_signed = x509_cache_signs_itself(x);
    read_spki(a, x, out);
    read_key(a, x, out);
    return true;
}

void x509_read(struct arena *a, const uint8_t *der, size_t len,
               enum cert_origin origin, struct held_cert *held)
{
    OWN(X509) *x = x509_cache_get(der, len);
    struct cert facts = { 0 };
    struct held_cert out = { .origin = origin, .malformed = true };

    if (x && read_facts(a, x, &facts)) {
        out.cert = facts;
        out.malformed = false;
    }
    out.cert.der = arena_copy(a, der, len);
    out.cert.der_len = len;
    out.cert.sha256_hex = digest_hex(a, EVP_sha256(), der, len);
    out.cert.sha512_hex = digest_hex(a, EVP_sha512(), der, len);
    *held = out;
    /* A later TLS call must not take our complaint for its own. */
    ERR_clear_error();
}
