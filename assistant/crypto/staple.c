#include "crypto/staple.h"

#include <string.h>
#include <time.h>

/* What programs allow for clocks that are not quite right, and how old a
 * response without an end may be (GnuTLS). */
enum { SLACK_S = 60 * 60, AGE_MAX_S = 15 * 24 * 60 * 60 };

struct spoken {
    int status; /* V_OCSP_CERTSTATUS_... */
    int64_t from, until;
};

static bool unix_time(const ASN1_GENERALIZEDTIME *when, int64_t *out)
{
    struct tm tm;

    if (!when || ASN1_TIME_to_tm(when, &tm) != 1)
        return false;
    *out = timegm(&tm);
    return true;
}

static bool same_name(const EVP_MD *md, const ASN1_OCTET_STRING *hash,
                      const X509 *leaf)
{
    unsigned char own[EVP_MAX_MD_SIZE];
    unsigned len = 0;

    return X509_NAME_digest(X509_get_issuer_name(leaf), md, own, &len) == 1 &&
           (int)len == ASN1_STRING_length(hash) &&
           memcmp(own, ASN1_STRING_get0_data(hash), len) == 0;
}

static bool speaks_of(const OCSP_SINGLERESP *one,
                      const struct staple_question *q)
{
    /* OpenSSL's reading functions take no const here. */
    OWN(OCSP_CERTID) *id = OCSP_CERTID_dup(OCSP_SINGLERESP_get0_id(one));
    ASN1_OBJECT *algorithm = NULL;
    ASN1_OCTET_STRING *name = NULL;
    ASN1_INTEGER *serial = NULL;

    if (!id || OCSP_id_get0_info(&name, &algorithm, NULL, &serial, id) != 1)
        return false;
    const EVP_MD *md = EVP_get_digestbyobj(algorithm);
    if (!md || ASN1_INTEGER_cmp(serial, X509_get0_serialNumber(q->leaf)) != 0)
        return false;
    if (!q->issuer)
        return same_name(md, name, q->leaf);
    OWN(OCSP_CERTID) *due = OCSP_cert_to_id(md, q->leaf, q->issuer);
    return due && OCSP_id_cmp(id, due) == 0;
}

static enum staple_state read_single(OCSP_SINGLERESP *one, struct spoken *out)
{
    int reason = 0;
    ASN1_GENERALIZEDTIME *revoked = NULL, *from = NULL, *until = NULL;

    out->status =
        OCSP_single_get0_status(one, &reason, &revoked, &from, &until);
    if (!unix_time(from, &out->from))
        return STAPLE_UNREADABLE;
    out->until = out->from + AGE_MAX_S;
    if (until && !unix_time(until, &out->until))
        return STAPLE_UNREADABLE;
    return STAPLE_GOOD;
}

/* The issuer is the anchor here: whether it is trusted is another question. */
static bool is_signed(OCSP_BASICRESP *basic, const struct staple_question *q)
{
    OWN(X509_STORE) *store = X509_STORE_new();
    OWN(x509_stack) *signers = sk_X509_new_null();

    if (!store || !signers || !X509_STORE_add_cert(store, q->issuer) ||
        !sk_X509_push(signers, q->issuer))
        return false;
    X509_VERIFY_PARAM *how = X509_STORE_get0_param(store);
    X509_VERIFY_PARAM_set_time(how, (time_t)q->at);
    X509_VERIFY_PARAM_set_flags(how, X509_V_FLAG_PARTIAL_CHAIN);
    X509_VERIFY_PARAM_set_auth_level(how, 0);
    return OCSP_basic_verify(basic, signers, store, 0) == 1;
}

static enum staple_state judge_basic(OCSP_BASICRESP *basic,
                                     const struct staple_question *q)
{
    struct spoken said = { 0 };
    OCSP_SINGLERESP *one = NULL;

    for (int i = 0; i < OCSP_resp_count(basic) && !one; i++)
        if (speaks_of(OCSP_resp_get0(basic, i), q))
            one = OCSP_resp_get0(basic, i);
    if (!one)
        return STAPLE_OF_ANOTHER;
    if (q->issuer && !is_signed(basic, q))
        return STAPLE_FORGED;
    if (read_single(one, &said) != STAPLE_GOOD)
        return STAPLE_UNREADABLE;
    if (said.status == V_OCSP_CERTSTATUS_REVOKED)
        return STAPLE_REVOKED;
    if (said.status != V_OCSP_CERTSTATUS_GOOD)
        return STAPLE_UNKNOWN;
    if (said.until < q->at)
        return STAPLE_EXPIRED;
    return said.from > q->at + SLACK_S ? STAPLE_EARLY : STAPLE_GOOD;
}

enum staple_state staple_judge(const struct staple_question *q)
{
    const unsigned char *at = q->der;

    if (!q->der)
        return STAPLE_NONE;
    OWN(OCSP_RESPONSE) *response = d2i_OCSP_RESPONSE(NULL, &at, (long)q->len);
    OWN(OCSP_BASICRESP) *basic = NULL;
    if (response && at == q->der + q->len &&
        OCSP_response_status(response) == OCSP_RESPONSE_STATUS_SUCCESSFUL)
        basic = OCSP_response_get1_basic(response);
    enum staple_state state = basic ? judge_basic(basic, q) : STAPLE_UNREADABLE;
    ERR_clear_error();
    return state;
}
