#ifndef CERTMEND_FACTS_KNOWN_H
#define CERTMEND_FACTS_KNOWN_H
/*
 * known - what is recognised by its name: rules/known.json
 *
 * Who opens connections on the way and signs for itself, authorities for
 * trying things out and those that programs have given up, certificates that
 * come with an installation, the programs that have words of their own, the
 * hosts of a mail domain, and whose machines pass no mail.
 *
 * To add one: a row in rules/known.json; a program has a folder of templates
 * too: templates/software/postfix/.
 */
#include "base/json.h"
#include "base/table.h"
#include "model/cert.h"

/* Where the text of a default certificate stands. */
enum default_cert_place {
    ALL_NAMES_ARE, /* names that are this one */
    ALL_NAMES_END, /* names that end so */
    SUBJECT_HAS,   /* the subject holds this text */
    OWN_SUBJECT,   /* likewise, and it signed itself */
    DEFAULT_CERT_PLACE_COUNT,
};

struct default_cert {
    enum default_cert_place place;
    const char *text, *maker;
};

enum software_kind {
    SOFTWARE_SERVER,
    SOFTWARE_SUITE,   /* a panel, or servers in containers */
    SOFTWARE_TOOL,    /* gets certificates and answers no mail program */
    SOFTWARE_PROGRAM, /* a mail program */
    SOFTWARE_KIND_COUNT,
};

struct software {
    const char *name;
    enum software_kind kind;
    struct text_list greets; /* texts in a greeting; none: nothing tells */
    const char *issuer;      /* a text in its certificates' issuer, or NULL */
    const char *cert_name;   /* in a name on its certificate, or NULL */
    const char *files;       /* the folder of those it keeps, or NULL */
    bool on_windows;         /* and nowhere else */
};

struct customary_host {
    const char *label; /* "mail" */
    bool is_settings;  /* mail programs fetch their settings there */
};

/* What some programs refuse where others see nothing wrong. */
enum refusal {
    REFUSAL_LEAF_IS_CA,     /* the server's own is marked as an authority's */
    REFUSAL_EMPTY_SUBJECT,  /* no subject, and the names not marked critical */
    REFUSAL_WEAK_AUTHORITY, /* the key of one on the path is too small */
    REFUSAL_ED_KEY,         /* Ed25519 or Ed448 */
    REFUSAL_P521_KEY,
    REFUSAL_ODD_CURVE,       /* none of P-256, P-384 and P-521 */
    REFUSAL_PSS_KEY,         /* a key for RSA-PSS alone */
    REFUSAL_PSS_SIGNATURE,   /* RSA-PSS by any key */
    REFUSAL_ODD_SIGNATURE,   /* SHA-224 and the like */
    REFUSAL_ODD_EXPONENT,    /* of more than 33 bits */
    REFUSAL_HUGE_KEY,        /* RSA above 8192 bits */
    REFUSAL_OLD_VERSION,     /* 1 or 2, with what only 3 may have */
    REFUSAL_NO_ISSUER,       /* the issuer's name is empty */
    REFUSAL_NEGATIVE_SERIAL, /* the serial number is below 0 */
    REFUSAL_OCSP_SIGNING,    /* the server's own may sign OCSP answers */
    REFUSAL_OLD_PURPOSE,     /* an authority's with SGC, not serverAuth */
    REFUSAL_WILD_EXCLUDED,   /* names that an authority may not vouch for are
                                below a wildcard */
    REFUSAL_STRICT,          /* verdict.strict */
    REFUSAL_COUNT,
};

/* A root that some programs have stopped trusting. */
struct distrusted_root {
    const char *owner;
    struct text_list roots;    /* parts of its subject: "CN=Some Root" */
    struct text_list programs; /* which ones */
    int64_t issued_since;      /* of certificates made then or later... */
    int64_t since;             /* ... or of all, from then on; the other one is
                                  INT64_MAX */
};

/* A web proxy that passes no mail. */
struct web_proxy {
    const char *name;
    struct text_list ranges; /* "192.0.2.0/24" */
};

/* A service that is none of mail, by the names on its own certificates. */
struct foreign_service {
    const char *name;
    struct text_list names_end; /* ".myshopify.com" */
};

struct known {
    struct text_list refused_by[REFUSAL_COUNT]; /* programs; none: nobody */
    struct text_list interceptors;
    struct text_list test_authorities;
    struct text_list other_greetings; /* how no mail server begins */
    const struct default_cert *default_certs;
    size_t default_certs_len;
    const struct software *software; /* first match wins: a panel's own words
                                        stand before its server's */
    size_t software_len;
    const struct customary_host *hosts;
    size_t hosts_len;
    const struct distrusted_root *distrusted;
    size_t distrusted_len;
    const struct web_proxy *proxies;
    size_t proxies_len;
    const struct foreign_service *foreign;
    size_t foreign_len;
};

/* `path` begins every error. */
MUST_CHECK bool known_read(struct arena *a, const struct json *j,
                           const char *path, struct known *out,
                           struct err *err);

/* The row of that name, or NULL. */
const struct software *known_software(const struct known *k, const char *name);

/* A text holds one of the words. */
bool known_has_word(const char *text, const struct text_list *words);

#endif
