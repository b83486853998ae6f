#ifndef CERTMEND_CRYPTO_CSR_RULES_H
#define CERTMEND_CRYPTO_CSR_RULES_H
/*
 * csr_rules - the rules of csr_lint, and how its parts complain
 */
#include "crypto/csr_lint.h"
#include "crypto/handles.h"

enum csr_fault {
    CSR_VERSION,
    CSR_SIGNATURE_INVALID,
    CSR_SIGNATURE_WEAK,
    CSR_SIGNATURE_TYPE,
    CSR_KEY_UNREADABLE,
    CSR_KEY_TYPE,
    CSR_KEY_SMALL,
    CSR_KEY_SIZE,
    CSR_EXPONENT,
    CSR_CURVE,
    CSR_EXPLICIT_CURVE,
    CSR_SEVERAL_CN,
    CSR_CN_TOO_LONG,
    CSR_CN_IS_IP,
    CSR_CN_NOT_IN_SAN,
    CSR_EXTRA_SUBJECT,
    CSR_CHALLENGE_PASSWORD,
    CSR_DUPLICATE_REQUEST,
    CSR_DUPLICATE_EXTENSION,
    CSR_MALFORMED_EXTENSION,
    CSR_CA_TRUE,
    CSR_CLIENT_AUTH,
    CSR_MUST_STAPLE,
    CSR_NO_SAN,
    CSR_DUPLICATE_SAN,
    CSR_EMAIL_IN_SAN,
    CSR_URI_IN_SAN,
    CSR_OTHER_IN_SAN,
    CSR_DUPLICATE_NAME,
    CSR_TOO_MANY_NAMES,
    CSR_MANY_NAMES,
    CSR_BAD_IP,
    CSR_PRIVATE_IP,
    CSR_IP_AS_DNSNAME,
    CSR_U_LABEL,
    CSR_BAD_BYTES,
    CSR_TRAILING_DOT,
    CSR_TOO_LONG,
    CSR_TOO_MANY_LABELS,
    CSR_WILDCARD_FORM,
    CSR_WILDCARD_PUBLIC_SUFFIX,
    CSR_UNDERSCORE,
    CSR_BAD_IDN,
    CSR_BAD_LABEL,
    CSR_REVERSE_NAME,
    CSR_NOT_PUBLIC,
    CSR_UNKNOWN_END,
    CSR_PUBLIC_SUFFIX,
    CSR_FAULT_COUNT,
};

extern const struct csr_rule csr_rules[CSR_FAULT_COUNT];

/* Complaints as they come. */
struct csr_pad {
    struct arena *arena;
    struct csr_lint lint;
};

/* `detail` may be NULL; it is kept as it is. */
void csr_complain(struct csr_pad *pad, enum csr_fault fault,
                  const char *detail);

/* Part of csr_lint: what the request asks for, and the subject beside it. */
void csr_lint_extensions(struct csr_pad *pad, X509_REQ *req);

/* Part of csr_lint: each name of the SAN (RFC 8555 7.4, BR 7.1.4). */
void csr_lint_names(struct csr_pad *pad, const GENERAL_NAMES *names);

/* Part of csr_lint: the subject. NULL names: there is no SAN. */
void csr_lint_subject(struct csr_pad *pad, const X509_NAME *subject,
                      const GENERAL_NAMES *names);

#endif
