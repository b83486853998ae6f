#include "crypto/csr_lint.h"

#include <limits.h>
#include <string.h>

#include "base/base64.h"
#include "crypto/csr_rules.h"
#include "crypto/key_policy.h"

/* What is left of PEM where somebody copied it without its first and last
 * line, as forms of authorities and ACME have it. */
static X509_REQ *read_bare(struct arena *a, const char *text, size_t len)
{
    char *letters = arena_alloc(a, len + 1, 1);
    const uint8_t *der = NULL;
    size_t kept = 0, der_len = 0;

    for (size_t i = 0; i < len; i++)
        if (!text[i] || !strchr(" \t\r\n", text[i]))
            letters[kept++] = text[i];
    if (memchr(letters, '\0', kept) || !base64_read(a, letters, &der, &der_len))
        return NULL;
    return d2i_X509_REQ(NULL, &der, (long)der_len);
}

static X509_REQ *read_request(struct arena *a, const char *text, size_t len)
{
    OWN(BIO) *in = BIO_new_mem_buf(text, (int)len);
    X509_REQ *req = in ? PEM_read_bio_X509_REQ(in, NULL, NULL, NULL) : NULL;
    const unsigned char *at = (const unsigned char *)text;

    if (!req)
        req = d2i_X509_REQ(NULL, &at, (long)len);
    return req ? req : read_bare(a, text, len);
}

static void lint_key(struct csr_pad *pad, X509_REQ *req)
{
    static const enum csr_fault faults[] = {
        [CA_KEY_TYPE] = CSR_KEY_TYPE, [CA_KEY_SMALL] = CSR_KEY_SMALL,
        [CA_KEY_SIZE] = CSR_KEY_SIZE, [CA_KEY_EXPONENT] = CSR_EXPONENT,
        [CA_KEY_CURVE] = CSR_CURVE,   [CA_KEY_EXPLICIT] = CSR_EXPLICIT_CURVE,
    };
    EVP_PKEY *key = X509_REQ_get0_pubkey(req);

    if (!key) {
        csr_complain(pad, CSR_KEY_UNREADABLE, NULL);
        return;
    }
    enum key_policy answer = key_policy_judge(key);
    if (answer != CA_KEY_GOOD)
        csr_complain(pad, faults[answer], key_policy_text(pad->arena, key));
    if (X509_REQ_verify(req, key) != 1)
        csr_complain(pad, CSR_SIGNATURE_INVALID, NULL);
}

static void lint_signature(struct csr_pad *pad, const X509_REQ *req)
{
    static const int strong[] = {
        NID_sha256WithRSAEncryption, NID_sha384WithRSAEncryption,
        NID_sha512WithRSAEncryption, NID_ecdsa_with_SHA256,
        NID_ecdsa_with_SHA384,       NID_ecdsa_with_SHA512,
    };
    static const int broken[] = { NID_md2, NID_md4, NID_md5, NID_sha1 };
    int nid = X509_REQ_get_signature_nid(req), digest = NID_undef;
    const char *text = nid == NID_undef ? NULL : OBJ_nid2ln(nid);

    for (size_t i = 0; i < sizeof strong / sizeof *strong; i++)
        if (strong[i] == nid)
            return;
    OBJ_find_sigid_algs(nid, &digest, NULL);
    for (size_t i = 0; i < sizeof broken / sizeof *broken; i++)
        if (broken[i] == digest) {
            csr_complain(pad, CSR_SIGNATURE_WEAK, text);
            return;
        }
    csr_complain(pad, CSR_SIGNATURE_TYPE, text);
}

static void lint_attributes(struct csr_pad *pad, const X509_REQ *req)
{
    int requests = 0;

    for (int i = 0; i < X509_REQ_get_attr_count(req); i++) {
        X509_ATTRIBUTE *attribute = X509_REQ_get_attr(req, i);
        int nid = OBJ_obj2nid(X509_ATTRIBUTE_get0_object(attribute));
        if (nid == NID_pkcs9_challengePassword)
            csr_complain(pad, CSR_CHALLENGE_PASSWORD, NULL);
        requests += nid == NID_ext_req || nid == NID_ms_ext_req;
    }
    if (requests > 1)
        csr_complain(pad, CSR_DUPLICATE_REQUEST, NULL);
}

bool csr_lint(struct arena *a, const char *text, size_t len, const char *name,
              struct csr_lint *out, struct err *err)
{
    struct csr_pad pad = { .arena = a };

    if (len > INT_MAX)
        return err_set(err, ERR_INPUT, "%s: too big for a request", name);
    OWN(X509_REQ) *req = read_request(a, text, len);
    ERR_clear_error();
    if (!req)
        return err_set(
            err, ERR_INPUT,
            "%s: no certificate request in it: PEM (\"-----BEGIN "
            "CERTIFICATE REQUEST-----\"), its lines of base64 or DER was "
            "wanted",
            name);
    if (X509_REQ_get_version(req) != X509_REQ_VERSION_1)
        csr_complain(&pad, CSR_VERSION, NULL);
    lint_key(&pad, req);
    lint_signature(&pad, req);
    lint_attributes(&pad, req);
    csr_lint_extensions(&pad, req);
    ERR_clear_error();
    *out = pad.lint;
    return true;
}
