#include "crypto/csr_rules.h"

#include <string.h>

#define BR      "CA/Browser Forum Baseline Requirements "
#define BOULDER "Let's Encrypt (Boulder) "

/* Errors are refused; warnings are ignored by the CA, or break later. */
const struct csr_rule csr_rules[CSR_FAULT_COUNT] = {
    [CSR_VERSION] = { "csr.version", SEV_ERROR,
                      "The request states a version that does not exist",
                      "RFC 2986 section 4.1",
                      "Make the request again; its version is always 0." },
    [CSR_SIGNATURE_INVALID] = { "csr.signature_invalid", SEV_ERROR,
                                "The request is not signed by its own key",
                                "RFC 2986 section 4.2",
                                "Make the request again with the key it is "
                                "for." },
    [CSR_SIGNATURE_WEAK] = { "csr.signature_weak", SEV_ERROR,
                             "The request is signed with a broken digest",
                             BR "7.1.3.2",
                             "Sign it with SHA-256 (openssl req -sha256)." },
    [CSR_SIGNATURE_TYPE] = { "csr.signature_type", SEV_ERROR,
                             "The request is signed in a way that public CAs "
                             "do not take",
                             BR "7.1.3.2",
                             "Sign it with SHA-256, SHA-384 or SHA-512 and an "
                             "RSA or EC key." },
    [CSR_KEY_UNREADABLE] = { "csr.key_unreadable", SEV_ERROR,
                             "The key in the request cannot be read",
                             BR "6.1.1.3",
                             "Make a new key and the request again." },
    [CSR_KEY_TYPE] = { "csr.key_type", SEV_ERROR,
                       "The key is of a type that public CAs do not take",
                       BR "6.1.5", "Use an EC key on P-256, or RSA 2048." },
    [CSR_KEY_SMALL] = { "csr.key_small", SEV_ERROR, "The RSA key is too short",
                        BR "6.1.5", "Make a new key: EC P-256, or RSA 2048." },
    [CSR_KEY_SIZE] = { "csr.key_size", SEV_ERROR,
                       "The RSA key has a size that CAs do not take",
                       BOULDER "goodkey",
                       "Make a new key: EC P-256, or RSA 2048." },
    [CSR_EXPONENT] = { "csr.exponent", SEV_ERROR,
                       "The RSA key has another exponent than 65537",
                       BR "6.1.6", "Make a new key with the usual exponent." },
    [CSR_CURVE] = { "csr.curve", SEV_ERROR,
                    "The key is on a curve that CAs do not take",
                    BR "6.1.5, " BOULDER "goodkey",
                    "Make a new key on P-256 or P-384." },
    [CSR_EXPLICIT_CURVE] = { "csr.explicit_curve", SEV_ERROR,
                             "The key spells its curve out instead of naming "
                             "it",
                             "RFC 5480 section 2.1.1",
                             "Make the key with -param_enc named_curve." },
    [CSR_SEVERAL_CN] = { "csr.several_cn", SEV_ERROR,
                         "The subject has more than one common name",
                         BR "7.1.2.7.2", "Leave the common names out." },
    [CSR_CN_TOO_LONG] = { "csr.cn_too_long", SEV_ERROR,
                          "The common name is longer than 64 characters",
                          "RFC 5280 appendix A.1 (ub-common-name)",
                          "Leave the common name out; the name belongs in the "
                          "subjectAltName." },
    [CSR_CN_IS_IP] = { "csr.cn_is_ip", SEV_ERROR,
                       "The common name is an IP address",
                       BOULDER "csr: IP address in Common Name",
                       "Leave the common name out." },
    [CSR_CN_NOT_IN_SAN] = { "csr.cn_not_in_san", SEV_ERROR,
                            "The common name is none of the names in the "
                            "subjectAltName",
                            BR "7.1.4.3",
                            "Add it to the subjectAltName, or leave the "
                            "common name out." },
    [CSR_EXTRA_SUBJECT] = { "csr.extra_subject", SEV_WARNING,
                            "The subject says more than a domain certificate "
                            "can",
                            BR "7.1.2.7.2",
                            "Leave the subject empty (openssl req -subj /)." },
    [CSR_CHALLENGE_PASSWORD] = { "csr.challenge_password", SEV_WARNING,
                                 "The request carries a password in clear",
                                 "RFC 2985 section 5.4.1",
                                 "Leave the challenge password out, and never "
                                 "use that password elsewhere." },
    [CSR_DUPLICATE_REQUEST] = { "csr.duplicate_request", SEV_ERROR,
                                "The request asks for extensions twice",
                                "RFC 2985 section 5.4.2",
                                "Put all extensions into one request." },
    [CSR_DUPLICATE_EXTENSION] = { "csr.duplicate_extension", SEV_ERROR,
                                  "An extension is in the request twice",
                                  "RFC 5280 section 4.2", "Keep one of them." },
    [CSR_MALFORMED_EXTENSION] = { "csr.malformed_extension", SEV_ERROR,
                                  "An extension in the request cannot be read",
                                  "RFC 5280 section 4.2",
                                  "Make the request again without it." },
    [CSR_CA_TRUE] = { "csr.ca_true", SEV_ERROR,
                      "The request asks for a certificate that may issue "
                      "others",
                      BR "7.1.2.7.6", "Leave basicConstraints out." },
    [CSR_CLIENT_AUTH] = { "csr.client_auth", SEV_WARNING,
                          "The request asks for use by clients, which public "
                          "CAs no longer give",
                          "Chrome Root Program Policy, section on dedicated "
                          "hierarchies",
                          "Leave extendedKeyUsage out; the CA sets it." },
    [CSR_MUST_STAPLE] = { "csr.must_staple", SEV_WARNING,
                          "The request asks for must-staple, which CAs have "
                          "given up",
                          "RFC 7633; Let's Encrypt ended it with OCSP in 2025",
                          "Leave the TLS feature extension out." },
    [CSR_NO_SAN] = { "csr.no_san", SEV_ERROR,
                     "The request has no subjectAltName, so it asks for no "
                     "name",
                     "RFC 9525 section 6.3, " BR "7.1.2.7.12",
                     "Put every host name into the subjectAltName." },
    [CSR_DUPLICATE_SAN] = { "csr.duplicate_san", SEV_ERROR,
                            "The subjectAltName is in the request twice",
                            "RFC 5280 section 4.2",
                            "Put all names into one subjectAltName." },
    [CSR_EMAIL_IN_SAN] = { "csr.email_in_san", SEV_ERROR,
                           "A mail address stands among the names",
                           BR "7.1.2.7.12", "Leave the mail address out." },
    [CSR_URI_IN_SAN] = { "csr.uri_in_san", SEV_ERROR,
                         "A URL stands among the names", BR "7.1.2.7.12",
                         "Put the host name there, without https:// and path, "
                         "as a DNS name." },
    [CSR_OTHER_IN_SAN] = { "csr.other_in_san", SEV_ERROR,
                           "Something else than a host name or address stands "
                           "among the names",
                           BR "7.1.2.7.12", "Leave it out." },
    [CSR_DUPLICATE_NAME] = { "csr.duplicate_name", SEV_WARNING,
                             "A name is in the request twice",
                             "RFC 8555 section 7.4", "Name it once." },
    [CSR_TOO_MANY_NAMES] = { "csr.too_many_names", SEV_ERROR,
                             "There are more names than one certificate holds",
                             "Let's Encrypt, Profiles",
                             "Split them over several certificates." },
    [CSR_MANY_NAMES] = { "csr.many_names", SEV_WARNING,
                         "There are more names than every profile of the CA "
                         "takes",
                         "Let's Encrypt, Profiles",
                         "Split them over several certificates, or ask for "
                         "the profile classic." },
    [CSR_BAD_IP] = { "csr.bad_ip", SEV_ERROR,
                     "An IP address is neither of 4 nor of 16 bytes",
                     "RFC 5280 section 4.2.1.6",
                     "Write it as IP:192.0.2.1, without a mask." },
    [CSR_PRIVATE_IP] = { "csr.private_ip", SEV_ERROR,
                         "An IP address is not a public one",
                         BR "7.1.2.7.12, RFC 6890",
                         "Use a host name, or a CA of your own." },
    [CSR_IP_AS_DNSNAME] = { "csr.ip_as_dnsname", SEV_ERROR,
                            "An IP address is written as a DNS name",
                            "RFC 9525 section 6.5",
                            "Write IP:192.0.2.1 instead of DNS:192.0.2.1." },
    [CSR_U_LABEL] = { "csr.u_label", SEV_ERROR,
                      "A name is written with letters beyond ASCII",
                      "RFC 5280 section 7.2",
                      "Write it in its xn-- form, which `certmend csr` does "
                      "by itself." },
    [CSR_BAD_BYTES] = { "csr.bad_bytes", SEV_ERROR,
                        "A name contains characters that cannot be in one",
                        "RFC 5280 section 4.2.1.6",
                        "Make the request again; blanks, line ends and NUL "
                        "bytes come from broken scripts." },
    [CSR_TRAILING_DOT] = { "csr.trailing_dot", SEV_ERROR,
                           "A name ends with a dot",
                           "RFC 5280 section 4.2.1.6 (preferred name syntax)",
                           "Leave the last dot out." },
    [CSR_TOO_LONG] = { "csr.too_long", SEV_ERROR,
                       "A name is longer than 253 characters, or one of its "
                       "labels than 63",
                       "RFC 1035 section 2.3.4", "Use a shorter name." },
    [CSR_TOO_MANY_LABELS] = { "csr.too_many_labels", SEV_ERROR,
                              "A name has more labels than CAs take",
                              BOULDER "policy: too many labels",
                              "Use a shorter name." },
    [CSR_WILDCARD_FORM] = { "csr.wildcard_form", SEV_ERROR,
                            "A wildcard is not the whole first label",
                            BR "1.6.1 (Wildcard Domain Name)",
                            "Write *.example.com, or name every host." },
    [CSR_WILDCARD_PUBLIC_SUFFIX] = { "csr.wildcard_public_suffix", SEV_ERROR,
                                     "A wildcard covers a whole public suffix",
                                     BR "3.2.2.6",
                                     "Name the domain below the suffix." },
    [CSR_UNDERSCORE] = { "csr.underscore", SEV_ERROR,
                         "A name contains an underscore", BR "7.1.2.7.12",
                         "Use a host name with hyphens." },
    [CSR_BAD_IDN] = { "csr.bad_idn", SEV_ERROR,
                      "An xn-- label does not stand for any name",
                      "RFC 5891 section 5.4",
                      "Have the name converted again from its letters." },
    [CSR_BAD_LABEL] = { "csr.bad_label", SEV_ERROR, "A name is no host name",
                        "RFC 1123 section 2.1, " BR "7.1.2.7.12",
                        "Use letters, digits and hyphens between dots." },
    [CSR_REVERSE_NAME] = { "csr.reverse_name", SEV_ERROR,
                           "A name is one of the reverse DNS",
                           BR "4.2.2 (no .arpa names)",
                           "Use the host's own name." },
    [CSR_NOT_PUBLIC] = { "csr.not_public", SEV_ERROR,
                         "A name is an internal one that no public CA can "
                         "check",
                         BR "4.2.2",
                         "Use a name in a domain of your own, or a CA of your "
                         "own." },
    [CSR_UNKNOWN_END] = { "csr.unknown_end", SEV_ERROR,
                          "A name ends in no top-level domain",
                          BR "4.2.2, and the Public Suffix List",
                          "Look for a typing error in its last part; a name "
                          "of your own network is for a CA of your own." },
    [CSR_PUBLIC_SUFFIX] = { "csr.public_suffix", SEV_ERROR,
                            "A name is a public suffix itself",
                            BOULDER "policy: name is an ICANN TLD",
                            "Name a domain below the suffix." },
};

