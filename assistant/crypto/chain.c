#include "crypto/chain.h"

#include <string.h>

enum { DEPTH_MAX = 16 }; /* public chains have 2 to 4 certificates */

struct notes {
    struct arena *arena;
    struct trust_fault *faults;
    size_t len;
    bool strict;
};

static const struct {
    int error; /* X509_V_ERR_* */
    enum trust_code code;
} codes[] = {
    { X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT, TRUST_ISSUER_UNKNOWN },
    { X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY, TRUST_ISSUER_UNKNOWN },
    { X509_V_ERR_UNABLE_TO_VERIFY_LEAF_SIGNATURE, TRUST_ISSUER_UNKNOWN },
    { X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT, TRUST_SELF_SIGNED },
    { X509_V_ERR_SELF_SIGNED_CERT_IN_CHAIN, TRUST_ROOT_UNKNOWN },
    { X509_V_ERR_UNABLE_TO_DECRYPT_CERT_SIGNATURE, TRUST_BAD_SIGNATURE },
    { X509_V_ERR_CERT_SIGNATURE_FAILURE, TRUST_BAD_SIGNATURE },
    { X509_V_ERR_INVALID_PURPOSE, TRUST_PURPOSE },
    { X509_V_ERR_INVALID_CA, TRUST_NOT_A_CA },
    { X509_V_ERR_INVALID_NON_CA, TRUST_NOT_A_CA },
    { X509_V_ERR_KEYUSAGE_NO_CERTSIGN, TRUST_NOT_A_CA },
    { X509_V_ERR_PATH_LENGTH_EXCEEDED, TRUST_PATH_LENGTH },
    { X509_V_ERR_PERMITTED_VIOLATION, TRUST_NAME_CONSTRAINT },
    { X509_V_ERR_EXCLUDED_VIOLATION, TRUST_NAME_CONSTRAINT },
    { X509_V_ERR_SUBTREE_MINMAX, TRUST_NAME_CONSTRAINT },
    { X509_V_ERR_UNSUPPORTED_CONSTRAINT_TYPE, TRUST_NAME_CONSTRAINT },
    { X509_V_ERR_UNSUPPORTED_CONSTRAINT_SYNTAX, TRUST_NAME_CONSTRAINT },
    { X509_V_ERR_UNSUPPORTED_NAME_SYNTAX, TRUST_NAME_CONSTRAINT },
    { X509_V_ERR_UNABLE_TO_DECODE_ISSUER_PUBLIC_KEY, TRUST_MALFORMED },
    { X509_V_ERR_ERROR_IN_CERT_NOT_BEFORE_FIELD, TRUST_MALFORMED },
    { X509_V_ERR_ERROR_IN_CERT_NOT_AFTER_FIELD, TRUST_MALFORMED },
    { X509_V_ERR_INVALID_EXTENSION, TRUST_MALFORMED },
    { X509_V_ERR_INVALID_POLICY_EXTENSION, TRUST_MALFORMED },
    { X509_V_ERR_SIGNATURE_ALGORITHM_MISMATCH, TRUST_MALFORMED },
    { X509_V_ERR_SIGNATURE_ALGORITHM_INCONSISTENCY, TRUST_MALFORMED },
    { X509_V_ERR_EC_KEY_EXPLICIT_PARAMS, TRUST_MALFORMED },
};

/* What only X509_V_FLAG_X509_STRICT minds, said of the certificate. */
static const struct {
    int error; /* X509_V_ERR_* */
    const char *text;
} strict_texts[] = {
    { X509_V_ERR_MISSING_AUTHORITY_KEY_IDENTIFIER,
      "does not say whose key signed it (authority key identifier)" },
    { X509_V_ERR_MISSING_SUBJECT_KEY_IDENTIFIER,
      "does not identify its key (subject key identifier)" },
    { X509_V_ERR_CA_BCONS_NOT_CRITICAL,
      "is an authority's, and that is not marked critical" },
    { X509_V_ERR_CA_CERT_MISSING_KEY_USAGE,
      "is an authority's, and has no key usage" },
    { X509_V_ERR_INVALID_CA, "is not marked as an authority's" },
    { X509_V_ERR_PATHLEN_INVALID_FOR_NON_CA,
      "limits the authorities below it, and is none itself" },
    { X509_V_ERR_PATHLEN_WITHOUT_KU_KEY_CERT_SIGN,
      "limits the authorities below it, and may sign none" },
    { X509_V_ERR_KU_KEY_CERT_SIGN_INVALID_FOR_NON_CA,
      "may sign certificates by its key usage, and is no authority's" },
    { X509_V_ERR_EMPTY_SUBJECT_ALT_NAME, "has an empty list of names" },
};

