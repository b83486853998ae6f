#include "crypto/crl.h"

#include <string.h>
#include <time.h>

#include "crypto/handles.h"
#include "crypto/x509_cache.h"

enum { STATUS_OK = 200 };

/* One certificate and the list it names. */
struct doubt {
    const struct survey *survey;
    const struct cert *cert;
    const struct cert *issuer;
    const struct fetch *list;
};

static struct revocation unknown(const char *why)
{
    return (struct revocation){ .state = REVOCATION_UNKNOWN, .why = why };
}

static bool unix_time(const ASN1_TIME *when, int64_t *out)
{
    struct tm tm;

    if (!when || ASN1_TIME_to_tm(when, &tm) != 1)
        return false;
    *out = timegm(&tm);
    return true;
}

static bool is_of_today(const X509_CRL *crl, int64_t now)
{
    int64_t from = 0, until = 0;

    return unix_time(X509_CRL_get0_lastUpdate(crl), &from) && from <= now &&
           unix_time(X509_CRL_get0_nextUpdate(crl), &until) && now <= until;
}

static bool names_url(const GENERAL_NAMES *names, const char *url)
{
    for (int i = 0; i < sk_GENERAL_NAME_num(names); i++) {
        int type = 0;
        const ASN1_STRING *value =
            GENERAL_NAME_get0_value(sk_GENERAL_NAME_value(names, i), &type);
        if (type != GEN_URI)
            continue;
        size_t len = (size_t)ASN1_STRING_length(value);
        if (len == strlen(url) &&
            memcmp(ASN1_STRING_get0_data(value), url, len) == 0)
            return true;
    }
    return false;
}

/* RFC 5280 6.3.3 (b)(2): the list's own account of what it covers. */
static bool speaks_of(const X509_CRL *crl, const struct cert *cert)
{
    int found = -1;
    OWN(ISSUING_DIST_POINT) *scope =
        X509_CRL_get_ext_d2i(crl, NID_issuing_distribution_point, &found, NULL);

    if (!scope)
        return found == -1;
    if (scope->onlyattr > 0 || scope->indirectCRL > 0 ||
        scope->onlysomereasons || (scope->onlyuser > 0 && cert->is_ca) ||
        (scope->onlyCA > 0 && !cert->is_ca))
        return false;
    if (!scope->distpoint)
        return true;
    return scope->distpoint->type == 0 &&
           names_url(scope->distpoint->name.fullname, cert->crl_url);
}

/* Of the critical extensions only the scope is known here; a list of changes
 * (RFC 5280 5.2.4) has another. */
static bool is_understood(const X509_CRL *crl)
{
    for (int i = 0; i < X509_CRL_get_ext_count(crl); i++) {
        X509_EXTENSION *ext = X509_CRL_get_ext(crl, i);
        int nid = OBJ_obj2nid(X509_EXTENSION_get_object(ext));
        if (X509_EXTENSION_get_critical(ext) &&
            nid != NID_issuing_distribution_point)
            return false;
    }
    return true;
}

static bool is_signed(X509_CRL *crl, X509 *issuer)
{
    EVP_PKEY *key = X509_get0_pubkey(issuer);

    return key &&
           X509_NAME_cmp(X509_CRL_get_issuer(crl),
                         X509_get_subject_name(issuer)) == 0 &&
           X509_CRL_verify(crl, key) == 1;
}

static struct revocation entry_read(X509_REVOKED *entry)
{
    struct revocation r = { .state = REVOCATION_REVOKED };
    int found = -1;
    OWN(ASN1_ENUMERATED) *reason =
        X509_REVOKED_get_ext_d2i(entry, NID_crl_reason, &found, NULL);

    (void)unix_time(X509_REVOKED_get0_revocationDate(entry), &r.revoked_at);
    static const char *const reasons[] = {
        [1] = "keyCompromise",        [2] = "cACompromise",
        [3] = "affiliationChanged",   [4] = "superseded",
        [5] = "cessationOfOperation", [6] = "certificateHold",
        [9] = "privilegeWithdrawn",   [10] = "aACompromise",
    };
    long code = reason ? ASN1_ENUMERATED_get(reason) : 0;
    if (code > 0 && code < (long)(sizeof reasons / sizeof *reasons))
        r.reason = reasons[code];
    return r;
}

static struct revocation look_up(const struct doubt *d, X509_CRL *crl)
{
    OWN(X509) *x = x509_cache_get(d->cert->der, d->cert->der_len);
    OWN(X509) *issuer = x509_cache_get(d->issuer->der, d->issuer->der_len);
    X509_REVOKED *entry = NULL;

    if (!x || !issuer || !is_signed(crl, issuer))
        return unknown("the list is not signed by the authority");
    if (!is_of_today(crl, d->survey->judged_at))
        return unknown("the list is out of date");
    if (!is_understood(crl) || !speaks_of(crl, d->cert))
        return unknown("the list is made for other certificates");
    if (X509_CRL_get0_by_cert(crl, &entry, x) == 1)
        return entry_read(entry);
    return (struct revocation){ .state = REVOCATION_GOOD };
}

static struct revocation judge(const struct doubt *d)
{
    const struct fetch *f = d->list;

    if (f->attempt.outcome != OUTCOME_OK || f->status != STATUS_OK)
        return unknown("the list could not be fetched");
    if (f->body_len >= FETCH_LIST_MAX)
        return unknown("the list is too big to be read");
    const unsigned char *at = f->body;
    OWN(X509_CRL) *crl = d2i_X509_CRL(NULL, &at, (long)f->body_len);
    if (!crl || at != f->body + f->body_len)
        return unknown("the list cannot be read");
    return look_up(d, crl);
}

static void fill_one(struct survey *s, size_t cert, size_t issuer)
{
    struct held_cert *held = &s->certs[cert];
    struct doubt d = {
        .survey = s,
        .cert = &held->cert,
        .issuer = &s->certs[issuer].cert,
    };

    if (held->revocation.state != REVOCATION_NOT_ASKED ||
        held->origin == CERT_HYPOTHETICAL)
        return;
    if (!held->cert.crl_url) {
        held->revocation = unknown("it names no list");
        return;
    }
    d.list = survey_fetch(s, held->cert.crl_url);
    if (d.list)
        held->revocation = judge(&d);
    ERR_clear_error();
}

void crl_fill(struct survey *s)
{
    if (!s->target.revocation)
        return;
    for (size_t i = 0; i < s->cells_len; i++) {
        const struct verdict *v = &s->cells[i].verdict;
        for (size_t k = 0; k + 1 < v->path_len; k++)
            fill_one(s, v->path[k], v->path[k + 1]);
    }
}
