#include "advise/software.h"

#include <string.h>

#include "base/buf.h"

enum { KNOWN_MAX = 400 }; /* bytes; an err holds 512 */

/* First match wins: a panel's own words stand before its server's. */
static const struct {
    const char *name;
    const char *in_banner; /* NULL: nothing in a greeting tells */
} known[] = {
    { "cpanel", "We do not authorize the use of this system to transport" },
    { "mailcow", "ESMTP Postcow" },
    { "postfix", "Postfix" },
    { "dovecot", "Dovecot" },
    { "exim", "Exim" },
    { "sendmail", "Sendmail" },
    { "opensmtpd", "OpenSMTPD" },
    { "courier", "Courier" },
    { "cyrus", "Cyrus" },
    { "exchange", "Microsoft ESMTP" },
    { "exchange", "Microsoft Exchange" },
    { "hmailserver", "hMailServer" },
    { "stalwart", "Stalwart" },
    { "haraka", "Haraka" },
    { "zimbra", "Zimbra" },
    { "nginx", NULL },
    { "apache", NULL },
    { "haproxy", NULL },
    { "stunnel", NULL },
    { "docker-mailserver", NULL },
    { "plesk", NULL },
    { "directadmin", NULL },
    { "virtualmin", NULL },
    { "hestiacp", NULL },
    { "gmail", NULL },
    { "outlook", NULL },
    { "thunderbird", NULL },
    { "applemail", NULL },
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
