#ifndef CERTMEND_FACTS_KNOWN_H
#define CERTMEND_FACTS_KNOWN_H
/*
 * known - what is recognised by its name: rules/known.json
 *
 * Who opens connections on the way and signs for itself, authorities for
 * trying things out, certificates that come with an installation, the
 * programs that have words of their own, the hosts of a mail domain.
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
    REFUSAL_COUNT,
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
