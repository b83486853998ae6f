#include "crypto/csr_rules.h"

#include <string.h>
#include <strings.h>

#include "facts/knowledge.h"
#include "model/name.h"

enum {
    NAME_BYTES_MAX = 253, /* RFC 1035 2.3.4 */
    LABEL_BYTES_MAX = 63,
    NAMES_COMPARED = 2000, /* looking for pairs is quadratic */
};

/* A dNSName under the lens. */
struct dns_name {
    struct arena *arena; /* for a moment's work */
    const unsigned char *bytes;
    size_t len;
    const char *text; /* lower case; bytes without NUL */
    const char *host; /* behind "*.", or all of it */
};

static bool is_above_ascii(const struct dns_name *n)
{
    for (size_t i = 0; i < n->len; i++)
        if (n->bytes[i] >= 0x80)
            return true;
    return false;
}

static bool has_bad_bytes(const struct dns_name *n)
{
    for (size_t i = 0; i < n->len; i++)
        if (n->bytes[i] <= ' ' || n->bytes[i] == 0x7f)
            return true;
    return false;
}

static bool has_last_dot(const struct dns_name *n)
{
    return n->len > 1 && n->bytes[n->len - 1] == '.';
}

static bool is_address(const struct dns_name *n)
{
    return name_is_ip(n->text);
}

static bool is_too_long(const struct dns_name *n)
{
    if (n->len > NAME_BYTES_MAX)
        return true;
    for (const char *label = n->text; *label;) {
        size_t len = strcspn(label, ".");
        if (len > LABEL_BYTES_MAX)
            return true;
        label += len + (label[len] == '.');
    }
    return false;
}

static bool is_odd_wildcard(const struct dns_name *n)
{
    return strchr(n->host, '*') || strcmp(n->text, "*.") == 0;
}

static bool is_suffix_wildcard(const struct dns_name *n)
{
    return n->host != n->text && name_is_public_suffix(n->host);
}

static bool has_underscore(const struct dns_name *n)
{
    return strchr(n->text, '_') != NULL;
}

static bool has_a_label(const char *host)
{
    return strncmp(host, "xn--", 4) == 0 || strstr(host, ".xn--");
}

static bool is_host(struct arena *a, const char *host)
{
    struct name_read read = name_read(a, host, strlen(host));

    return read.kind == NAME_HOST && strcmp(read.text, host) == 0;
}

static bool is_bad_idn(const struct dns_name *n)
{
    return has_a_label(n->host) && !is_host(n->arena, n->host);
}

static bool is_no_host(const struct dns_name *n)
{
    return !is_host(n->arena, n->host);
}

static bool is_reverse(const struct dns_name *n)
{
    return name_is_below(n->host, "arpa") && !name_is_internal(n->host);
}

static bool is_not_public(const struct dns_name *n)
{
    return name_is_internal(n->host);
}

static bool has_unknown_end(const struct dns_name *n)
{
    return !name_has_known_end(n->host);
}

static bool is_suffix(const struct dns_name *n)
{
    return name_is_public_suffix(n->host);
}

static bool has_too_many_labels(const struct dns_name *n)
{
    int64_t most = knowledge_built_in()->usual->labels_max;

    return most && name_labels(n->text) > (size_t)most;
}

/* The most telling first; each name gets one complaint. */
static const struct {
    enum csr_fault fault;
    bool (*holds)(const struct dns_name *n);
} dns_tests[] = {
    { CSR_U_LABEL, is_above_ascii },
    { CSR_BAD_BYTES, has_bad_bytes },
    { CSR_IP_AS_DNSNAME, is_address },
    { CSR_TRAILING_DOT, has_last_dot },
    { CSR_TOO_LONG, is_too_long },
    { CSR_WILDCARD_FORM, is_odd_wildcard },
    { CSR_WILDCARD_PUBLIC_SUFFIX, is_suffix_wildcard },
    { CSR_UNDERSCORE, has_underscore },
    { CSR_BAD_IDN, is_bad_idn },
    { CSR_BAD_LABEL, is_no_host },
    { CSR_REVERSE_NAME, is_reverse },
    { CSR_NOT_PUBLIC, is_not_public },
    { CSR_PUBLIC_SUFFIX, is_suffix },
    { CSR_UNKNOWN_END, has_unknown_end },
    { CSR_TOO_MANY_LABELS, has_too_many_labels },
};

static const char *lower_case(struct arena *a, const unsigned char *bytes,
                              size_t len)
{
    char *text = arena_copy(a, bytes, len);

    for (char *p = text; *p; p++)
        if (*p >= 'A' && *p <= 'Z')
            *p = (char)(*p - 'A' + 'a');
    return text;
}

static const char *told(struct arena *a, const struct dns_name *n,
                        enum csr_fault fault)
{
    const char *text = arena_printable(a, n->bytes, n->len);

