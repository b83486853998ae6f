#include "crypto/csr_rules.h"

#include <string.h>

#include "base/clock.h"
#include "facts/knowledge.h"

enum { ABSENT = -1, TWICE = -2 }; /* X509V3_get_d2i: why there is no value */

enum { EXTENSIONS_MAX = 64 }; /* looking for pairs is quadratic */

enum { STATUS_REQUEST = 5 }; /* RFC 7633: the TLS extension that is asked */

static const char *type_text(struct arena *a, int nid)
{
    return arena_text(a, OBJ_nid2ln(nid));
}

/* No value although the extension is there. Duplicates have been told already.
 */
static void complain_unread(struct csr_pad *pad, int nid, int found)
{
    if (found != ABSENT && found != TWICE)
        csr_complain(pad, CSR_MALFORMED_EXTENSION, type_text(pad->arena, nid));
}

static void lint_repeated(struct csr_pad *pad, const x509_extensions *asked)
{
    int len = X509v3_get_ext_count(asked);

    for (int i = 0; i < len && i < EXTENSIONS_MAX; i++) {
        X509_EXTENSION *e = X509v3_get_ext(asked, i);
        ASN1_OBJECT *type = X509_EXTENSION_get_object(e);
        int nid = OBJ_obj2nid(type);
        if (X509v3_get_ext_by_OBJ(asked, type, i) < 0)
            continue;
        if (nid == NID_subject_alt_name)
            csr_complain(pad, CSR_DUPLICATE_SAN, NULL);
        else
            csr_complain(pad, CSR_DUPLICATE_EXTENSION,
                         type_text(pad->arena, nid));
    }
}

static void lint_constraints(struct csr_pad *pad, const x509_extensions *asked)
{
    int found = ABSENT;
    OWN(BASIC_CONSTRAINTS) *basic =
        X509V3_get_d2i(asked, NID_basic_constraints, &found, NULL);

    if (!basic)
        complain_unread(pad, NID_basic_constraints, found);
    else if (basic->ca)
        csr_complain(pad, CSR_CA_TRUE, NULL);
}

static void lint_key_usage(struct csr_pad *pad, const x509_extensions *asked)
{
    int found = ABSENT;
    OWN(ASN1_BIT_STRING) *usage =
        X509V3_get_d2i(asked, NID_key_usage, &found, NULL);

    if (!usage)
        complain_unread(pad, NID_key_usage, found);
}

/* "Let's Encrypt: not since 2026-02-11". */
static const char *since_when(struct arena *a)
{
    const struct knowledge *k = knowledge_built_in();
    const struct calendar_row *row =
        calendar_at(&k->calendar, CALENDAR_NO_CLIENT_AUTH,
                    ca_profile_find(k->usual, NULL)->dated, INT64_MAX);

    return row ? arena_printf(a, "%s: not since %.10s", k->usual->title,
                              clock_text(a, row->since))
               : NULL;
}

static void lint_purposes(struct csr_pad *pad, const x509_extensions *asked)
{
    int found = ABSENT;
    OWN(EXTENDED_KEY_USAGE) *uses =
        X509V3_get_d2i(asked, NID_ext_key_usage, &found, NULL);

    if (!uses)
        complain_unread(pad, NID_ext_key_usage, found);
    for (int i = 0; uses && i < sk_ASN1_OBJECT_num(uses); i++)
        if (OBJ_obj2nid(sk_ASN1_OBJECT_value(uses, i)) == NID_client_auth) {
            csr_complain(pad, CSR_CLIENT_AUTH, since_when(pad->arena));
            return;
        }
}

static void lint_features(struct csr_pad *pad, const x509_extensions *asked)
{
    int found = ABSENT;
    OWN(TLS_FEATURE) *features =
        X509V3_get_d2i(asked, NID_tlsfeature, &found, NULL);

    if (!features)
        complain_unread(pad, NID_tlsfeature, found);
    for (int i = 0; features && i < sk_ASN1_INTEGER_num(features); i++)
        if (ASN1_INTEGER_get(sk_ASN1_INTEGER_value(features, i)) ==
            STATUS_REQUEST) {
            csr_complain(pad, CSR_MUST_STAPLE, NULL);
            return;
        }
}

static bool asks_for_extensions(X509_REQ *req)
{
    return X509_REQ_get_attr_by_NID(req, NID_ext_req, -1) >= 0 ||
           X509_REQ_get_attr_by_NID(req, NID_ms_ext_req, -1) >= 0;
}

void csr_lint_extensions(struct csr_pad *pad, X509_REQ *req)
{
    static void (*const parts[])(struct csr_pad *, const x509_extensions *) = {
        lint_repeated, lint_constraints, lint_key_usage,
        lint_purposes, lint_features,
    };
    int found = ABSENT;
    OWN(x509_extensions) *asked = X509_REQ_get_extensions(req);
    OWN(GENERAL_NAMES) *names =
        X509V3_get_d2i(asked, NID_subject_alt_name, &found, NULL);

    if (!asked && asks_for_extensions(req))
        csr_complain(pad, CSR_MALFORMED_EXTENSION, "extensionRequest");
    csr_lint_subject(pad, X509_REQ_get_subject_name(req), names);
    for (size_t i = 0; asked && i < sizeof parts / sizeof *parts; i++)
        parts[i](pad, asked);
    if (names)
        csr_lint_names(pad, names);
    else if (found == ABSENT)
        csr_complain(pad, CSR_NO_SAN, NULL);
    else
        complain_unread(pad, NID_subject_alt_name, found);
}
