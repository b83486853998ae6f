#include "crypto/x509_ext.h"

#include "model/name.h"

#include <string.h>
#include <strings.h>

enum { ABSENT = -1 }; /* X509_get_ext_d2i: no such extension */

/* Real certificates have a dozen; looking for pairs is quadratic. */
enum { EXTENSIONS_MAX = 64 };

enum { STATUS_REQUEST = 5 }; /* RFC 7633: the TLS extension that is asked */

/* An address of another length than 4 or 16 names nothing: RFC 5280 4.2.1.6 */
static void add_alt_name(struct arena *a, const GENERAL_NAME *name,
                         struct cert *out)
{
    int type = 0;
    const ASN1_STRING *value = GENERAL_NAME_get0_value(name, &type);
    const char *text = NULL;

    if (type != GEN_DNS && type != GEN_IPADD)
        return;
    const unsigned char *bytes = ASN1_STRING_get0_data(value);
    size_t len = (size_t)ASN1_STRING_length(value);
    if (type == GEN_DNS) {
        text_list_add(a, &out->dns_names, arena_printable(a, bytes, len));
        return;
    }
    text = name_ip_text(a, bytes, len);
    if (text)
        text_list_add(a, &out->ip_names, text);
}

static bool read_alt_names(struct arena *a, const X509 *x, struct cert *out)
{
    int found = ABSENT; /* else whether it is critical */
    OWN(GENERAL_NAMES) *names =
        X509_get_ext_d2i(x, NID_subject_alt_name, &found, NULL);

    if (!names)
        return found == ABSENT;
    out->san_is_loose = found == 0;
    for (int i = 0; i < sk_GENERAL_NAME_num(names); i++)
        add_alt_name(a, sk_GENERAL_NAME_value(names, i), out);
    return true;
}

static bool read_constraints(struct arena *a, const X509 *x, struct cert *out)
{
    int found = ABSENT;
    OWN(BASIC_CONSTRAINTS) *basic =
        X509_get_ext_d2i(x, NID_basic_constraints, &found, NULL);

    (void)a;
    if (!basic)
        return found == ABSENT;
    out->is_ca = basic->ca != 0;
    return true;
}

static bool read_key_usage(struct arena *a, const X509 *x, struct cert *out)
{
    int found = ABSENT;
    OWN(ASN1_BIT_STRING) *usage =
        X509_get_ext_d2i(x, NID_key_usage, &found, NULL);

    (void)a;
    /* Bit 0, RFC 5280 4.2.1.3. */
    out->cannot_sign = usage && !ASN1_BIT_STRING_get_bit(usage, 0);
    return usage || found == ABSENT;
}

static bool read_purposes(struct arena *a, const X509 *x, struct cert *out)
{
    int found = ABSENT;
    OWN(EXTENDED_KEY_USAGE) *uses =
        X509_get_ext_d2i(x, NID_ext_key_usage, &found, NULL);

    (void)a;
    out->server_auth = found == ABSENT;
    if (!uses)
        return found == ABSENT;
    out->has_eku = true;
    for (int i = 0; i < sk_ASN1_OBJECT_num(uses); i++) {
        int use = OBJ_obj2nid(sk_ASN1_OBJECT_value(uses, i));
        if (use == NID_server_auth || use == NID_anyExtendedKeyUsage)
            out->server_auth = true;
        if (use == NID_client_auth)
            out->client_auth = true;
        if (use == NID_OCSP_sign)
            out->ocsp_signing = true;
    }
    return true;
}

/* A URL we may ask: plain HTTP, printable, and shown whole. */
static const char *http_url(struct arena *a, const GENERAL_NAME *where)
{
    static const char scheme[] = "http://";
    int type = 0;
    const ASN1_STRING *value = GENERAL_NAME_get0_value(where, &type);

    if (type != GEN_URI)
        return NULL;
    const char *bytes = (const char *)ASN1_STRING_get0_data(value);
    size_t len = (size_t)ASN1_STRING_length(value);
    if (len < sizeof scheme || len > ARENA_PRINTABLE_MAX ||
        strncasecmp(bytes, scheme, sizeof scheme - 1) != 0)
        return NULL;
    for (size_t i = 0; i < len; i++)
        if (bytes[i] <= ' ' || bytes[i] > '~')
            return NULL;
    return arena_text_n(a, bytes, len);
}

static bool read_access(struct arena *a, const X509 *x, struct cert *out)
{
    int found = ABSENT;
    OWN(AUTHORITY_INFO_ACCESS) *access =
        X509_get_ext_d2i(x, NID_info_access, &found, NULL);

    if (!access)
        return found == ABSENT;
    for (int i = 0; i < sk_ACCESS_DESCRIPTION_num(access); i++) {
        const ACCESS_DESCRIPTION *d = sk_ACCESS_DESCRIPTION_value(access, i);
        if (!out->issuer_url && OBJ_obj2nid(d->method) == NID_ad_ca_issuers)
            out->issuer_url = http_url(a, d->location);
    }
    return true;
}

static bool read_list_places(struct arena *a, const X509 *x, struct cert *out)
{
    int found = ABSENT;
    OWN(CRL_DIST_POINTS) *points =
        X509_get_ext_d2i(x, NID_crl_distribution_points, &found, NULL);

    if (!points)
        return found == ABSENT;
    for (int i = 0; i < sk_DIST_POINT_num(points); i++) {
        const DIST_POINT *p = sk_DIST_POINT_value(points, i);
        bool whole = p->distpoint && p->distpoint->type == 0 && !p->reasons &&
                     !p->CRLissuer;
        const GENERAL_NAMES *names = whole ? p->distpoint->name.fullname : NULL;
        for (int k = 0; k < sk_GENERAL_NAME_num(names) && !out->crl_url; k++)
            out->crl_url = http_url(a, sk_GENERAL_NAME_value(names, k));
    }
    return true;
}