void csr_complain(struct csr_pad *pad, enum csr_fault fault, const char *detail)
{
    struct csr_lint *lint = &pad->lint;

    lint->items =
        arena_grow(pad->arena, lint->items, lint->len, sizeof *lint->items);
    lint->items[lint->len++] =
        (struct csr_complaint){ .rule = &csr_rules[fault], .detail = detail };
}

/* What public authorities agreed on; a request is well formed all the same. */
static const enum csr_fault policy[] = {
    CSR_KEY_SIZE,       CSR_KEY_TYPE,
    CSR_EXPONENT,       CSR_CURVE,
    CSR_TOO_MANY_NAMES, CSR_MANY_NAMES,
    CSR_PRIVATE_IP,     CSR_TOO_MANY_LABELS,
    CSR_UNDERSCORE,     CSR_WILDCARD_PUBLIC_SUFFIX,
    CSR_REVERSE_NAME,   CSR_NOT_PUBLIC,
    CSR_UNKNOWN_END,    CSR_PUBLIC_SUFFIX,
};

static bool is_policy(const struct csr_rule *rule)
{
    for (size_t i = 0; i < sizeof policy / sizeof *policy; i++)
        if (rule == &csr_rules[policy[i]])
            return true;
    return false;
}

struct csr_lint csr_lint_refusals(struct arena *a, const struct csr_lint *lint,
                                  bool private_ca)
{
    struct csr_pad pad = { .arena = a };

    for (size_t i = 0; i < lint->len; i++) {
        const struct csr_rule *rule = lint->items[i].rule;
        if (rule->severity == SEV_ERROR && !(private_ca && is_policy(rule)))
            csr_complain(&pad, (enum csr_fault)(rule - csr_rules),
                         lint->items[i].detail);
    }
    return pad.lint;
}

const struct csr_rule *csr_rule_find(const char *id)
{
    for (size_t i = 0; i < CSR_FAULT_COUNT; i++)
        if (strcmp(csr_rules[i].id, id) == 0)
            return &csr_rules[i];
    return NULL;
}
