#include "advise/software.h"

#include <string.h>

static const struct {
    const char *in_banner;
    const char *name;
} known[] = {
    { "Postfix", "postfix" },
    { "Exim", "exim" },
    { "Dovecot", "dovecot" },
    { "Sendmail", "sendmail" },
    { "OpenSMTPD", "opensmtpd" },
    { "Courier", "courier" },
    { "Cyrus", "cyrus" },
    { "Microsoft ESMTP", "exchange" },
    { "Microsoft Exchange", "exchange" },
    { "hMailServer", "hmailserver" },
    { "Stalwart", "stalwart" },
    { "Haraka", "haraka" },
    { "Zimbra", "zimbra" },
};

const char *software_of(const struct cell *c)
{
    for (size_t i = 0; c->banner && i < sizeof known / sizeof *known; i++) {
        if (strstr(c->banner, known[i].in_banner))
            return known[i].name;
    }
    return NULL;
}

const char *software_name(size_t i)
{
    return i < sizeof known / sizeof *known ? known[i].name : NULL;
}
