#include "crypto/csr_rules.h"

#include <string.h>
#include <strings.h>

#include "model/name.h"

enum { CN_MAX = 64 }; /* RFC 5280 appendix A.1: ub-common-name, characters */

static bool is_in(const GENERAL_NAMES *names, const unsigned char *cn,
                  size_t len)
{
    for (int i = 0; names && i < sk_GENERAL_NAME_num(names); i++) {
        int type = 0;
        const ASN1_STRING *value =
            GENERAL_NAME_get0_value(sk_GENERAL_NAME_value(names, i), &type);
        if (type == GEN_DNS && (size_t)ASN1_STRING_length(value) == len &&
            strncasecmp((const char *)ASN1_STRING_get0_data(value),
                        (const char *)cn, len) == 0)
            return true;
    }
    return false;
}

static size_t characters(const unsigned char *utf8, size_t len)
{
    size_t count = 0;

    for (size_t i = 0; i < len; i++)
        count += (utf8[i] & 0xc0) != 0x80;
    return count;
}

static void lint_cn(struct csr_pad *pad, const ASN1_STRING *value,
                    const GENERAL_NAMES *names)
{
    OWN(ssl_bytes) *cn = NULL;
    int n = ASN1_STRING_to_UTF8(&cn, value);
    size_t len = n < 0 ? 0 : (size_t)n;
    const char *text = arena_printable(pad->arena, cn, len);

    if (characters(cn, len) > CN_MAX)
        csr_complain(pad, CSR_CN_TOO_LONG, text);
    if (name_is_ip(text))
        csr_complain(pad, CSR_CN_IS_IP, text);
    else if (!is_in(names, cn, len))
        csr_complain(pad, CSR_CN_NOT_IN_SAN, text);
}

/* "O=Example Ltd" */
static const char *attribute_text(struct arena *a, const X509_NAME_ENTRY *entry)
{
    char type[80] = "";
    OWN(ssl_bytes) *utf8 = NULL;
    const ASN1_OBJECT *object = X509_NAME_ENTRY_get_object(entry);
    int nid = OBJ_obj2nid(object);
    int len = ASN1_STRING_to_UTF8(&utf8, X509_NAME_ENTRY_get_data(entry));

    if (nid == NID_undef)
        OBJ_obj2txt(type, sizeof type, object, 1);
    return arena_printf(a, "%s=%s", nid == NID_undef ? type : OBJ_nid2sn(nid),
                        arena_printable(a, utf8, len < 0 ? 0 : (size_t)len));
}

void csr_lint_subject(struct csr_pad *pad, const X509_NAME *subject,
                      const GENERAL_NAMES *names)
{
    int cns = 0;

    for (int i = 0; i < X509_NAME_entry_count(subject); i++) {
        const X509_NAME_ENTRY *entry = X509_NAME_get_entry(subject, i);
        int nid = OBJ_obj2nid(X509_NAME_ENTRY_get_object(entry));
        if (nid != NID_commonName) {
            csr_complain(pad, CSR_EXTRA_SUBJECT,
                         attribute_text(pad->arena, entry));
            continue;
        }
        lint_cn(pad, X509_NAME_ENTRY_get_data(entry), names);
        cns++;
    }
    if (cns > 1)
        csr_complain(pad, CSR_SEVERAL_CN, NULL);
}
