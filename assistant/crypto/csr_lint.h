#ifndef CERTMEND_CRYPTO_CSR_LINT_H
#define CERTMEND_CRYPTO_CSR_LINT_H
/*
 * csr_lint - what a public CA would say about anybody's request
 *
 * Pure: bytes in, complaints out. Whatever is wrong with the request is a
 * complaint; only bytes that are no request at all are an ERR_INPUT.
 *
 * To add one: a row in csr_rules.c, and the line that finds it.
 */
#include "model/finding.h"

struct csr_rule {
    const char *id; /* "csr.no_san"; never reused */
    enum severity severity;
    const char *title;  /* one sentence, no full stop */
    const char *source; /* where it is written */
    const char *fix;    /* one sentence with full stop */
};

struct csr_complaint {
    const struct csr_rule *rule; /* never NULL */
    const char *detail;          /* the name or value meant, or NULL */
};

struct csr_lint {
    struct csr_complaint *items; /* in the order of the request */
    size_t len;
};

/* PEM or DER; `name` is told in errors. */
MUST_CHECK bool csr_lint(struct arena *a, const char *text, size_t len,
                         const char *name, struct csr_lint *out,
                         struct err *err);

/* Those for which a CA refuses it; one's own takes what only the public ones
 * have agreed not to sign. */
struct csr_lint csr_lint_refusals(struct arena *a, const struct csr_lint *lint,
                                  bool private_ca);

/* The rule of an id, for explaining it; NULL: none. */
const struct csr_rule *csr_rule_find(const char *id);

#endif
