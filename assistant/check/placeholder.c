#include "check/placeholder.h"

#include <string.h>
#include <strings.h>

enum where {
    ALL_NAMES_ARE, /* every name on it is this one */
    ALL_NAMES_END, /* every name on it ends so */
    SUBJECT_HAS,   /* the subject holds this text */
    SELF_SUBJECT,  /* likewise, and it signed itself */
};

static const struct row {
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

static bool name_fits(const char *name, const struct row *row)
{
    return row->where == ALL_NAMES_ARE ? strcasecmp(name, row->text) == 0
                                       : ends_with(name, row->text);
}

/* Some people put "localhost" beside real names: all of them must fit. */
static bool all_fit(const struct cert *leaf, const struct row *row)
{
    if (leaf->dns_names.len == 0)
        return leaf->subject_cn && name_fits(leaf->subject_cn, row);
    for (size_t i = 0; i < leaf->dns_names.len; i++)
        if (!name_fits(leaf->dns_names.text[i], row))
            return false;
    return true;
}

static bool row_fits(const struct cert *leaf, const struct row *row)
{
    if (row->where == ALL_NAMES_ARE || row->where == ALL_NAMES_END)
        return all_fit(leaf, row);
    if (row->where == SELF_SUBJECT && !leaf->self_signed)
        return false;
    return leaf->subject && strstr(leaf->subject, row->text);
}

/* Debian's ssl-cert and others: self-signed for the bare machine name. */
static bool is_machine_name(const struct cert *leaf)
{
    if (!leaf->self_signed)
        return false;
    if (leaf->dns_names.len == 0)
        return leaf->subject_cn && !strchr(leaf->subject_cn, '.') &&
               leaf->ip_names.len == 0;
    for (size_t i = 0; i < leaf->dns_names.len; i++)
        if (strchr(leaf->dns_names.text[i], '.'))
            return false;
    return true;
}

const char *placeholder_maker(const struct cert *leaf)
{
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        if (row_fits(leaf, &rows[i]))
            return rows[i].maker;
    return is_machine_name(leaf) ? "the installation" : NULL;
}