static const char *strict_text(int error)
{
    for (size_t i = 0; i < sizeof strict_texts / sizeof *strict_texts; i++)
        if (strict_texts[i].error == error)
            return strict_texts[i].text;
    return "breaks a rule of its format that few programs check";
}

static enum trust_code code_of(int error)
{
    for (size_t i = 0; i < sizeof codes / sizeof *codes; i++)
        if (codes[i].error == error)
            return codes[i].code;
    return TRUST_OTHER;
}

static bool is_same(const struct trust_fault *a, const struct trust_fault *b)
{
    return a->depth == b->depth && a->code == b->code &&
           (a->code != TRUST_OTHER || strcmp(a->detail, b->detail) == 0);
}

/* Keeps the faults in order of depth. OpenSSL tells some twice: a lone leaf
 * has no issuer (20) and its signature cannot be checked (21). */
static void note(struct notes *n, int depth, int error)
{
    struct trust_fault fault = {
        .depth = depth,
        .code = code_of(error),
        .detail = n->strict ? strict_text(error)
                            : X509_verify_cert_error_string(error),
    };
    size_t at = n->len;

    for (size_t i = 0; i < n->len; i++)
        if (is_same(&n->faults[i], &fault))
            return;
    n->faults = arena_grow(n->arena, n->faults, n->len, sizeof fault);
    for (; at > 0 && n->faults[at - 1].depth > depth; at--)
        n->faults[at] = n->faults[at - 1];
    n->faults[at] = fault;
    n->len++;
}

static int on_step(int ok, X509_STORE_CTX *ctx)
{
    int error = X509_STORE_CTX_get_error(ctx);
    bool is_date = error == X509_V_ERR_CERT_NOT_YET_VALID ||
                   error == X509_V_ERR_CERT_HAS_EXPIRED;

    if (!ok && !is_date)
        note(X509_STORE_CTX_get_app_data(ctx),
             X509_STORE_CTX_get_error_depth(ctx), error);
    return 1;
}

static bool set_up(X509_STORE_CTX *ctx, X509_STORE *store,
                   const struct chain_question *q)
{
    if (!X509_STORE_CTX_init(ctx, store, q->leaf, q->pool))
        return false;
    X509_VERIFY_PARAM *param = X509_STORE_CTX_get0_param(ctx);
    /* Key sizes are a check's business; at Debian's level 2 a small key hides
     * every other fault. */
    X509_VERIFY_PARAM_set_auth_level(param, 0);
    X509_VERIFY_PARAM_set_depth(param, DEPTH_MAX);
    X509_VERIFY_PARAM_set_time(param, (time_t)q->at);
    if (q->strict)
        X509_VERIFY_PARAM_set_flags(param, X509_V_FLAG_X509_STRICT);
    X509_STORE_CTX_set_verify_cb(ctx, on_step);
    return X509_VERIFY_PARAM_set_purpose(param, X509_PURPOSE_SSL_SERVER) &&
           X509_VERIFY_PARAM_set_trust(param, X509_TRUST_SSL_SERVER);
}

bool chain_check(struct arena *a, X509_STORE *store,
                 const struct chain_question *q, struct chain_answer *out,
                 struct err *err)
{
    OWN(X509_STORE_CTX) *ctx = X509_STORE_CTX_new();
    struct notes notes = { .arena = a, .strict = q->strict };

    if (!ctx || !set_up(ctx, store, q) ||
        !X509_STORE_CTX_set_app_data(ctx, &notes))
        return err_set(err, ERR_SYSTEM, "checking a chain: %s", ssl_why());
    /* Not 1 although the callback never objects: it could not go on. */
    if (X509_verify_cert(ctx) != 1 && notes.len == 0)
        note(&notes, X509_STORE_CTX_get_error_depth(ctx),
             X509_STORE_CTX_get_error(ctx));
    ERR_clear_error();
    out->path = X509_STORE_CTX_get1_chain(ctx);
    out->faults = notes.faults;
    out->faults_len = notes.len;
    return true;
}