static const char *octets_hex(struct arena *a, const ASN1_OCTET_STRING *s)
{
    return hex_text(a, ASN1_STRING_get0_data(s), (size_t)ASN1_STRING_length(s));
}

static bool read_key_id(struct arena *a, const X509 *x, struct cert *out)
{
    int found = ABSENT;
    OWN(ASN1_OCTET_STRING) *id =
        X509_get_ext_d2i(x, NID_subject_key_identifier, &found, NULL);

    if (!id)
        return found == ABSENT;
    out->key_id_hex = octets_hex(a, id);
    return true;
}

static bool read_issuer_key_id(struct arena *a, const X509 *x, struct cert *out)
{
    int found = ABSENT;
    OWN(AUTHORITY_KEYID) *id =
        X509_get_ext_d2i(x, NID_authority_key_identifier, &found, NULL);

    if (!id)
        return found == ABSENT;
    if (id->keyid)
        out->issuer_key_id_hex = octets_hex(a, id->keyid);
    return true;
}

static bool read_features(struct arena *a, const X509 *x, struct cert *out)
{
    int found = ABSENT;
    OWN(TLS_FEATURE) *features =
        X509_get_ext_d2i(x, NID_tlsfeature, &found, NULL);

    (void)a;
    if (!features)
        return found == ABSENT;
    for (int i = 0; i < sk_ASN1_INTEGER_num(features); i++)
        if (ASN1_INTEGER_get(sk_ASN1_INTEGER_value(features, i)) ==
            STATUS_REQUEST)
            out->must_staple = true;
    return true;
}

/* Of those that are left out; the names that remain are verification's. */
static bool read_limits(struct arena *a, const X509 *x, struct cert *out)
{
    OWN(NAME_CONSTRAINTS) *limits =
        X509_get_ext_d2i(x, NID_name_constraints, NULL, NULL);
    const STACK_OF(GENERAL_SUBTREE) *excluded =
        limits ? limits->excludedSubtrees : NULL;

    out->limits_names = limits != NULL;
    for (int i = 0; i < sk_GENERAL_SUBTREE_num(excluded) && i < CERT_NAMES_READ;
         i++) {
        const GENERAL_NAME *base = sk_GENERAL_SUBTREE_value(excluded, i)->base;
        int type = 0;
        const ASN1_STRING *value = GENERAL_NAME_get0_value(base, &type);
        if (type == GEN_DNS)
            text_list_add(a, &out->excluded_names,
                          arena_printable(a, ASN1_STRING_get0_data(value),
                                          (size_t)ASN1_STRING_length(value)));
    }
    return true;
}

/* 2.23.140.1.1 (extended validation) and those below 2.23.140.1.2: what public
 * authorities have to put into whatever they give to servers. */
static bool is_baseline(const ASN1_OBJECT *policy)
{
    static const char prefix[] = "2.23.140.1.2.";
    char text[80] = "";

    OBJ_obj2txt(text, sizeof text, policy, 1);
    return strcmp(text, "2.23.140.1.1") == 0 ||
           strncmp(text, prefix, sizeof prefix - 1) == 0;
}

/* A policy that cannot be read says nothing; paths are not judged by it. */
static bool read_policies(struct arena *a, const X509 *x, struct cert *out)
{
    OWN(CERTIFICATEPOLICIES) *policies =
        X509_get_ext_d2i(x, NID_certificate_policies, NULL, NULL);

    (void)a;
    for (int i = 0; policies && i < sk_POLICYINFO_num(policies); i++)
        out->baseline |=
            is_baseline(sk_POLICYINFO_value(policies, i)->policyid);
    return true;
}

/* "1.2.3.4", or where it has a name: "CT Precertificate Poison (1.3.6...)". */
static const char *type_text(struct arena *a, const ASN1_OBJECT *type)
{
    char number[80] = "", name[80] = "";

    OBJ_obj2txt(number, sizeof number, type, 1);
    if (OBJ_obj2nid(type) == NID_undef)
        return arena_printable(a, number, strlen(number));
    OBJ_obj2txt(name, sizeof name, type, 0);
    const char *both = arena_printf(a, "%s (%s)", name, number);
    return arena_printable(a, both, strlen(both));
}

static bool read_unknown(struct arena *a, const X509 *x, struct cert *out)
{
    for (int i = 0; i < X509_get_ext_count(x) && !out->critical_unknown; i++) {
        X509_EXTENSION *ext = X509_get_ext(x, i);
        if (X509_EXTENSION_get_critical(ext) && !X509_supported_extension(ext))
            out->critical_unknown =
                type_text(a, X509_EXTENSION_get_object(ext));
    }
    return true;
}

static bool has_repeated(const X509 *x)
{
    int count = X509_get_ext_count(x);

    if (count > EXTENSIONS_MAX)
        return true;
    for (int i = 0; i < count; i++) {
        ASN1_OBJECT *type = X509_EXTENSION_get_object(X509_get_ext(x, i));
        if (X509_get_ext_by_OBJ(x, type, i) >= 0)
            return true;
    }
    return false;
}

bool x509_ext_read(struct arena *a, const X509 *x, struct cert *out)
{
    static bool (*const readers[])(struct arena *, const X509 *,
                                   struct cert *) = {
        read_alt_names,   read_constraints, read_key_usage,     read_purposes,
        read_access,      read_key_id,      read_issuer_key_id, read_features,
        read_list_places, read_policies,    read_unknown,       read_limits,
    };

    if (has_repeated(x))
        return false;
    for (size_t i = 0; i < sizeof readers / sizeof *readers; i++)
        if (!readers[i](a, x, out))
            return false;
    return true;
}
