#include "check/default_cert.h"

#include <string.h>
#include <strings.h>

enum where {
    ALL_NAMES_ARE, /* names that are this one */
    ALL_NAMES_END, /* names that end so */
    SUBJECT_HAS,   /* the subject holds this text */
    SELF_SUBJECT,  /* likewise, and it signed itself */
};

static const struct default_name {
    enum where where;
    const char *text, *maker;
} rows[] = {
    { ALL_NAMES_ARE, "localhost", "the installation" },
    { ALL_NAMES_END, ".localdomain", "the installation" },
    { ALL_NAMES_END, ".localhost", "the installation" },
    { SUBJECT_HAS, "No SNI provided", "Google" },
    { ALL_NAMES_END, "docker-mailserver.invalid", "docker-mailserver" },
    /* RFC 6761 6.4: never a real name. */
    { ALL_NAMES_END, ".invalid", "the installation" },
    { SUBJECT_HAS, "TRAEFIK DEFAULT CERT", "Traefik" },
    { ALL_NAMES_END, ".traefik.default", "Traefik" },
    { SUBJECT_HAS, "Kubernetes Ingress Controller Fake Certificate",
      "the Kubernetes ingress controller" },
    { ALL_NAMES_ARE, "synology.com", "Synology" },
    { ALL_NAMES_ARE, "synology", "Synology" },
    { SUBJECT_HAS, "CN=TS Series NAS", "QNAP" },
    { SELF_SUBJECT, "CN=UniFi", "UniFi" },
    { SELF_SUBJECT, "OU=Zimbra Collaboration Server", "Zimbra" },
    { ALL_NAMES_ARE, "ingress.local", "the Kubernetes ingress controller" },
    { SELF_SUBJECT, "CN=Plesk", "Plesk" },
    { SELF_SUBJECT, "O=Plesk", "Plesk" },
    { SELF_SUBJECT, "O=mailcow", "mailcow" },
    { SELF_SUBJECT, "OU=IMAP server", "Dovecot" },
    { SELF_SUBJECT, "OU=Automatically-generated IMAP SSL key", "Courier" },
    { SELF_SUBJECT, "OU=Automatically-generated POP3 SSL key", "Courier" },
    { SELF_SUBJECT, "O=SomeOrganization", "the installation" },
    { SELF_SUBJECT, "O=Dovecot mail server", "Dovecot" },
    { SELF_SUBJECT, "O=iRedMail", "iRedMail" },
    { SELF_SUBJECT, "O=Stalwart", "Stalwart" },
    { SELF_SUBJECT, "O=Internet Widgits Pty Ltd", "an example" },
};

static bool ends_with(const char *text, const char *end)
{
    size_t len = strlen(text), tail = strlen(end);

    return len >= tail && strcasecmp(text + len - tail, end) == 0;
}

static bool name_fits(const char *name, const struct default_name *row)
{
    return row->where == ALL_NAMES_ARE ? strcasecmp(name, row->text) == 0
                                       : ends_with(name, row->text);
}

/* Whose name it is; NULL when it may well be a real one. Debian's ssl-cert
 * and others sign themselves for the bare machine name. */
static const char *maker_of_name(const struct cert *leaf, const char *name)
{
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        if (rows[i].where <= ALL_NAMES_END && name_fits(name, &rows[i]))
            return rows[i].maker;
    return leaf->self_signed && !strchr(name, '.') ? "the installation" : NULL;
}

/* Some people put "localhost" beside real names: all have to be such. */
static const char *maker_of_names(const struct cert *leaf)
{
    const char *maker = NULL;

    if (leaf->ip_names.len)
        return NULL;
    if (leaf->dns_names.len == 0)
        return leaf->subject_cn ? maker_of_name(leaf, leaf->subject_cn) : NULL;
    for (size_t i = 0; i < leaf->dns_names.len; i++) {
        maker = maker_of_name(leaf, leaf->dns_names.text[i]);
        if (!maker)
            return NULL;
    }
    return maker;
}

static const char *maker_of_subject(const struct cert *leaf)
{
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        bool means_subject =
            rows[i].where == SUBJECT_HAS ||
            (rows[i].where == SELF_SUBJECT && leaf->self_signed);
        if (means_subject && leaf->subject &&
            strstr(leaf->subject, rows[i].text))
            return rows[i].maker;
    }
    return NULL;
}

const char *placeholder_maker(const struct cert *leaf)
{
    const char *maker = maker_of_subject(leaf);

    return maker ? maker : maker_of_names(leaf);
}