    if (fault != CSR_TOO_MANY_LABELS)
        return text;
    return arena_printf(a, "%s: %zu labels, %lld is the most", text,
                        name_labels(n->text),
                        (long long)knowledge_built_in()->usual->labels_max);
}

static void lint_dns(struct csr_pad *pad, const ASN1_STRING *value)
{
    struct dns_name n = { .arena = pad->arena,
                          .bytes = ASN1_STRING_get0_data(value),
                          .len = (size_t)ASN1_STRING_length(value) };

    n.text = lower_case(pad->arena, n.bytes, n.len);
    n.host = name_base(n.text);
    for (size_t i = 0; i < sizeof dns_tests / sizeof *dns_tests; i++) {
        if (!dns_tests[i].holds(&n))
            continue;
        csr_complain(pad, dns_tests[i].fault,
                     told(pad->arena, &n, dns_tests[i].fault));
        return;
    }
}

static void lint_ip(struct csr_pad *pad, const ASN1_STRING *value)
{
    const char *text = name_ip_text(pad->arena, ASN1_STRING_get0_data(value),
                                    (size_t)ASN1_STRING_length(value));

    if (!text)
        csr_complain(pad, CSR_BAD_IP, NULL);
    else if (name_ip_is_private(text))
        csr_complain(pad, CSR_PRIVATE_IP, text);
}

static void lint_name(struct csr_pad *pad, const GENERAL_NAME *name)
{
    int type = 0;
    const ASN1_STRING *value = GENERAL_NAME_get0_value(name, &type);

    if (type == GEN_DNS) {
        lint_dns(pad, value);
    } else if (type == GEN_IPADD) {
        lint_ip(pad, value);
    } else if (type == GEN_EMAIL || type == GEN_URI) {
        csr_complain(pad, type == GEN_EMAIL ? CSR_EMAIL_IN_SAN : CSR_URI_IN_SAN,
                     arena_printable(pad->arena, ASN1_STRING_get0_data(value),
                                     (size_t)ASN1_STRING_length(value)));
    } else {
        csr_complain(pad, CSR_OTHER_IN_SAN, NULL);
    }
}

static bool is_same_name(const GENERAL_NAME *one, const GENERAL_NAME *other)
{
    int type = 0, other_type = 0;
    const ASN1_STRING *a = GENERAL_NAME_get0_value(one, &type);
    const ASN1_STRING *b = GENERAL_NAME_get0_value(other, &other_type);
    bool is_text = type == GEN_DNS;

    if (type != other_type || (type != GEN_DNS && type != GEN_IPADD) ||
        ASN1_STRING_length(a) != ASN1_STRING_length(b))
        return false;
    size_t len = (size_t)ASN1_STRING_length(a);
    const char *first = (const char *)ASN1_STRING_get0_data(a);
    const char *second = (const char *)ASN1_STRING_get0_data(b);
    return is_text ? strncasecmp(first, second, len) == 0
                   : memcmp(first, second, len) == 0;
}

static void lint_repeated(struct csr_pad *pad, const GENERAL_NAMES *names)
{
    int len = sk_GENERAL_NAME_num(names);

    for (int i = 1; i < len && i < NAMES_COMPARED; i++) {
        const GENERAL_NAME *name = sk_GENERAL_NAME_value(names, i);
        int first = 0;
        while (first < i &&
               !is_same_name(name, sk_GENERAL_NAME_value(names, first)))
            first++;
        if (first == i)
            continue;
        int type = 0;
        const ASN1_STRING *value = GENERAL_NAME_get0_value(name, &type);
        const unsigned char *bytes = ASN1_STRING_get0_data(value);
        size_t value_len = (size_t)ASN1_STRING_length(value);
        csr_complain(pad, CSR_DUPLICATE_NAME,
                     type == GEN_IPADD
                         ? name_ip_text(pad->arena, bytes, value_len)
                         : arena_printable(pad->arena, bytes, value_len));
    }
}

static void lint_count(struct csr_pad *pad, int len)
{
    const struct ca *ca = knowledge_built_in()->usual;
    size_t most = ca_names_max(ca, NULL), least = ca_names_min(ca);
    bool too_many = (size_t)len > most;

    if ((size_t)len > least)
        csr_complain(pad, too_many ? CSR_TOO_MANY_NAMES : CSR_MANY_NAMES,
                     arena_printf(pad->arena, "%d names, %zu is the most", len,
                                  too_many ? most : least));
}

void csr_lint_names(struct csr_pad *pad, const GENERAL_NAMES *names)
{
    int len = sk_GENERAL_NAME_num(names);

    if (len == 0)
        csr_complain(pad, CSR_NO_SAN, NULL);
    for (int i = 0; i < len; i++)
        lint_name(pad, sk_GENERAL_NAME_value(names, i));
    lint_repeated(pad, names);
    lint_count(pad, len);
}
