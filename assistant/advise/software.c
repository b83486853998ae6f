#include "advise/software.h"

#include <string.h>

#include "base/buf.h"

enum { KNOWN_MAX = 400 }; /* bytes; an err holds 512 */

enum software_kind { SERVER, SUITE, TOOL, PROGRAM };

/* First match wins: a panel's own words stand before its server's. */
static const struct {
    const char *name;
    const char *in_banner; /* NULL: nothing in a greeting tells */
    enum software_kind kind;
} known[] = {
    { "cpanel", "We do not authorize the use of this system to transport",
      SUITE },
    { "mailcow", "ESMTP Postcow", SUITE },
    { "postfix", "Postfix", SERVER },
    { "dovecot", "Dovecot", SERVER },
    { "exim", "Exim", SERVER },
    { "sendmail", "Sendmail", SERVER },
    { "opensmtpd", "OpenSMTPD", SERVER },
    { "courier", "Courier", SERVER },
    { "cyrus", "Cyrus", SERVER },
    { "exchange", "Microsoft ESMTP", SERVER },
    { "exchange", "Microsoft Exchange", SERVER },
    { "hmailserver", "hMailServer", SERVER },
    { "stalwart", "Stalwart", SERVER },
    { "haraka", "Haraka", SERVER },
    { "zimbra", "Zimbra", SUITE },
    { "nginx", NULL, SERVER },
    { "apache", NULL, SERVER },
    { "haproxy", NULL, SERVER },
    { "stunnel", NULL, SERVER },
    { "docker-mailserver", NULL, SUITE },
    { "plesk", NULL, SUITE },
    { "directadmin", NULL, SUITE },
    { "virtualmin", NULL, SUITE },
    { "hestiacp", NULL, SUITE },
    { "certbot", NULL, TOOL },
    { "acme.sh", NULL, TOOL },
    { "caddy", NULL, TOOL },
    { "traefik", NULL, TOOL },
    { "win-acme", NULL, TOOL },
    { "gmail", NULL, PROGRAM },
    { "outlook", NULL, PROGRAM },
    { "thunderbird", NULL, PROGRAM },
    { "applemail", NULL, PROGRAM },
};

enum { KNOWN_LEN = sizeof known / sizeof *known };

const char *software_of(const struct cell *c)
{
    for (size_t i = 0; c->banner && i < KNOWN_LEN; i++) {
        if (known[i].in_banner && strstr(c->banner, known[i].in_banner))
            return known[i].name;
    }
    return NULL;
}

static bool has(const char *text, const char *word)
{
    return text && strstr(text, word);
}

const char *software_behind(const struct cert *leaf)
{
    static const struct {
        const char *name, *in_issuer;
    } rows[] = {
        { "cpanel", "cPanel" },
        { "traefik", "TRAEFIK DEFAULT CERT" },
        { "caddy", "Caddy Local Authority" },
        { "plesk", "CN=Plesk" },
        { "mailcow", "O=mailcow" },
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        if (has(leaf->issuer, rows[i].in_issuer))
            return rows[i].name;
    }
    for (size_t i = 0; i < leaf->dns_names.len && i < CERT_NAMES_READ; i++) {
        if (has(leaf->dns_names.text[i], "docker-mailserver.invalid"))
            return "docker-mailserver";
    }
    return NULL;
}

static bool is_kind(const char *name, enum software_kind kind)
{
    for (size_t i = 0; i < KNOWN_LEN; i++) {
        if (strcmp(known[i].name, name) == 0)
            return known[i].kind == kind;
    }
    return false;
}

bool software_is_suite(const char *name)
{
    return is_kind(name, SUITE);
}

bool software_is_tool(const char *name)
{
    return is_kind(name, TOOL);
}

const char *software_name(size_t i)
{
    return i < KNOWN_LEN ? known[i].name : NULL;
}

static const char *find(const char *text, size_t len)
{
    for (size_t i = 0; i < KNOWN_LEN; i++) {
        if (strlen(known[i].name) == len &&
            strncmp(known[i].name, text, len) == 0)
            return known[i].name;
    }
    return NULL;
}

static bool refuse(struct arena *a, const char *text, size_t len,
                   struct err *err)
{
    struct buf all;
    buf_init(&all, a, KNOWN_MAX);
    for (size_t i = 0; i < KNOWN_LEN; i++) {
        if (i == 0 || strcmp(known[i].name, known[i - 1].name) != 0)
            buf_printf(&all, "%s%s", i ? ", " : "", known[i].name);
    }
    return err_set(err, ERR_USAGE, "one of %s was wanted, not \"%.*s\"",
                   all.text, (int)(len < 40 ? len : 40), text);
}

bool software_read(struct arena *a, const char *text, struct names_list *out,
                   struct err *err)
{
    struct names_list list = *out;
    const char *end = NULL;
    do {
        end = text + strcspn(text, ",");
        const char *name = find(text, (size_t)(end - text));
        if (!name)
            return refuse(a, text, (size_t)(end - text), err);
        list.text = arena_grow(a, list.text, list.len, sizeof *list.text);
        list.text[list.len++] = name;
        text = end + 1;
    } while (*end);
    *out = list;
    return true;
}
